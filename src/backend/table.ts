import { compareDotted } from "../base/index.ts";

/** What a build for some hardware is called: the last part of its index's address, and of its versions (`2.5.1+cu126`). */
export type BackendName = string;

export interface Backend {
  readonly name: BackendName;
  readonly kind: "cpu" | "cuda" | "rocm" | "xpu";
  /** Systems that it is built for. */
  readonly systems: readonly ("linux" | "windows" | "macos")[];
  /** `12.6` of `cu126`; empty for what has no version. */
  readonly version: string;
}

/** CUDA versions that builds exist or existed for, newest first. */
const cudaVersions = ["13.2", "13.0", "12.9", "12.8", "12.6", "12.5", "12.4", "12.3", "12.2", "12.1", "12.0"];
const olderCudaVersions = ["11.8", "11.7", "11.6", "11.5", "11.4", "11.3", "11.2", "11.1", "11.0", "10.2", "10.1"];

/**
 * The oldest NVIDIA driver for each CUDA version: NVIDIA's CUDA Toolkit Release Notes, table "CUDA Toolkit and Minimum
 * Required Driver Version for CUDA Minor Version Compatibility" (11.1 and later: one driver for a whole major version);
 * 11.0 and before: table "CUDA Toolkit and Corresponding Driver Versions". A newer driver runs everything older.
 */
const cudaDrivers: readonly { readonly from: string; readonly linux: string; readonly windows: string }[] = [
  { from: "13.0", linux: "580", windows: "580" },
  { from: "12.0", linux: "525.60.13", windows: "528.33" },
  { from: "11.1", linux: "450.80.02", windows: "452.39" },
  { from: "11.0", linux: "450.36.06", windows: "451.22" },
  { from: "10.2", linux: "440.33", windows: "441.22" },
  { from: "10.1", linux: "418.39", windows: "418.96" },
];

/**
 * AMD processors that each ROCm version's builds of PyTorch hold code for (`torch.cuda.get_arch_list()` of the builds, as
 * uv 0.9 lists them for `--torch-backend=auto`), newest first.
 */
const rocmProcessors: Readonly<Record<string, string>> = {
  "7.2": "900 906 908 90a 942 950 1030 1100 1101 1102 1150 1151 1200 1201",
  "7.1": "900 906 908 90a 942 950 1030 1100 1101 1102 1200 1201",
  "7.0": "900 906 908 90a 942 950 1030 1100 1101 1102 1200 1201",
  "6.4": "900 906 908 90a 942 1030 1100 1101 1102 1200 1201",
  "6.3": "900 906 908 90a 942 1030 1100 1101 1102 1200 1201",
  "6.2.4": "900 906 908 90a 942 1030 1100 1101 1102 1200 1201",
  "6.2": "900 906 908 90a 942 1030 1100",
  "6.1": "900 906 908 90a 942 1030 1100 1101",
  "6.0": "900 906 908 90a 942 1030 1100",
};

/** Every backend that is known, the newest of each kind first. */
export const backends: readonly Backend[] = [
  { name: "cpu", kind: "cpu", systems: ["linux", "windows", "macos"], version: "" },
  ...[...cudaVersions, ...olderCudaVersions].map(cudaBackend),
  ...Object.keys(rocmProcessors).map(rocmBackend),
  { name: "xpu", kind: "xpu", systems: ["linux", "windows"], version: "" },
];

function cudaBackend(version: string): Backend {
  return { name: `cu${version.replace(".", "")}`, kind: "cuda", systems: ["linux", "windows"], version };
}

function rocmBackend(version: string): Backend {
  return { name: `rocm${version}`, kind: "rocm", systems: ["linux"], version };
}

/**
 * A backend by its name, or `undefined`. One that is newer than this table is taken by the form of its name; whether it
 * exists the index says.
 */
export function findBackend(name: string): Backend | undefined {
  const known = backends.find((one) => one.name === name);
  if (known !== undefined) return known;
  const [, major, minor] = /^cu(\d\d)(\d)$/.exec(name) ?? [];
  if (major !== undefined && Number(`${major}${minor}`) > 132) return cudaBackend(`${major}.${minor}`);
  const [, rocm] = /^rocm(\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)$/.exec(name) ?? [];
  return rocm !== undefined && compareDotted(rocm, "7.2") > 0 ? rocmBackend(rocm) : undefined;
}

/** The oldest NVIDIA driver that runs a CUDA backend; `undefined` for a newer one than the table knows, and others. */
export function oldestDriver({ kind, version }: Backend, system: "linux" | "windows"): string | undefined {
  if (kind !== "cuda" || Number(version.split(".")[0]) > 13) return undefined;
  return cudaDrivers.find(({ from }) => compareDotted(version, from) >= 0)?.[system];
}

/** Whether a ROCm backend holds code for an AMD processor (`gfx1100`); unknown backends are taken to. */
export function hasCodeFor({ kind, version }: Backend, processor: string): boolean {
  if (kind !== "rocm") return false;
  return (rocmProcessors[version] ?? rocmProcessors["7.2"] ?? "").split(" ").includes(processor.replace(/^gfx/, ""));
}
