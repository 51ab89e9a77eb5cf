import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";
import { opened, projects } from "../kit/session.ts";
import { until } from "../kit/until.ts";

test("a script runs in a lane: result, output, arguments, events in order", async () => {
  await using t = await testContext(projects);
  const { session, events } = await opened(t);
  await using _ = session;
  t.write(
    "a.py",
    "# r: idna\nimport idna, sys, os\nprint(idna.__version__, sys.argv[1:], __name__)\nos.system('echo child')\nprint('err', file=sys.stderr)\n",
  );
  const result = await session.run("a.py", { args: ["x", "y z"] });
  expect(result).toMatchObject({
    exit: 0,
    stdout: "3.7 ['x', 'y z'] __main__\nchild\n",
    stderr: "err\n",
    error: undefined,
  });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_one, index) => index + 1));
  expect(events.map(({ type }) => type).filter((type) => !type.startsWith("std"))).toEqual([
    "run:waiting",
    "lane:started",
    "run:started",
    "run:ended",
  ]);
});

test("scripts share a process while nothing loaded is touched; another version of what is loaded gets another one", async () => {
  await using t = await testContext(projects);
  const { session } = await opened(t);
  await using _ = session;
  const said = "; import os; print(os.getpid())\n";
  t.write("old.py", `# /// script\n# dependencies = ["idna<3.7"]\n# ///\nimport idna${said}`);
  t.write("both.py", `# /// script\n# dependencies = ["idna<3.7", "attrs"]\n# ///\nimport idna, attrs${said}`);
  t.write("new.py", `# /// script\n# dependencies = ["idna"]\n# ///\nimport idna${said}`);
  const old = await session.run("old.py");
  const both = await session.run("both.py");
  const other = await session.run("new.py");
  expect([old.exit, both.exit, other.exit]).toEqual([0, 0, 0]);
  expect(both.stdout).toBe(old.stdout);
  expect(both.lane).toBe(old.lane);
  expect(other.lane).not.toBe(old.lane);
  const again = await session.run("old.py");
  expect(again.stdout).toBe(old.stdout);
  expect(session.lanes().map(({ loaded }) => loaded)).toEqual([{ attrs: "24.1", idna: "3.6" }, { idna: "3.7" }]);
});

test("five scripts share one environment, the third can't be installed: four go on, in one process", async () => {
  await using t = await testContext(projects);
  const { session } = await opened(t);
  await using _ = session;
  const names = ["one", "two", "three", "four", "five"];
  for (const name of names) {
    const asks = name === "three" ? "no-such-package" : name === "five" ? "attrs" : "idna";
    t.write(
      `${name}.py`,
      `# venv: shared\n# r: ${asks}\nimport os, ${asks.replaceAll("-", "_")}\nprint("${name}", os.getpid())\n`,
    );
  }
  const round = async (): Promise<readonly string[]> => {
    const said: string[] = [];
    for (const name of names) {
      const outcome = await session.run(`${name}.py`).catch((error: { code: string }) => error.code);
      said.push(typeof outcome === "string" ? outcome : outcome.stdout.trim());
    }
    return said;
  };
  const before = await round();
  const pid = before[0]?.split(" ")[1];
  expect(before).toEqual([`one ${pid}`, `two ${pid}`, "PACKAGE_UNKNOWN", `four ${pid}`, `five ${pid}`]);
  expect(await round()).toEqual(before);
  expect(session.lanes().length).toBe(1);
});

test("errors of a script come as data, with Python's own traceback and none of the lane's frames", async () => {
  await using t = await testContext(projects);
  const { session, events } = await opened(t);
  await using _ = session;
  t.write("bad.py", "def f():\n    raise ValueError('no')\nf()\n");
  const failed = await session.run("bad.py");
  expect(failed).toMatchObject({ exit: 1, error: { type: "ValueError", message: "no", line: 2 } });
  expect(failed.stderr).toBe(failed.error?.traceback);
  expect(failed.stderr).not.toContain("venvoy_lane");
  t.write("syntax.py", "def f(:\n");
  expect((await session.run("syntax.py")).error?.type).toBe("SyntaxError");
  t.write("leave.py", "import sys\nsys.exit('bye')\n");
  expect(await session.run("leave.py")).toMatchObject({ exit: 1, stderr: "bye\n", error: undefined });
  expect(events.filter(({ type }) => type === "run:ended").map((event) => "status" in event && event.status)).toEqual([
    "failed",
    "failed",
    "failed",
  ]);
});

