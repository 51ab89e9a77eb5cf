import { readFileSync } from "node:fs";
import type { SessionEvent } from "../../src/app/index.ts";
import type { TestContext } from "./context.ts";

/** What the index of a session's test serves. */
export const projects = {
  idna: { "3.6": {}, "3.7": {} },
  attrs: { "24.1": {} },
  web: { "1.0": { requires: ["idna<3.7"] }, "2.0": { requires: ["idna>=3.7"] } },
};

/** A process that has ended counts as gone, whether somebody has asked for its status or not. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** A session that writes down what it hears. */
export async function opened(t: TestContext, options = {}) {
  const events: SessionEvent[] = [];
  const session = await t.library.host.open({ onEvent: (event) => events.push(event), ...options });
  return { session, events };
}
