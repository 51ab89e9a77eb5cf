import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { connectHost, type HostNotice, type HostNotifications } from "../../../src/index.ts";
import { repository } from "../../kit/binary.ts";
import { type TestContext, testContext } from "../../kit/context.ts";
import { randomFrom } from "../../kit/random.ts";
import { realPythons, skipMissing } from "../../kit/real-pythons.ts";
import { bunProgram } from "../../kit/runtimes.ts";

const projects = { idna: { "3.6": {}, "3.7": {} }, attrs: { "24.1": {} } };
const venvoy = [bunProgram, join(repository, "src/main.ts")] as const;
const execute = promisify(execFile);
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function connected(t: TestContext, options: Parameters<typeof connectHost>[0] = {}) {
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
function raw(t: TestContext) {
  const child = spawn(venvoy[0], [...venvoy.slice(1), "host", "serve"], { cwd: t.cwd, env: t.env });
  children.push(child);
  const lines: Record<string, unknown>[] = [];
  let rest = "";
  child.stdout.on("data", (piece: Buffer) => {
    const parts = (rest + piece).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) lines.push(JSON.parse(part));
  });
  child.stdin.on("error", () => {});
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const answer = async (id: unknown): Promise<Record<string, unknown>> => {
    for (let left = 300; left > 0; left--) {
      const found = lines.find((line) => line["id"] === id && line["method"] === undefined);
      if (found !== undefined) return found;
      await sleep(50);
    }
    throw new Error(`no answer to ${String(id)}: ${JSON.stringify(lines).slice(0, 2000)}`);
  };
  const send = (message: object): void => void child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  return { child, lines, answer, send, ended };
}

