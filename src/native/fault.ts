import { compareDotted, printable } from "../base/index.ts";
import { levelName } from "./cpu-level.ts";
import type { Host } from "./host.ts";
import { machineName } from "./machines.ts";
import type { NativeNeeds, SymbolFamily } from "./native-needs.ts";

/** Why a wheel can't run on a machine that its tag claims it runs on. */
export interface HostFault {
  readonly kind: "host";
  /** What its tag promises, where that is less than it needs: `glibc 2.17`. */
  readonly claims: string | undefined;
  /** `GLIBC_2.38`, `musl`, `aarch64`. */
  readonly needs: string;
  /** What the machine has instead, with its verb: `has 2.36`, `has glibc 2.36`, `is x86_64`. */
  readonly has: string;
  /** The file of the wheel that needs it. */
  readonly file: string;
  readonly isDeclared: boolean;
}

/**
 * Compares what a wheel's files need with what a machine has. `undefined` when nothing speaks against it: what isn't
 * known is never held against a wheel, nor are the files of a wheel for every platform, which picks them by itself.
 */
export async function hostFault(
  wheel: { readonly filename: string; readonly native?: readonly NativeNeeds[] },
  host: Host,
): Promise<HostFault | undefined> {
  const { filename, native = [] } = wheel;
  if (host.libc === undefined || native.length === 0 || !isForLinux(filename)) return undefined;
  const { machine, isDeclared } = host;
  if (machine === undefined && native.length > 1) return undefined;
  const own = native.filter((one) => machine === undefined || isSame(one, machine));
  const first = native[0] as NativeNeeds;
  if (own.length === 0 && machine !== undefined) {
    const has = `is ${machineName(machine)}`;
    return { kind: "host", claims: undefined, needs: machineName(first), has, file: first.file, isDeclared };
  }
  for (const needs of own) {
    const fault = await faultOf(needs, host);
    if (fault !== undefined) return { kind: "host", claims: claimOf(filename, fault.needs), ...fault, isDeclared };
  }
  return undefined;
}

async function faultOf(needs: NativeNeeds, host: Host): Promise<Pick<HostFault, "needs" | "has" | "file"> | undefined> {
  const libc = host.libc;
  if (libc === undefined) return undefined;
  const { kind } = libc;
  const version = libc.version.join(".");
  if (needs.libc.length > 0 && !needs.libc.includes(kind)) {
    return { needs: needs.libc.join(" or "), has: `has ${kind} ${version}`, file: needs.file };
  }
  const { GLIBC: glibc } = needs.symbols;
  if (kind === "glibc" && glibc !== undefined && compareDotted(glibc.version, version) > 0) {
    return { needs: `GLIBC_${glibc.version}`, has: `has ${version}`, file: glibc.file };
  }
  return (await cxxFault(needs, host)) ?? cpuFault(needs, host);
}

async function cpuFault({ cpu }: NativeNeeds, host: Host): ReturnType<typeof faultOf> {
  const level = cpu === undefined ? undefined : await host.cpu();
  if (cpu === undefined || level === undefined || cpu.level <= level) return undefined;
  return { needs: levelName(cpu.level), has: `is ${levelName(level)}`, file: cpu.file };
}

async function cxxFault(needs: NativeNeeds, host: Host): ReturnType<typeof faultOf> {
  for (const family of ["GLIBCXX", "CXXABI"] as const satisfies readonly SymbolFamily[]) {
    const need = needs.symbols[family];
    const offered = need === undefined ? undefined : (await host.cxx())[family];
    if (need === undefined || offered === undefined || compareDotted(need.version, offered) <= 0) continue;
    return { needs: `${family}_${need.version}`, has: `has ${family}_${offered}`, file: need.file };
  }
  return undefined;
}

function isSame(needs: NativeNeeds, { machine, wordBits }: NonNullable<Host["machine"]>): boolean {
  return needs.machine === machine && needs.wordBits === wordBits;
}

function platformsOf(filename: string): readonly string[] {
  return (
    filename
      .replace(/\.whl$/, "")
      .split("-")
      .pop() ?? ""
  )
    .toLowerCase()
    .split(".");
}

function isForLinux(filename: string): boolean {
  return platformsOf(filename).every((platform) => /^(?:many|musl)?linux/.test(platform));
}

const legacy: Readonly<Record<string, string>> = { manylinux1: "2.5", manylinux2010: "2.12", manylinux2014: "2.17" };

/** The oldest glibc that a file name promises to run on, unless its need of glibc is what it promises. */
function claimOf(filename: string, needs: string): string | undefined {
  const versions = platformsOf(filename).flatMap((platform) => {
    const [, major, minor] = /^manylinux_(\d+)_(\d+)_/.exec(platform) ?? [];
    const old = legacy[platform.slice(0, platform.indexOf("_"))];
    return old !== undefined ? [old] : major !== undefined && minor !== undefined ? [`${major}.${minor}`] : [];
  });
  const claimed = versions.sort(compareDotted)[0];
  const glibc = /^GLIBC_(.*)$/.exec(needs)?.[1];
  if (
    claimed === undefined ||
    needs === "glibc" ||
    needs.startsWith("x86-64") ||
    (glibc !== undefined && compareDotted(glibc, claimed) <= 0)
  )
    return undefined;
  return `glibc ${claimed}`;
}

/** "`scipy` 1.17.0 says it runs on glibc 2.17 but needs GLIBC_2.38 (scipy/x.so), and this machine has 2.36". */
export function hostFaultClause(subject: string, isPlural: boolean, fault: HostFault): string {
  const { claims, needs, has, file, isDeclared } = fault;
  const need = isPlural ? "need" : "needs";
  const promise = claims === undefined ? "" : `${isPlural ? "say they run" : "says it runs"} on ${claims} but `;
  const machine = isDeclared ? "the machine it is for" : "this machine";
  return `${subject} ${promise}${need} ${printable(needs, { newlines: false })} (${printable(file, { newlines: false })}), and ${machine} ${has}`;
}
