import type { AbsPath } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";

/** What a machine computes with besides its processor. */
export type Accelerator =
  | { readonly kind: "cuda" /** `560.35.03`. */; readonly driver: string }
  | { readonly kind: "rocm" /** `gfx1100`, one at least. */; readonly processors: readonly string[] }
  | { readonly kind: "xpu" };

/** What somebody says of the machine, where that is known better: variables, or another machine. */
export interface DeclaredAccelerator {
  readonly cudaDriver?: string | undefined;
  readonly amdProcessor?: string | undefined;
}

type Io = Pick<Ports, "fs" | "proc" | "system">;

/**
 * Looks for a driver: NVIDIA's by what the kernel module says and else `nvidia-smi` (Windows, WSL), AMD's by the
 * processors that the kernel lists, Intel's by devices with a driver that PyTorch has code for. `undefined` when there is
 * none. Never fails: what can't be read isn't there.
 */
export async function detectAccelerator(io: Io, declared: DeclaredAccelerator = {}): Promise<Accelerator | undefined> {
  const { cudaDriver, amdProcessor } = declared;
  if (cudaDriver !== undefined) return { kind: "cuda", driver: cudaDriver };
  if (amdProcessor !== undefined) return { kind: "rocm", processors: [amdProcessor] };
  if (io.system.os === "macos") return undefined;
  const driver = (await driverOfKernel(io)) ?? (await driverOfProgram(io));
  if (driver !== undefined) return { kind: "cuda", driver };
  if (io.system.os !== "linux") return undefined;
  const processors = await amdProcessors(io);
  if (processors.length > 0) return { kind: "rocm", processors };
  return (await hasIntel(io)) ? { kind: "xpu" } : undefined;
}

const driverForm = /^\d{2,4}(?:\.\d{1,4}){1,2}$/;

async function driverOfKernel({ fs, system }: Io): Promise<string | undefined> {
  if (system.os !== "linux") return undefined;
  const version = (await textOf(fs, "/sys/module/nvidia/version")).trim();
  if (driverForm.test(version)) return version;
  // "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.144.03  Release Build  (…)"
  const [, found] =
    /^NVRM version:.*?\s(\d{2,4}(?:\.\d{1,4}){1,2})\s/m.exec(await textOf(fs, "/proc/driver/nvidia/version")) ?? [];
  return found;
}

/** Windows and WSL have no such files; the driver's own program stands on PATH. */
async function driverOfProgram({ proc, system }: Io): Promise<string | undefined> {
  const separator = system.os === "windows" ? ";" : ":";
  const path = [system.env["PATH"] ?? system.env["Path"] ?? "", ...(system.os === "linux" ? ["/usr/lib/wsl/lib"] : [])];
  const env = { ...system.env, PATH: path.filter((part) => part !== "").join(separator) };
  const argv = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"] as const;
  const result = await proc.run({ argv, env, timeoutMs: 10_000 }).catch(() => undefined);
  if (result === undefined || result.exit !== 0) return undefined;
  const lines = new TextDecoder().decode(result.stdout).split("\n");
  return lines.map((line) => line.trim()).find((line) => driverForm.test(line));
}

const amdNodes = "/sys/class/kfd/kfd/topology/nodes";

/** Of each node of the kernel's list the processor; those of a CPU have version 0. */
async function amdProcessors({ fs }: Io): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const { name } of (await fs.list(amdNodes as AbsPath).catch(() => undefined)) ?? []) {
    const text = await textOf(fs, `${amdNodes}/${name}/properties`);
    const version = Number(/^gfx_target_version (\d{5,6})$/m.exec(text)?.[1] ?? 0);
    if (version > 0) found.add(amdProcessor(version));
  }
  return [...found].sort();
}

/** 90010 is gfx90a: two digits each for minor and stepping, which the name writes with one hexadecimal digit. */
function amdProcessor(version: number): string {
  const [major, minor, stepping] = [Math.floor(version / 10_000), Math.floor(version / 100) % 100, version % 100];
  return `gfx${major}${minor.toString(16)}${stepping.toString(16)}`;
}

const pciDevices = "/sys/bus/pci/devices";

/**
 * Starts of PCI device ids of Intel's graphics that PyTorch's XPU builds have code for, as the Linux drivers list them:
 * Arc A (56), Arc B (e2), Data Center Max (0bd, 0b6), Core Ultra (7d, 64, b08, b09). Older ones are left to the processor.
 */
const intelGraphics = /^0x(?:56|e2|0bd|0b6|7d|64|b08|b09)/;

async function hasIntel({ fs }: Io): Promise<boolean> {
  for (const { name } of (await fs.list(pciDevices as AbsPath).catch(() => undefined)) ?? []) {
    const root = `${pciDevices}/${name}`;
    if ((await textOf(fs, `${root}/vendor`)).trim() !== "0x8086") continue;
    if (!(await textOf(fs, `${root}/class`)).startsWith("0x03")) continue;
    if (!intelGraphics.test(await textOf(fs, `${root}/device`))) continue;
    const driver = await fs.realPath(`${root}/driver` as AbsPath).catch(() => "");
    if (/\/(?:xe|i915)$/.test(driver)) return true;
  }
  return false;
}

async function textOf(fs: Io["fs"], path: string): Promise<string> {
  return fs.readText(path as AbsPath).catch(() => "");
}