/** Processes that run a script of this test's directory. */
function lanesOf(t: TestContext): readonly number[] {
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

async function noLanes(t: TestContext): Promise<void> {
  for (let left = 100; left > 0 && lanesOf(t).length > 0; left--) await sleep(50);
  expect(lanesOf(t)).toEqual([]);
}

test("a script is run for a client: result, its output and what happens as notices of that request", async () => {
  await using t = await testContext(projects);
  t.write(
    "a.py",
    "# r: idna<3.7\nimport idna, sys, os\nprint(idna.__version__, sys.argv[1:], sys.stdin.read())\nos.system('echo child')\n",
  );
  const { host, notices, told } = await connected(t);
  expect(host.server).toMatchObject({ name: "venvoy", protocol: 1 });
  const result = await host.run("a.py", { args: ["x"], stdin: "given" });
  expect(result).toMatchObject({ exit: 0, stdout: "3.6 ['x'] given\nchild\n", environment: { name: "default" } });
  const output = told("output");
  expect(output.map(({ text }) => text).join("")).toBe(result.stdout);
  expect(new Set(output.map(({ request }) => request))).toEqual(new Set([2]));
  expect(told("run").map(({ type, request }) => [type, request])).toEqual([
    ["run:waiting", 2],
    ["run:started", 2],
    ["run:ended", 2],
  ]);
  expect(told("lane").map(({ type }) => type)).toEqual(["lane:started"]);
  expect(told("progress").some((event) => event.type === "op:start" && event.kind === "fetch")).toBe(true);
  const numbered = notices.flatMap(({ params }) => ("seq" in params ? [params.seq] : []));
  expect(numbered).toEqual(numbered.map((_one, index) => index + 1));
  await host.close();
  await noLanes(t);
});

test("values of every kind go to a lane and back, arrays in memory that both see", async () => {
  await using t = await testContext(projects);
  t.write(
    "tools.py",
    "import mmap\ndef same(*values, **named):\n    return [list(values), named]\n" +
      "def kinds(*values):\n    return [type(one).__name__ for one in values]\ndef fail():\n    raise ValueError('no')\n",
  );
  const { host } = await connected(t);
  await using _ = host;
  const values = [
    null,
    true,
    1,
    1.5,
    "ä",
    new Uint8Array([0, 255]),
    2n ** 70n,
    Number.POSITIVE_INFINITY,
    { $: 1, a: [{}] },
  ];
  expect(await host.call("tools:same", values, { named: { b: new Uint8Array(0) } })).toEqual([
    values,
    { b: new Uint8Array(0) },
  ]);
  expect(await host.call("tools:kinds", values)).toEqual([
    "NoneType",
    "bool",
    "int",
    "float",
    "str",
    "bytes",
    "int",
    "float",
    "dict",
  ]);
  await expect(host.call("tools:fail")).rejects.toMatchObject({ code: "CALL_FAILED", data: { type: "ValueError" } });
  const array = await host.array(new Uint8Array([1, 2, 3, 4]), { dtype: "|u1", shape: [4] });
  expect(new Uint8Array(readFileSync(array.place.file))).toEqual(new Uint8Array([1, 2, 3, 4]));
  await array.release();
  expect(existsSync(array.place.file)).toBe(false);
  await expect(host.call("tools:same", [array])).rejects.toMatchObject({ code: "RPC_REFUSED" });
});

test("the shell, completion, paths, preparing, checking, restarting: all that a session does", async () => {
  await using t = await testContext(projects);
  t.write("old.py", "# venv: old\n# r: idna==3.6\n");
  t.write("new.py", "# venv: new\n# r: idna==3.7\n");
  const { host } = await connected(t);
  await using _ = host;
  expect(await host.open({ cwd: t.cwd, spares: false, limits: { lanes: 4 } })).toEqual({ cwd: t.cwd });
  await expect(host.open()).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  const report = await host.check(["old.py", "new.py"]);
  expect([report.together, report.lanes.length]).toEqual([false, 2]);
  const prepared = await host.prepare(["old.py", "gone.py"]);
  expect(prepared).toMatchObject([{ environment: { name: "old" } }, { error: { code: "SCRIPT_NOT_FOUND" } }]);
  const where = { environment: "old" };
  expect(await host.evaluate("def f():\n", where)).toMatchObject({ complete: false });
  expect(await host.evaluate("import idna; number = 42\nidna.__version__\n", where)).toMatchObject({
    stdout: "'3.6'\n",
  });
  expect((await host.complete("numb", 4, where)).words).toEqual(["number"]);
  const paths = await host.paths(where);
  expect(paths.path).toContain(paths.sitePackages[0]);
  const [lane] = await host.lanes();
  expect(lane).toMatchObject({ id: paths.lane, loaded: { idna: "3.6" } });
  await host.restart(lane?.id ?? "");
  await expect(host.restart("lane-77")).rejects.toMatchObject({ code: "LANE_UNKNOWN" });
  expect((await host.evaluate("number", where)).error?.type).toBe("NameError");
});

test("cancelling ends a run and leaves the session as it was; a refused plan changes nothing", async () => {
  await using t = await testContext(projects);
  t.write("slow.py", "import time\nprint('begun', flush=True)\ntime.sleep(60)\n");
  t.write("wants.py", "# venv: fresh\n# r: idna\nimport idna\nprint(idna.__version__)\n");
  const plans: string[][] = [];
  let agreed = false;
  const { host, told } = await connected(t, {
    confirm: (change) => {
      plans.push(change.changes.map(({ name, to }) => `${name} ${to}`));
      return agreed;
    },
  });
  await using _ = host;
  agreed = true;
  const stop = new AbortController();
  const slow = host.run("slow.py", { signal: stop.signal });
  while (!told("output").some(({ text }) => text.includes("begun"))) await sleep(20);
  stop.abort();
  await expect(slow).rejects.toMatchObject({ code: "ABORTED" });
  plans.length = 0;
  agreed = false;
  await expect(host.run("wants.py")).rejects.toMatchObject({ code: "ABORTED" });
  agreed = true;
  expect((await host.run("wants.py")).stdout).toBe("3.7\n");
  expect(plans.at(-1)).toEqual(["idna 3.7"]);
});

test("hostile and broken messages are answered, the session goes on, and the end of input ends every lane", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "print('still here')\n");
  t.write("slow.py", "import time, os\nos.system('sleep 60 &')\nprint('begun', flush=True)\ntime.sleep(60)\n");
  const { child, lines, answer, send, ended } = raw(t);
  send({ id: "first", method: "run", params: { file: "a.py" } });
  expect(await answer("first")).toMatchObject({ result: { stdout: "still here\n" } });
  lines.length = 0;
  child.stdin.write("GET / HTTP/1.1\r\n\r\n");
  child.stdin.write(Buffer.from(Array.from({ length: 100_000 }, (_one, index) => (index * 7919) % 256)));
  child.stdin.write("\n");
  child.stdin.write(`{"jsonrpc":"2.0","id":1,"method":"run","params":${"[".repeat(50_000)}\n`);
  child.stdin.write(`"${"x".repeat(1 << 20)}`.repeat(66));
  child.stdin.write("\n");
  const wrong = [
    { id: "m1", method: "rum", params: {} },
    { id: "m2", method: "__proto__", params: {} },
    { id: "p1", method: "run", params: { file: 3 } },
    { id: "p2", method: "run", params: ["a.py"] },
    {
      id: "p3",
      method: "call",
      params: {
        target: "math:sqrt",
        values: [{ $: "array", file: "/etc/passwd", offset: 0, order: "C", dtype: "|u1", shape: [9] }],
      },
    },
    { id: "p4", method: "call", params: { target: "math:sqrt", values: [{ $: "bytes", base64: "%%%" }] } },
    { id: "p5", method: "release", params: { file: "/etc/passwd" } },
    { id: "p6", method: "initialize", params: { protocol: 99 } },
    { id: "v1", method: "run", params: { file: "gone.py" } },
    { id: "v2", method: "evaluate", params: { text: "1", environment: "../../etc" } },
  ];
  for (const message of wrong) send(message);
  const said = await Promise.all(
    wrong.map(async ({ id }) => ((await answer(id))["error"] as { code: number; data?: { code: string } }) ?? {}),
  );
  expect(said.map(({ code }) => code)).toEqual([
    -32601, -32601, -32602, -32602, -32602, -32602, -32602, -32602, -32000, -32000,
  ]);
  expect(said[8]?.data).toMatchObject({ code: "SCRIPT_NOT_FOUND" });
  expect(new Set(lines.filter(({ id }) => id === null).map(({ error }) => (error as { code: number }).code))).toEqual(
    new Set([-32700, -32600]),
  );
  send({ id: "again", method: "run", params: { file: "a.py" } });
  expect(await answer("again")).toMatchObject({ result: { stdout: "still here\n" } });
  send({ id: "slow", method: "run", params: { file: "slow.py" } });
  while (!lines.some(({ method, params }) => method === "output" && JSON.stringify(params).includes("begun")))
    await sleep(20);
  expect(lanesOf(t).length).toBeGreaterThan(0);
  child.stdin.write('{"jsonrpc":"2.0","id":"half","meth');
  child.stdin.end();
  expect(await ended).toBe(0);
  await noLanes(t);
}, 60_000);

