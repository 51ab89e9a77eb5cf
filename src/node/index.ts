/**
 * node: the real adapters of the ports, on Node and on Bun. Purpose: everything that touches the machine, and nothing
 * that decides. Invariants: system errors come through with their `code`; what may take long is asynchronous, what the
 * page cache answers is not; whatever is Bun's is loaded only there.
 */
export { nodeClock } from "./clock.ts";
export { nodeFs } from "./fs.ts";
export { nodeHttp } from "./http.ts";
export { runtimeTrusts } from "./http-route.ts";
export { nodeProc } from "./proc.ts";
export { nodeSystem } from "./system.ts";
