import type { AbsPath } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";

/** Levels of x86-64 (System V psABI): 1 is every such processor. */
export type CpuLevel = 1 | 2 | 3 | 4;

/** What `/proc/cpuinfo` calls that which each level adds. */
const flagsOf: Readonly<Record<2 | 3 | 4, readonly string[]>> = {
  2: ["cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"],
  3: ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"],
  4: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"],
};

/** The level of this machine's processor; `undefined` when it can't be told. */
export async function cpuLevel({ fs }: Pick<Ports, "fs">): Promise<CpuLevel | undefined> {
  const text = await fs.readText("/proc/cpuinfo" as AbsPath).catch(() => "");
  const [, line] = /^flags\s*:(.*)$/m.exec(text) ?? [];
  if (line === undefined) return undefined;
  const flags = new Set(line.trim().split(/\s+/));
  let level: CpuLevel = 1;
  for (const next of [2, 3, 4] as const) {
    if (!flagsOf[next].every((flag) => flags.has(flag))) break;
    level = next;
  }
  return level;
}

/** The highest of the levels that an ELF file names as bits. */
export function levelOfBits(bits: number): CpuLevel {
  return (bits & 8) !== 0 ? 4 : (bits & 4) !== 0 ? 3 : (bits & 2) !== 0 ? 2 : 1;
}

/** `x86-64-v3`. */
export function levelName(level: CpuLevel): string {
  return level === 1 ? "x86-64" : `x86-64-v${level}`;
}

export function parseLevel(text: string): CpuLevel | undefined {
  const found = /^x86-64(?:-v([1-4]))?$/i.exec(text);
  return found === null ? undefined : (Number(found[1] ?? 1) as CpuLevel);
}

/** A file beside others for better processors, which the package or the loader picks by itself. */
export function isVariant(path: string): boolean {
  return /\/glibc-hwcaps\/|(?:^|[/._-])(?:x86[-_]64[-_])?v[234](?:[/._-])|avx|haswell|skylake|zen\d/i.test(path);
}
