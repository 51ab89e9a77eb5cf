import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { connectHost, type HostNotice, type HostNotifications } from "../../src/index.ts";
import { repository } from "./binary.ts";
import type { TestContext } from "./context.ts";
import { bunProgram } from "./runtimes.ts";
import { until } from "./until.ts";

/** What the index serves. */
export const projects = { idna: { "3.6": {}, "3.7": {} }, attrs: { "24.1": {} } };
/** How the server is started from its sources. */
export const venvoy = [bunProgram, join(repository, "src/main.ts")] as const;

/** A typed client that writes down what it is told. */
export async function connected(t: TestContext, options: Parameters<typeof connectHost>[0] = {}) {
  const notices: HostNotice[] = [];
  const host = await connectHost({
    program: venvoy,
    cwd: t.cwd,
    env: t.env,
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  const told = <N extends HostNotice["method"]>(method: N) =>
    notices.filter((one) => one.method === method).map(({ params }) => params as HostNotifications[N]);
  return { host, notices, told };
}

/** A server that the test writes to as it likes. */
export function raw(t: TestContext) {
  const child = spawn(venvoy[0], [...venvoy.slice(1), "host", "serve"], { cwd: t.cwd, env: t.env });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: Record<string, unknown>[] = [];
  const answers = new Map<unknown, Record<string, unknown>>();
  let rest = "";
  child.stdout.on("data", (piece: Buffer) => {
    const parts = (rest + piece).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const message = JSON.parse(part);
      lines.push(message);
      if (message.method === undefined) answers.set(message.id, message);
    }
  });
  child.stdin.on("error", () => {});
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const answer = async (id: unknown): Promise<Record<string, unknown>> => {
    await until(() => answers.has(id)).catch((error: unknown) => {
      throw new Error(`no answer to ${String(id)}: ${JSON.stringify(lines).slice(0, 2000)}`, { cause: error });
    });
    return answers.get(id) ?? {};
  };
  const send = (message: object): void => void child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  return { child, lines, answer, send, ended };
}

/** Processes that run a script of this test's directory. */
export function lanesOf(t: TestContext): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return words.includes("venvoy_lane") && readFileSync(`/proc/${pid}/environ`, "utf8").includes(t.home);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Waits until none is left. */
export async function noLanes(t: TestContext): Promise<void> {
  await until(() => lanesOf(t).length === 0);
}