test("each run is as at a start of Python: namespace, variables, directory, streams, threads", async () => {
  await using t = await testContext(projects);
  const { session } = await opened(t);
  await using _ = session;
  t.write(
    "wild.py",
    "import os, sys, threading, time\nprint('left' in globals(), os.environ.get('LEFT'), os.path.basename(os.getcwd()), sys.stdin.read())\n" +
      "left = 1; os.environ['LEFT'] = '1'; import signal; signal.alarm(600); signal.signal(signal.SIGTERM, signal.SIG_IGN); os.chdir('/'); sys.path.insert(0, '/nowhere')\n" +
      "threading.Thread(target=lambda: (time.sleep(0.1), print('thread'))).start()\nos.write(1, b'raw\\n')\nos.close(1)\nsys.stderr.close()\n",
  );
  const first = await session.run("wild.py", { stdin: "given" });
  expect(first.stdout).toBe("False None work given\nraw\nthread\n");
  t.write(
    "tame.py",
    "import os, signal, sys\nassert signal.alarm(0) == 0 and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL\nprint('left' in globals(), os.environ.get('LEFT'), os.path.basename(os.getcwd()), '/nowhere' in sys.path)\nprint('e', file=sys.stderr)\n",
  );
  const second = await session.run("tame.py");
  expect(second).toMatchObject({ stdout: "False None work False\n", stderr: "e\n", lane: first.lane });
});

test("kept scopes stay; changed modules are taken up by a fresh namespace, and by a fresh process when asked", async () => {
  await using t = await testContext(projects);
  const { session } = await opened(t);
  await using _ = session;
  t.write("keep.py", "# flag: python.keepScope\ncount = globals().get('count', 0) + 1\nprint(count)\n");
  expect([(await session.run("keep.py")).stdout, (await session.run("keep.py")).stdout]).toEqual(["1\n", "2\n"]);
  t.write("tool.py", "value = 1\n");
  t.write("uses.py", "import os, tool; print(tool.value, os.getpid())\n");
  const one = await session.run("uses.py");
  t.write("tool.py", "value = 2222\n");
  const two = await session.run("uses.py");
  expect([one.stdout.split(" ")[0], two.stdout.split(" ")[0]]).toEqual(["1", "2222"]);
  t.write("fresh.py", "# flag: python.reloadEngine\nimport os; print(os.getpid())\n");
  const pids = [await session.run("fresh.py"), await session.run("fresh.py")].map(({ stdout }) => stdout);
  expect(new Set(pids).size).toBe(2);
  expect((await session.run("keep.py")).stdout).toBe("3\n");
});

test("modules of one directory are never another directory's", async () => {
  await using t = await testContext(projects);
  const { session } = await opened(t);
  await using _ = session;
  for (const name of ["a", "b"]) {
    t.write(`${name}/tool.py`, `name = "${name}"\n`);
    t.write(`${name}/main.py`, "import tool; print(tool.name)\n");
  }
  const said = [await session.run("a/main.py"), await session.run("b/main.py"), await session.run("a/main.py")];
  expect(said.map(({ stdout }) => stdout)).toEqual(["a\n", "b\n", "a\n"]);
  expect(new Set(said.map(({ lane }) => lane)).size).toBe(1);
  // The shell keeps its names while modules of a script are loaded beside it, until one would hide another.
  const shell = await session.evaluate("kept = 1");
  expect(await session.run("b/main.py")).toMatchObject({ stdout: "b\n", lane: shell.lane });
  const other = await session.run("a/main.py");
  expect(other.stdout).toBe("a\n");
  expect(other.lane).not.toBe(shell.lane);
  t.write("c/main.py", "print('c')\n");
  expect((await session.run("c/main.py")).stdout).toBe("c\n");
  expect(await session.evaluate("kept")).toMatchObject({ stdout: "1\n", lane: shell.lane });
});

test("calls take and give values of every kind, and tell errors with their traceback", async () => {
  await using t = await testContext(projects);
  const { session } = await opened(t);
  await using _ = session;
  t.write(
    "tools.py",
    "# r: idna\nimport pathlib\ndef same(*values, **named): return [list(values), named]\ndef kind(x): return type(x).__name__\n" +
      "def fails(): raise KeyError('k')\ndef odd(): return object()\ndef place(p): return p / 'x'\n",
  );
  const values = [
    1,
    1.5,
    "ü\u0000",
    true,
    null,
    [1, [2]],
    { a: { $: "x" } },
    new Uint8Array([0, 255]),
    2n ** 70n,
    Number.POSITIVE_INFINITY,
  ];
  expect(await session.call("tools:same", values, { named: { b: [] } })).toEqual([values, { b: [] }]);
  expect(await session.call("tools:kind", [new Uint8Array(1)])).toBe("bytes");
  await expect(session.call("tools:fails")).rejects.toMatchObject({
    code: "CALL_FAILED",
    message: "`tools:fails` raised KeyError: 'k'",
  });
  await expect(session.call("tools:odd")).rejects.toMatchObject({ code: "VALUE_UNSUPPORTED" });
  await expect(session.call("tools:nothing")).rejects.toMatchObject({ code: "CALL_FAILED" });
  const { FileValue } = await import("../../src/app/index.ts");
  expect(await session.call("tools:place", [new FileValue("/tmp")])).toEqual(new FileValue("/tmp/x"));
});

