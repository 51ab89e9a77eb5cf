/**
 * backend: builds of packages for hardware (`cpu`, `cu126`, `rocm6.4`, `xpu`). A machine in; which builds run on it, and
 * where they are, out. Invariants: detection reads and never fails; what a machine runs is decided by tables of facts with
 * their source named, never by trying; only packages that differ by hardware are asked of a backend's index.
 */
export { acceleratorWords, otherBackends, runnableBackends, type SystemName } from "./choose.ts";
export { type Accelerator, type DeclaredAccelerator, detectAccelerator } from "./detect.ts";
export { backendUnknown } from "./errors.ts";
export { backendIndexUrl, defaultBackendIndexUrl, extraOfBackend, servedByBackend } from "./packages.ts";
export { type Backend, type BackendName, backends, findBackend, oldestDriver } from "./table.ts";
