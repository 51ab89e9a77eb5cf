/**
 * native: what a wheel's native files need of a Linux, and whether a machine has it. ELF facts and a machine in; the reason
 * why a wheel can't run there out, or nothing. Invariants: what isn't known is never held against a wheel; libraries that a
 * wheel brings along are not asked of the machine. Standards: System V ABI, GNU symbol versions, PEP 513, 571, 599, 600, 656.
 */
export { type CpuLevel, cpuLevel } from "./cpu-level.ts";
export { hostInvalid, wheelUnfitForHost } from "./errors.ts";
export type { HostFault } from "./fault.ts";
export { hostFault, hostFaultClause } from "./fault.ts";
export type { CxxSymbols, DeclaredHost, Host, HostLibc } from "./host.ts";
export { parseHost } from "./host.ts";
export { cxxSymbols } from "./libstdcxx.ts";
export type { ElfMachine } from "./machines.ts";
export { elfMachine } from "./machines.ts";
export type { NativeFile, NativeNeeds, SymbolFamily, SymbolNeed } from "./native-needs.ts";
export { nativeNeeds } from "./native-needs.ts";