test("the shell: values, blocks, what is not complete, names that last, completion, paths", async () => {
  await using t = await testContext(projects);
  const { session } = await opened(t);
  await using _ = session;
  expect(await session.evaluate("1 + 1")).toMatchObject({ complete: true, exit: 0, stdout: "2\n" });
  expect(await session.evaluate("for i in range(2):")).toMatchObject({ complete: false, stdout: "" });
  expect((await session.evaluate("for i in range(2):\n    i\n\n")).stdout).toBe("0\n1\n");
  await session.evaluate("import os\nthing = {'a': 1}\nthing");
  expect(await session.evaluate("1/0")).toMatchObject({ exit: 1, error: { type: "ZeroDivisionError" } });
  expect((await session.evaluate("thing['a'], _")).stdout).toBe("(1, {'a': 1})\n");
  expect(await session.complete("x = thing.ke", 12)).toMatchObject({
    start: 4,
    words: [expect.stringMatching(/^thing\.keys/)],
  });
  expect((await session.complete("import zipf", 11)).words).toContain("zipfile");
  const paths = await session.paths();
  expect(paths.path.some((entry) => entry === paths.sitePackages[0])).toBe(true);
});

test("an environment that gets another version is entered by the process that stands in the older one", async () => {
  await using t = await testContext(projects);
  const { session, events } = await opened(t);
  await using _ = session;
  t.write(
    "a.py",
    "# venv: shared\n# r: idna\nimport idna, os, sys; print(os.getpid(), sys.prefix[-13:], idna.__version__)\n",
  );
  t.write(
    "b.py",
    "# venv: shared\n# r: attrs\nimport attrs, idna, os, sys; print(os.getpid(), sys.prefix[-13:], idna.__version__)\n",
  );
  const a = await session.run("a.py");
  const b = await session.run("b.py");
  const pid = a.stdout.split(" ")[0];
  expect([a.stdout, b.stdout]).toEqual([`${pid} generations/1 3.7\n`, `${pid} generations/2 3.7\n`]);
  expect(events.some((event) => event.type === "lane:entered" && event.environment === "shared")).toBe(true);
  // Seen from outside, the process uses both: what it loaded from the first stays there.
  const uses = (): readonly string[] => {
    const [home = ""] = readdirSync(`${t.home}/venvoy/envs`).filter((name) => name.startsWith("shared-"));
    return readdirSync(`${t.home}/venvoy/envs/${home}/uses`).sort();
  };
  await until(() => uses().length === 2);
  expect(uses()).toEqual([`1.${pid}`, `2.${pid}`]);
  t.write("c.py", "# venv: shared\n# r: web==1.0\nimport idna, os; print(os.getpid(), idna.__version__)\n");
  const c = await session.run("c.py");
  expect(c.stdout.split(" ")[1]).toBe("3.6\n");
  expect(c.stdout.split(" ")[0]).not.toBe(pid);
});

test("the host's own question refuses a script before anything is made; prepared files need none later", async () => {
  await using t = await testContext(projects);
  let isAllowed = false;
  const asked: string[] = [];
  const { session } = await opened(t, {
    confirm: async (plan: { readonly changes: readonly { readonly name: string }[] }) => {
      asked.push(plan.changes.map(({ name }) => name).join(" "));
      return isAllowed;
    },
  });
  await using _ = session;
  t.write("a.py", '# /// script\n# dependencies = ["web"]\n# ///\nimport web; print("ran")\n');
  await expect(session.run("a.py")).rejects.toMatchObject({ code: "ABORTED" });
  expect(await session.prepare(["a.py", "gone.py"])).toMatchObject([
    { file: "a.py", error: { code: "ABORTED" } },
    { file: "gone.py", error: { code: "SCRIPT_NOT_FOUND" } },
  ]);
  isAllowed = true;
  const [prepared] = await session.prepare(["a.py"]);
  expect([prepared?.error, prepared?.environment?.name]).toEqual([undefined, expect.stringContaining("a.py")]);
  isAllowed = false;
  expect((await session.run("a.py")).stdout).toBe("ran\n");
  expect(asked).toEqual(["idna web", "idna web", "idna web"]);
});
