/** The Python side of a lane on every Python that it must run on, spoken to by the session's own lane. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { AbsPath } from "../../src/base/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import { agentFiles, type Needs, openSession, type Session, type SessionEvent } from "../../src/session/index.ts";
import { skipMissing } from "../kit/real-pythons.ts";
import { tempDir } from "../kit/temp.ts";
import { until } from "../kit/until.ts";

const wanted = ["3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];
const versions = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
const pythons = wanted.flatMap((minor) => {
  const name = (existsSync(versions) ? readdirSync(versions) : []).find((one) => one.startsWith(`${minor}.`));
  return name === undefined ? [] : [{ minor, program: join(versions, name, "bin", "python3") as AbsPath }];
});
skipMissing(pythons.map(({ minor, program }) => ({ minor, program, prefix: program })));
test.skipIf(pythons.some(({ minor }) => minor === "3.7"))("with Python 3.7, which is not on this machine", () => {});

const place = tempDir("agent");
for (const [path, text] of Object.entries(agentFiles)) {
  mkdirSync(dirname(join(place, path)), { recursive: true });
  writeFileSync(join(place, path), text);
}
const work = join(place, "work") as AbsPath;
mkdirSync(work);
writeFileSync(
  join(work, "tools.py"),
  "def same(*values, **named): return [list(values), named]\ndef stop():\n    import time\n    print('begun'); time.sleep(600)\n",
);
writeFileSync(
  join(work, "a.py"),
  "import sys, os, tools\nprint('%d.%d' % sys.version_info[:2], sys.argv, sys.stdin.read())\nos.write(2, b'raw')\n",
);

/** Needs that name this Python and nothing else: no environment, so nothing of venvoy's own. */
function bare(python: AbsPath, file?: AbsPath): Needs {
  return {
    interpreter: python,
    environment: { name: "bare", path: dirname(python) as AbsPath, version: undefined },
    tree: {
      root: dirname(python) as AbsPath,
      prefix: dirname(python) as AbsPath,
      python,
      sites: [],
      packages: {},
      systemSites: false,
      inPlace: true,
    },
    spare: undefined,
    env: { PATH: process.env["PATH"] ?? "", HOME: place },
    startVariables: {},
    front: [work],
    file,
    argv: file === undefined ? [""] : [file],
    isAsync: false,
    keepsScope: false,
    reloads: false,
    notes: [],
    markUse: async () => {},
  };
}

const opened: Session[] = [];
afterAll(async () => {
  for (const session of opened) await session.close();
});

describe.each(pythons)("Python $minor", ({ minor, program }) => {
  test("runs, calls, the shell, completion, cancelling", async () => {
    const events: SessionEvent[] = [];
    const session = await openSession(nodePorts(), {
      planner: {
        script: async (file) => bare(program, join(work, file) as AbsPath),
        place: async () => bare(program),
      },
      cwd: work,
      agent: place,
      shareDir: place,
      onEvent: (event) => events.push(event),
    });
    opened.push(session);
    const run = await session.run("a.py", { stdin: "given" });
    expect(run).toMatchObject({ exit: 0, stderr: "raw" });
    expect(run.stdout).toBe(`${minor} ['${join(work, "a.py")}'] given\n`);
    const values = [1, "ü", null, [true], { a: new Uint8Array([1, 2]) }];
    expect(await session.call("tools:same", values, { named: { x: 1.5 } })).toEqual([values, { x: 1.5 }]);
    expect(await session.evaluate("x = 1\nx + 1")).toMatchObject({ complete: true, stdout: "2\n" });
    expect((await session.evaluate("if x:")).complete).toBe(false);
    expect((await session.complete("x.bit_l", 7)).words.length).toBe(1);
    const stop = new AbortController();
    const call = session.call("tools:stop", [], { signal: stop.signal });
    await until(() => events.some((event) => event.type === "stdout" && event.text === "begun\n"));
    stop.abort();
    await expect(call).rejects.toMatchObject({ code: "ABORTED" });
    expect(session.lanes().length).toBe(1);
    await session.close();
  });
});