test("a host's profile that nobody knows is told, and the session can still be opened", async () => {
  await using t = await testContext(projects);
  const { answer, send } = raw(t);
  send({ id: 1, method: "open", params: { profile: "nobody" } });
  expect(await answer(1)).toMatchObject({ error: { code: -32000, data: { code: "HOST_UNKNOWN" } } });
  send({ id: 2, method: "open", params: {} });
  expect(await answer(2)).toMatchObject({ result: { cwd: t.cwd } });
}, 60_000);

test("a flood of requests: each has one answer, and no more than the limit go on at once", async () => {
  await using t = await testContext(projects);
  t.write("slow.py", "import time\ntime.sleep(60)\n");
  const { answer, lines, send } = raw(t);
  send({ id: "open", method: "evaluate", params: { text: "1" } });
  await answer("open");
  lines.length = 0;
  for (let id = 1; id <= 2000; id++)
    send({ id, method: id === 1 ? "run" : "evaluate", params: id === 1 ? { file: "slow.py" } : { text: "1" } });
  send({ method: "$/cancelRequest", params: { id: 1 } });
  const answers = await Promise.all(Array.from({ length: 2000 }, (_one, index) => answer(index + 1)));
  const codes = answers.map(({ error }) => (error as { code: number } | undefined)?.code);
  expect(codes[0]).toBe(-32800);
  expect(new Set(codes.slice(1))).toEqual(new Set([undefined, -32003]));
  expect(codes.filter((code) => code === undefined).length).toBeGreaterThan(100);
  expect(lines.filter(({ id, method }) => typeof id === "number" && method === undefined).length).toBe(2000);
}, 60_000);

