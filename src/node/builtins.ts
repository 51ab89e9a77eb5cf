/*
 * Modules of the runtime that only some commands need. Loaded at the start they take as long as all of venvoy's own: pipes and
 * sockets bring the streams along.
 */
export function childProcess(): typeof import("node:child_process") {
  return process.getBuiltinModule("node:child_process");
}

export function dns(): typeof import("node:dns") {
  return process.getBuiltinModule("node:dns");
}

export function workerThreads(): typeof import("node:worker_threads") {
  return process.getBuiltinModule("node:worker_threads");
}
