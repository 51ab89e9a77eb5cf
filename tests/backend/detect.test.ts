import { describe, expect, test } from "vitest";
import { detectAccelerator, findBackend, otherBackends, runnableBackends } from "../../src/backend/index.ts";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import type { System } from "../../src/ports/index.ts";
import type { FakeProgram } from "../kit/fake-proc.ts";
import { memoryPorts } from "../kit/memory-ports.ts";

interface Machine {
  readonly os?: System["os"];
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly program?: FakeProgram;
}

async function machine({ os = "linux", files = {}, links = {}, program }: Machine) {
  const ports = memoryPorts({ os, ...(program === undefined ? {} : { program }) });
  const { fs } = ports;
  for (const [path, text] of Object.entries(files)) {
    await fs.makeDir(fs.path.directory(path as AbsPath));
    await fs.write(path as AbsPath, text);
  }
  for (const [path, target] of Object.entries(links)) {
    await fs.makeDir(target as AbsPath);
    await fs.symlink(absPath(target), path as AbsPath, "directory");
  }
  return ports;
}

const smi =
  (stdout: string, exit = 0): FakeProgram =>
  ({ argv }) =>
    argv[0] === "nvidia-smi" ? { stdout, exit } : undefined;

const proc = (line: string): Record<string, string> => ({
  "/proc/driver/nvidia/version": `${line}\nGCC version:  gcc version 12.3.0 (Ubuntu 12.3.0-1ubuntu1~22.04)\n`,
});

const kfd = (...versions: readonly number[]): Record<string, string> =>
  Object.fromEntries(
    versions.map((version, node) => [
      `/sys/class/kfd/kfd/topology/nodes/${node}/properties`,
      `cpu_cores_count 0\nsimd_count 256\ngfx_target_version ${version}\nvendor_id 4098\n`,
    ]),
  );

const pci = (device: string, { vendor = "0x8086", kind = "0x030000" } = {}): Record<string, string> => ({
  "/sys/bus/pci/devices/0000:00:02.0/vendor": `${vendor}\n`,
  "/sys/bus/pci/devices/0000:00:02.0/class": `${kind}\n`,
  "/sys/bus/pci/devices/0000:00:02.0/device": `${device}\n`,
});
const bound = (driver: string) => ({ "/sys/bus/pci/devices/0000:00:02.0/driver": `/sys/bus/pci/drivers/${driver}` });

