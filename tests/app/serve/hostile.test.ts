import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { testContext } from "../../kit/context.ts";
import { randomFrom } from "../../kit/random.ts";
import { connected, lanesOf, noLanes, projects, raw } from "../../kit/serve.ts";

test("hostile and broken messages are answered, the session goes on, and the end of input ends every lane", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "print('still here')\n");
  t.write("slow.py", "import time, os\nos.system('sleep 60 &')\nprint('begun', flush=True)\ntime.sleep(600)\n");
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
    { id: "v3", method: "run", params: { file: "/dev/zero" } },
    { id: "v4", method: "run", params: { file: "a\0.py" } },
    { id: "v7", method: "paths", params: { lane: "lane-99" } },
    { id: "v8", method: "array", params: { base64: "AAAA", dtype: "<f8", shape: [1] } },
    { id: "v9", method: "array", params: { base64: "", dtype: "|O", shape: [0] } },
    { id: "v10", method: "evaluate", params: { text: "x".repeat(17 << 20) } },
    { id: "v6", method: "call", params: { target: "\0:x" } },
    { id: "v5", method: "check", params: { files: ["a\0.py", "/dev/zero"] } },
  ];
  for (const message of wrong) send(message);
  expect(await answer("v5")).toMatchObject({ result: { together: false } });
  wrong.pop();
  const said = await Promise.all(
    wrong.map(async ({ id }) => ((await answer(id))["error"] as { code: number; data?: { code: string } }) ?? {}),
  );
  expect(said.map(({ code }) => code)).toEqual([
    -32601, -32601, -32602, -32602, -32602, -32602, -32602, -32602, -32000, -32000, -32000, -32000, -32000, -32000,
    -32000, -32000, -32000,
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
});

test("limits under which nothing could run are refused, and the longest times are no trap", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "print('ran')\n");
  const { answer, send } = raw(t);
  for (const [id, limits] of [{ lanes: 0 }, { memoryBytes: 0 }].entries()) {
    send({ id, method: "open", params: { limits } });
    expect(await answer(id)).toMatchObject({ error: { data: { code: "ARGUMENT_INVALID" } } });
  }
  const most = Number.MAX_SAFE_INTEGER;
  send({ id: "open", method: "open", params: { limits: { idleMs: most, graceMs: most, memoryBytes: most } } });
  send({ id: "run", method: "run", params: { file: "a.py" } });
  expect(await answer("run")).toMatchObject({ result: { stdout: "ran\n" } });
});

test("a host's profile that nobody knows is told, and the session can still be opened", async () => {
  await using t = await testContext(projects);
  const { answer, send } = raw(t);
  send({ id: 1, method: "open", params: { profile: "nobody" } });
  expect(await answer(1)).toMatchObject({ error: { code: -32000, data: { code: "HOST_UNKNOWN" } } });
  send({ id: 2, method: "open", params: {} });
  expect(await answer(2)).toMatchObject({ result: { cwd: t.cwd } });
});

test("a flood of requests: each has one answer, and no more than the limit go on at once", async () => {
  await using t = await testContext(projects);
  t.write("slow.py", "import time\ntime.sleep(600)\n");
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
});

test("a server that is killed leaves no lane behind", async () => {
  await using t = await testContext(projects);
  t.write("slow.py", "import time\nprint('begun', flush=True)\ntime.sleep(600)\n");
  const { child, lines, send } = raw(t);
  send({ id: 1, method: "run", params: { file: "slow.py" } });
  while (!lines.some(({ params }) => JSON.stringify(params ?? "").includes("begun"))) await sleep(20);
  child.kill("SIGKILL");
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
});
