import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { bundleProgram, bunProgram, nodeProgram } from "../kit/runtimes.ts";
import { isRunning, opened, projects } from "../kit/session.ts";
import { tempDir } from "../kit/temp.ts";
import { until } from "../kit/until.ts";

test("cancelled is first asked, then forced; a crash hurts no other lane", async () => {
  await using t = await testContext(projects);
  const patient = await opened(t, { limits: { graceMs: 600_000 } });
  const { session, events } = await opened(t, { limits: { graceMs: 300 } });
  await using _patient = patient.session;
  await using _ = session;
  const cancelWhenStarted = async (file: string, where: Awaited<ReturnType<typeof opened>>): Promise<unknown> => {
    const stop = new AbortController();
    const run = where.session.run(file, { signal: stop.signal });
    await until(() => where.events.some((event) => event.type === "stdout" && event.text.includes(file)));
    stop.abort();
    return run.catch((error: unknown) => error);
  };
  t.write(
    "polite.py",
    "import time\ntry:\n    print('polite.py')\n    time.sleep(600)\nexcept KeyboardInterrupt: print('asked'); raise\n",
  );
  expect(await cancelWhenStarted("polite.py", patient)).toMatchObject({ code: "ABORTED" });
  expect(patient.session.lanes().length).toBe(1);
  expect(patient.events.some((event) => event.type === "stdout" && event.text === "asked\n")).toBe(true);
  t.write("ok.py", "print('ok')\n");
  const { lane } = await session.run("ok.py");
  t.write(
    "stubborn.py",
    "import time\nwords = ['stubborn.py']\nwhile True:\n    try:\n        if words: print(words.pop())\n        time.sleep(600)\n    except BaseException: pass\n",
  );
  expect(await cancelWhenStarted("stubborn.py", { session, events })).toMatchObject({ code: "ABORTED" });
  expect(session.lanes().map(({ id }) => id)).not.toContain(lane);
  t.write("crash.py", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n");
  await expect(session.run("crash.py")).rejects.toMatchObject({ code: "LANE_CRASHED", data: { signal: "SIGKILL" } });
  expect((await session.run("ok.py")).stdout).toBe("ok\n");
});

test("an async script never waits: it runs beside others, in another lane of the same environment", async () => {
  await using t = await testContext(projects);
  const { session, events } = await opened(t);
  await using _ = session;
  t.write("slow.py", "import os, time\nprint('slow')\nwhile not os.path.exists('go'): time.sleep(0.01)\n");
  t.write("beside.py", "# async: true\nprint('beside')\n");
  const slow = session.run("slow.py");
  await until(() => events.some((event) => event.type === "stdout"));
  const beside = await session.run("beside.py");
  expect(beside.stdout).toBe("beside\n");
  expect(events.filter(({ type }) => type === "run:ended").length).toBe(1);
  t.write("go", "");
  expect((await slow).lane).not.toBe(beside.lane);
});

test("what a script left running is told as late, and ends with its lane", async () => {
  await using t = await testContext(projects);
  const { session, events } = await opened(t);
  t.write(
    "leaves.py",
    "import subprocess\np = subprocess.Popen(['sh', '-c', 'until [ -e go ]; do sleep 0.05; done; echo late; sleep 600'])\nprint(p.pid)\n",
  );
  const { stdout } = await session.run("leaves.py");
  t.write("go", "");
  await until(() => events.some((event) => event.type === "stdout" && event.late));
  await session.close();
  await until(() => !isRunning(Number(stdout)));
});

test("a script that writes into the control channel ends its lane, and is told so", async () => {
  await using t = await testContext(projects);
  const { session } = await opened(t);
  await using _ = session;
  t.write("hostile.py", "import os, time\nos.write(3, b'garbage garbage garbage')\ntime.sleep(600)\n");
  await expect(session.run("hostile.py")).rejects.toMatchObject({ code: "LANE_PROTOCOL" });
  t.write("ok.py", "print('ok')\n");
  expect((await session.run("ok.py")).stdout).toBe("ok\n");
});

test("a process that grows past its limit is ended; a lane that does nothing ends by itself", async () => {
  await using t = await testContext(projects);
  const { session, events } = await opened(t, { limits: { memoryBytes: 150 << 20, idleMs: 500 } });
  await using _ = session;
  t.write("big.py", "import time\nx = b'x' * (300 << 20)\ntime.sleep(600)\n");
  await expect(session.run("big.py")).rejects.toMatchObject({ code: "LANE_MEMORY" });
  t.write("ok.py", "print('ok')\n");
  await session.run("ok.py");
  await until(() => events.some((event) => event.type === "lane:ended" && event.why === "idle"));
  expect((await session.run("ok.py")).stdout).toBe("ok\n");
});

test("a lane leads a process group of its own, so that all it starts can be ended with it", async () => {
  await using t = await testContext(projects);
  const { session } = await opened(t);
  await using _ = session;
  t.write("agent.py", "import os; print(os.path.abspath('.'))\n");
  await session.run("agent.py");
  const [lane] = session.lanes();
  expect(readFileSync(`/proc/${lane?.pid}/stat`, "utf8").split(" ")[4]).toBe(String(lane?.pid));
});

test("a restarted lane loses what it kept, and its scripts get a new one; a closed session refuses", async () => {
  await using t = await testContext(projects);
  const { session, events } = await opened(t);
  t.write("keep.py", "# flag: python.keepScope\ncount = globals().get('count', 0) + 1\nprint(count)\n");
  t.write("slow.py", "import time\nprint('slow')\ntime.sleep(600)\n");
  const { lane } = await session.run("keep.py");
  await session.restart(lane);
  expect((await session.run("keep.py")).stdout).toBe("1\n");
  await expect(session.restart(lane)).rejects.toMatchObject({ code: "LANE_UNKNOWN" });
  const slow = session.run("slow.py").catch((error: unknown) => error);
  await until(() => events.some((event) => event.type === "stdout" && event.text === "slow\n"));
  const waiting = session.run("keep.py").catch((error: unknown) => error);
  await session.close();
  expect(await slow).toMatchObject({ code: "SESSION_CLOSED" });
  expect(await waiting).toMatchObject({ code: "SESSION_CLOSED" });
  await expect(session.run("keep.py")).rejects.toMatchObject({ code: "SESSION_CLOSED" });
  expect(events.filter(({ type }) => type === "run:waiting").length).toBe(
    events.filter(({ type }) => type === "run:ended").length,
  );
});

const hostProgram = `
import { createVenvoy } from ${JSON.stringify(new URL("../../src/index.ts", import.meta.url).href)};
const session = await createVenvoy().host.open();
const { stdout } = await session.run("child.py");
console.log(JSON.stringify({ pids: [...session.lanes().map(({ pid }) => pid), Number(stdout)] }));
if (process.argv[2] !== "leave") await session.run(process.argv[2] + ".py");
`;

test.each([
  ["ends without closing its session", "leave", false],
  ["is killed", "stay", true],
  ["is killed while a process of it can't do anything", "stopped", true],
])("nothing stays of a session whose program %s", async (_what, mode, isKilled) => {
  await using t = await testContext(projects);
  t.write("host.ts", hostProgram);
  t.write("child.py", "import subprocess\nprint(subprocess.Popen(['sleep', '600']).pid)\n");
  t.write("stay.py", "import time\ntime.sleep(600)\n");
  t.write("stopped.py", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n");
  const bun = new URL("../../node_modules/.bin/bun", import.meta.url).pathname;
  const host = spawn(bun, ["host.ts", mode], { cwd: t.cwd, env: t.env, stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  host.stdout.on("data", (piece: Buffer) => {
    out += piece;
  });
  const ended = new Promise((resolve) => host.once("exit", resolve));
  await until(() => out.includes("\n"));
  const { pids } = JSON.parse(out) as { readonly pids: readonly number[] };
  expect(pids.length).toBe(2);
  if (mode === "stopped") await until(() => / T /.test(readFileSync(`/proc/${pids[0]}/stat`, "utf8")));
  if (isKilled) host.kill("SIGKILL");
  await ended;
  await until(() => !pids.some(isRunning));
});

describe("a program that has a session", () => {
  let program: string;
  beforeAll(() => {
    program = bundleProgram("tests/app/programs/session-host.ts", tempDir("session-host"));
  });

  const onEach = [
    ["Node", nodeProgram],
    ["Bun", bunProgram],
  ] as const;
  test.each(onEach)("hears on %s that processes ended which only stood by", async (_name, runtime) => {
    await using t = await testContext(projects);
    t.write("child.py", "print(1)\n");
    const told = await programEnd(runtime, [program, "close"], t);
    expect(told).toEqual({ status: 0, out: "closed\n", err: "" });
  });

  test.each(onEach)("ends on %s when it has asked a process something and left it", async (_name, runtime) => {
    await using t = await testContext(projects);
    const told = await programEnd(runtime, [program, "ask"], t);
    expect(told).toEqual({ status: 0, out: "asked lane-1\n", err: "" });
  });
});

/** How a program ends; one that doesn't is killed, and has no status. */
async function programEnd(runtime: string, argv: readonly string[], { cwd, env }: TestContext) {
  const child = spawn(runtime, argv, { cwd, env, timeout: 240_000, killSignal: "SIGKILL" });
  let [out, err] = ["", ""];
  child.stdout.on("data", (piece: Buffer) => {
    out += piece;
  });
  child.stderr.on("data", (piece: Buffer) => {
    err += piece;
  });
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { status, out, err };
}
