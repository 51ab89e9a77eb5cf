import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { HostNotice } from "../../../src/index.ts";
import { repository } from "../../kit/binary.ts";
import { testContext } from "../../kit/context.ts";
import { realPythons, skipMissing } from "../../kit/real-pythons.ts";
import { connected, noLanes, projects, raw, venvoy } from "../../kit/serve.ts";
import { until } from "../../kit/until.ts";

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
  t.write("slow.py", "import time\nprint('begun', flush=True)\ntime.sleep(600)\n");
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

test("progress and questions name the request that they are for, also when two go on at once", async () => {
  await using t = await testContext(projects);
  t.write("one.py", "# venv: one\n# r: idna\nprint(1)\n");
  t.write("two.py", "# venv: two\n# r: attrs\nprint(2)\n");
  const asked: (readonly [string, unknown])[] = [];
  const { host, told } = await connected(t, {
    confirm: (change, { request }) => {
      asked.push([change.changes.map(({ name }) => name).join(" "), request]);
      return true;
    },
  });
  await using _ = host;
  const own: HostNotice[][] = [[], []];
  const results = await Promise.all(
    ["one.py", "two.py"].map((file, at) => host.run(file, { onNotice: (notice) => own[at]?.push(notice) })),
  );
  expect(results.map(({ stdout }) => stdout)).toEqual(["1\n", "2\n"]);
  const requests = ["one.py", "two.py"].map(
    (file) => told("run").find((event) => event.type === "run:waiting" && event.what === file)?.request,
  );
  expect(new Set(asked)).toEqual(
    new Set([
      ["idna", requests[0]],
      ["attrs", requests[1]],
    ]),
  );
  const fetched = told("progress").filter((event) => event.type === "op:start" && event.kind === "fetch");
  expect(new Set(fetched.map(({ request }) => request))).toEqual(new Set(requests));
  for (const [at, notices] of own.entries()) {
    expect(notices.some(({ method }) => method === "progress")).toBe(true);
    expect(new Set(notices.map(({ params }) => "request" in params && params.request))).toEqual(
      new Set([requests[at]]),
    );
  }
  const [prepared] = await host.prepare(["one.py"], { onNotice: (notice) => own[0]?.push(notice) });
  expect(prepared).toMatchObject({ environment: { name: "one" } });
});

test("a request that is cancelled doesn't wait for a question that nobody answers", async () => {
  await using t = await testContext(projects);
  t.write("wants.py", "# venv: fresh\n# r: idna\n");
  const { answer, lines, send, child, ended } = raw(t);
  send({ id: 1, method: "initialize", params: { capabilities: { confirm: true } } });
  const questions = () => lines.filter(({ method }) => method === "confirm");
  for (const id of [2, 3]) {
    send({ id, method: "run", params: { file: "wants.py" } });
    await until(() => questions().length === id - 1);
  }
  expect(questions()[0]).toMatchObject({ params: { request: 2, change: { changes: [{ name: "idna" }] } } });
  send({ method: "$/cancelRequest", params: { id: 2 } });
  expect(await answer(2)).toMatchObject({ error: { code: -32800 } });
  // The end of the session doesn't wait either.
  send({ id: 4, method: "close" });
  expect(await answer(4)).toMatchObject({ result: null });
  expect(await answer(3)).toMatchObject({ error: { data: { code: "SESSION_CLOSED" } } });
  child.stdin.end();
  expect(await ended).toBe(0);
});

const execute = promisify(execFile);
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
        "slow = host.start('evaluate', text='import time; time.sleep(600)\\n')\n" +
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