test("a server that is killed leaves no lane behind", async () => {
  await using t = await testContext(projects);
  t.write("slow.py", "import time\nprint('begun', flush=True)\ntime.sleep(60)\n");
  const { child, lines, send } = raw(t);
  send({ id: 1, method: "run", params: { file: "slow.py" } });
  while (!lines.some(({ params }) => JSON.stringify(params ?? "").includes("begun"))) await sleep(20);
  child.kill("SIGKILL");
  await noLanes(t);
});

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
  const lost = other.host.evaluate("import time; time.sleep(60)\n");
  lost.catch(() => {});
  await sleep(300);
  stop.abort();
  await serving;
  await expect(lost).rejects.toMatchObject({ code: expect.stringMatching(/ABORTED|SESSION_CLOSED|RPC_ENDED/) });
  expect(readdirSync(join(t.home, "sockets"))).toEqual([]);
  await noLanes(t);
});

const random = randomFrom();

test(`lanes are killed at random (seed ${random.seed}): every request has its answer, every run its end, and none stays`, async () => {
  await using t = await testContext(projects);
  t.write("work.py", "import time, sys\nfor i in range(5):\n    print(i, flush=True)\n    time.sleep(0.01)\n");
  const { host, told } = await connected(t);
  await host.run("work.py");
  let isOver = false;
  const killing = (async () => {
    while (!isOver) {
      await sleep(20 + random.below(120));
      const lanes = lanesOf(t);
      if (lanes.length > 0)
        try {
          process.kill(random.pick(lanes), "SIGKILL");
        } catch {
          // It went by itself meanwhile.
        }
    }
  })();
  const ends: string[] = [];
  for (let round = 0; round < 12; round++) {
    const outcomes = Array.from({ length: 4 }, () =>
      host.run("work.py").then(
        ({ stdout }) => stdout,
        ({ code }: { code: string }) => code,
      ),
    );
    ends.push(...(await Promise.all(outcomes)));
  }
  isOver = true;
  await killing;
  expect(new Set(ends.filter((end) => end !== "0\n1\n2\n3\n4\n" && end !== "LANE_CRASHED"))).toEqual(new Set());
  const ended = told("run").filter(({ type }) => type === "run:ended");
  expect(ended.length).toBe(49);
  expect(new Set(ended.map(({ request }) => request)).size).toBe(49);
  expect((await host.run("work.py")).exit).toBe(0);
  await host.close();
  await noLanes(t);
}, 60_000);

const pythons = realPythons();
skipMissing(pythons);

for (const python of [pythons.at(0), pythons.at(-1)].flatMap((one) => one ?? [])) {
  test(`the Python client runs scripts, with Python ${python.minor}`, async () => {
    await using t = await testContext(projects);
    t.write("a.py", "# r: idna<3.7\nimport idna\nprint('idna', idna.__version__)\n");
    t.write("b.py", "raise SystemExit(4)\n");
    t.write(
      "host.py",
      "import sys, time\nimport client\nbegun = []\n" +
        `host = client.Host(${JSON.stringify([...venvoy, "host", "serve"])}, lambda method, params: begun.append(params))\n` +
        "slow = host.start('evaluate', text='import time; time.sleep(60)\\n')\n" +
        "while not any(one.get('type') == 'run:started' for one in begun):\n    time.sleep(0.02)\n" +
        "host.cancel(slow)\n" +
        "for asking in (slow.result, lambda: host.request('run', file='gone.py')):\n" +
        "    try:\n        asking()\n    except client.HostError as error:\n        print(error.code)\nhost.close()\n",
    );
    const bin = join(t.home, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "venvoy"), `#!/bin/sh\nexec ${venvoy.join(" ")} "$@"\n`, { mode: 0o755 });
    const examples = join(repository, "examples/host");
    const env = { ...t.env, PATH: `${bin}:${t.env["PATH"]}`, PYTHONPATH: examples, PYTHONDONTWRITEBYTECODE: "1" };
    const run = (...words: readonly string[]) => execute(python.program, words, { cwd: t.cwd, env });
    const ran = await run(join(examples, "client.py"), "a.py", "b.py");
    expect(ran.stdout).toBe("idna 3.6\na.py ended with 0\nb.py ended with 4\n");
    expect((await run("host.py")).stdout).toBe("ABORTED\nSCRIPT_NOT_FOUND\n");
    const lines = readFileSync(join(examples, "client.py"), "utf8").split("\n");
    expect(lines.filter((line) => line !== "").length).toBeLessThanOrEqual(60);
    await noLanes(t);
  });
}

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