describe("what a machine computes with", () => {
  test.each<[string, Machine, unknown]>([
    ["nothing", {}, undefined],
    ["the NVIDIA module's version", { files: { "/sys/module/nvidia/version": "560.35.03\n" } }, "560.35.03"],
    [
      "the open NVIDIA module",
      {
        files: proc(
          "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.144.03  Release Build  (dvs-builder)",
        ),
      },
      "550.144.03",
    ],
    [
      "the closed NVIDIA module",
      { files: proc("NVRM version: NVIDIA UNIX x86_64 Kernel Module  375.74  Wed Jun 14 01:39:39 PDT 2017") },
      "375.74",
    ],
    ["nvidia-smi, of two cards (WSL)", { program: smi("572.83\n572.83\n") }, "572.83"],
    ["nvidia-smi on Windows", { os: "windows", program: smi("566.03\r\n") }, "566.03"],
    ["nvidia-smi without a driver", { program: smi("NVIDIA-SMI has failed\n", 9) }, undefined],
    ["nvidia-smi that talks", { program: smi("No devices were found\n") }, undefined],
    ["damaged files", { files: { "/sys/module/nvidia/version": "?\n", ...proc("NVRM version: ?") } }, undefined],
    ["a Mac", { os: "macos", program: smi("560.35.03\n") }, undefined],
  ])("NVIDIA: %s", async (_, given, driver) => {
    const expected = driver === undefined ? undefined : { kind: "cuda", driver };
    expect(await detectAccelerator(await machine(given))).toEqual(expected);
  });

  test("AMD: the processors of the kernel's nodes, a CPU left out", async () => {
    expect(await detectAccelerator(await machine({ files: kfd(0, 90_010, 110_000) }))).toEqual({
      kind: "rocm",
      processors: ["gfx1100", "gfx90a"],
    });
    expect(await detectAccelerator(await machine({ files: kfd(90_402) }))).toMatchObject({ processors: ["gfx942"] });
    expect(await detectAccelerator(await machine({ files: kfd(0) }))).toBeUndefined();
  });

  test("Intel: graphics that there are builds for, with a driver", async () => {
    const arc = await machine({ files: pci("0x56a0"), links: bound("i915") });
    expect(await detectAccelerator(arc)).toEqual({ kind: "xpu" });
    expect(await detectAccelerator(await machine({ files: pci("0xe20b"), links: bound("xe") }))).toEqual({
      kind: "xpu",
    });
    expect(await detectAccelerator(await machine({ files: pci("0x5912"), links: bound("i915") }))).toBeUndefined();
    expect(await detectAccelerator(await machine({ files: pci("0x56a0"), links: bound("vfio-pci") }))).toBeUndefined();
    expect(await detectAccelerator(await machine({ files: pci("0x56a0") }))).toBeUndefined();
    const network = await machine({ files: pci("0x56a0", { kind: "0x020000" }), links: bound("i915") });
    expect(await detectAccelerator(network)).toBeUndefined();
  });

  test("NVIDIA goes before others; what is said goes before what is found", async () => {
    const both = { ...kfd(110_000), "/sys/module/nvidia/version": "535.54.03\n" };
    expect(await detectAccelerator(await machine({ files: both }))).toMatchObject({ kind: "cuda" });
    const ports = await machine({ files: both });
    expect(await detectAccelerator(ports, { cudaDriver: "470.57" })).toEqual({ kind: "cuda", driver: "470.57" });
    expect(await detectAccelerator(ports, { amdProcessor: "gfx906" })).toMatchObject({ processors: ["gfx906"] });
  });
});

describe("what a driver runs", () => {
  test.each([
    ["580.65.06", "linux", "cu132"],
    ["575.51.03", "linux", "cu129"],
    ["525.60.13", "linux", "cu129"],
    ["525.60.12", "linux", "cu118"],
    ["528.33", "windows", "cu129"],
    ["528.24", "windows", "cu118"],
    ["450.80.02", "linux", "cu118"],
    ["450.40", "linux", "cu110"],
    ["390.157", "linux", undefined],
    ["580.65.06", "macos", undefined],
  ] as const)("NVIDIA %s on %s: %s at most", (driver, system, newest) => {
    expect(runnableBackends({ kind: "cuda", driver }, system)[0]).toBe(newest);
  });

  test("AMD by processor, Intel always, and never on another system", () => {
    const amd = { kind: "rocm", processors: ["gfx1150"] } as const;
    expect(runnableBackends(amd, "linux")).toEqual(["rocm7.2"]);
    expect(runnableBackends({ kind: "rocm", processors: ["gfx1036", "gfx1101"] }, "linux").at(-1)).toBe("rocm6.1");
    expect(runnableBackends(amd, "windows")).toEqual([]);
    expect(runnableBackends({ kind: "xpu" }, "windows")).toEqual(["xpu"]);
    expect(otherBackends(amd, "linux")).toEqual([expect.arrayContaining(["rocm6.4"])]);
  });

  test("a backend that is newer than the table has a name, and nothing is known of it", () => {
    expect(findBackend("cu144")).toMatchObject({ kind: "cuda", version: "14.4" });
    expect(findBackend("rocm8.0")).toMatchObject({ kind: "rocm" });
    for (const name of ["cuda", "cu", "cu119", "rocm6", "gpu", "CU126"]) expect(findBackend(name)).toBeUndefined();
  });
});
