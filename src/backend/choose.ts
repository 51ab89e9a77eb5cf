import { compareDotted } from "../base/index.ts";
import type { Accelerator } from "./detect.ts";
import { type Backend, type BackendName, backends, hasCodeFor, oldestDriver } from "./table.ts";

export type SystemName = "linux" | "windows" | "macos";

/** The backends that a machine runs, the best first. `cpu` is not among them: it runs everywhere. */
export function runnableBackends(accelerator: Accelerator | undefined, system: SystemName): readonly BackendName[] {
  if (accelerator === undefined) return [];
  return backends.filter((one) => runs(one, accelerator, system)).map(({ name }) => name);
}

function runs(backend: Backend, accelerator: Accelerator, system: SystemName): boolean {
  if (backend.kind !== accelerator.kind || !backend.systems.includes(system) || system === "macos") return false;
  switch (accelerator.kind) {
    case "cuda": {
      const oldest = oldestDriver(backend, system);
      return oldest !== undefined && compareDotted(accelerator.driver, oldest) >= 0;
    }
    case "rocm":
      return accelerator.processors.some((processor) => hasCodeFor(backend, processor));
    case "xpu":
      return true;
  }
}

/** Backends of the same kind that this machine doesn't run: those that ask for the oldest driver first, then the next. */
export function otherBackends(accelerator: Accelerator, system: SystemName): readonly (readonly BackendName[])[] {
  const runnable = runnableBackends(accelerator, system);
  const byDriver = new Map<string, BackendName[]>();
  for (const backend of backends) {
    const { kind, name, systems } = backend;
    if (kind !== accelerator.kind || !systems.includes(system) || runnable.includes(name)) continue;
    const driver = system === "macos" ? "" : (oldestDriver(backend, system) ?? "");
    byDriver.set(driver, [...(byDriver.get(driver) ?? []), name]);
  }
  return [...byDriver].sort(([a], [b]) => compareDotted(a, b)).map(([, names]) => names);
}

/** "the NVIDIA driver 470.57.02". */
export function acceleratorWords(accelerator: Accelerator): string {
  switch (accelerator.kind) {
    case "cuda":
      return `the NVIDIA driver ${accelerator.driver}`;
    case "rocm":
      return `the AMD processor ${accelerator.processors.join(", ")}`;
    case "xpu":
      return "the Intel graphics";
  }
}
