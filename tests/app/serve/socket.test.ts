import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connectHost } from "../../../src/index.ts";
import { testContext } from "../../kit/context.ts";
import { connected, noLanes, projects } from "../../kit/serve.ts";
import { until } from "../../kit/until.ts";

test("a socket serves several clients, for its owner alone, and leaves nothing", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "import os\nprint(os.getpid())\n");
  const socket = join(t.home, "sockets", "one");
  const stop = new AbortController();
  let ready = (): void => {};
  const listening = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const serving = t.library.host.serve({ socket, signal: stop.signal, onReady: () => ready() });
  await listening;
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  expect(statSync(join(t.home, "sockets")).mode & 0o777).toBe(0o700);
  const [one, other] = [await connected(t, { socket }), await connected(t, { socket })];
  const [first, second] = await Promise.all([one.host.run("a.py"), other.host.run("a.py")]);
  expect(first.stdout).not.toBe(second.stdout);
  await expect(t.library.host.serve({ socket })).rejects.toMatchObject({ code: "SOCKET_IN_USE" });
  await one.host.close();
  expect((await other.host.run("a.py")).stdout).toBe(second.stdout);
  const lost = other.host.evaluate("import time; time.sleep(600)\n");
  lost.catch(() => {});
  await until(() => other.told("run").filter((one) => one.type === "run:started").length === 3);
  stop.abort();
  await serving;
  await expect(lost).rejects.toMatchObject({ code: expect.stringMatching(/ABORTED|SESSION_CLOSED|RPC_ENDED/) });
  expect(readdirSync(join(t.home, "sockets"))).toEqual([]);
  await noLanes(t);
});

test("a socket where others could reach it is refused, and so is what is no socket", async () => {
  await using t = await testContext();
  const open = join(t.home, "open");
  mkdirSync(open, { mode: 0o755 });
  await expect(t.library.host.serve({ socket: join(open, "s") })).rejects.toMatchObject({ code: "SOCKET_UNSAFE" });
  const own = join(t.home, "own");
  mkdirSync(own, { mode: 0o700 });
  writeFileSync(join(own, "s"), "text");
  await expect(t.library.host.serve({ socket: join(own, "s") })).rejects.toMatchObject({ code: "SOCKET_IN_USE" });
  await expect(t.library.host.serve({ socket: join(own, "x".repeat(120)) })).rejects.toMatchObject({
    code: "ARGUMENT_INVALID",
  });
  await expect(connectHost({ socket: join(own, "nobody") })).rejects.toMatchObject({ code: "SOCKET_UNANSWERED" });
});
