import type { Ports } from "../ports/index.ts";
import { nodeClock } from "./clock.ts";
import { nodeFs } from "./fs.ts";
import { nodeHttp } from "./http.ts";
import { nodeLinks } from "./links.ts";
import { nodeProc } from "./proc.ts";
import { keyringSecrets } from "./secrets.ts";
import { nodeSystem } from "./system.ts";

/** All ports on this machine. */
export function nodePorts(): Ports {
  const system = nodeSystem();
  const proc = nodeProc();
  return {
    fs: nodeFs(),
    http: nodeHttp(),
    proc,
    clock: nodeClock(),
    links: nodeLinks(),
    secrets: keyringSecrets(proc, system),
    system,
  };
}
