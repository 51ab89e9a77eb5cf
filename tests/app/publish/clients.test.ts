/** Twenty programs start again and again from a share, with a real Python, while fifty releases are published. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { absPath } from "../../../src/base/index.ts";
import { listPath, publishTree } from "../../../src/share/index.ts";
import { testContext } from "../../kit/context.ts";
import { realPythons } from "../../kit/real-pythons.ts";
import { until } from "../../kit/until.ts";
import { checkWhole, sealedAt, shareIo, wishFor } from "../../share/share-bench.ts";

const real = realPythons().find(({ minor }) => minor === "3.11") ?? realPythons()[0];
const clients = 20;
const publishes = 50;
const limitMs = 300_000;

/** Both modules are of one release, or the client fails; so it does when anything is missing. */
const importing = "import demo, sys; import json, demo.more; assert demo.WORD == demo.more.WORD; print(demo.WORD)";

describe.skipIf(real === undefined || process.platform !== "linux")(
  "a share that is published to while people work",
  () => {
    test(`${clients} clients import in a loop during ${publishes} publishes: no error, and then all see the last release`, {
      timeout: 2 * limitMs,
    }, async () => {
      await using t = await testContext({ demo: { "1.0": { files: { "demo/__init__.py": "", "demo/more.py": "" } } } });
      expect((await t.venvoy("create", "tools", "demo", "--python", real?.minor ?? "")).exit).toBe(0);
      const tree = join(t.home, "tree");
      expect((await t.venvoy("pack", "tools", "-o", tree)).exit).toBe(0);
      slim(tree);
      const share = absPath(join(t.home, "a share"));
      const io = shareIo();
      const publish = async (release: number) => {
        setWord(tree, release);
        return publishTree(io, share, wishFor(sealedAt(tree), { keep: 3 }));
      };
      await publish(1);
      const loops = Array.from({ length: clients }, (_, index) => client(share, join(t.home, `client-${index}`)));
      await until(() => loops.every(({ log }) => existsSync(log) && readFileSync(log, "utf8") !== ""), limitMs);
      for (let release = 2; release <= publishes; release++) {
        expect(await publish(release)).toMatchObject({ release, current: release, isNew: true });
      }
      writeFileSync(join(t.home, "stop"), "");
      let starts = 0;
      for (const { ended, log, errors } of loops) {
        await ended;
        expect(readFileSync(errors, "utf8")).toBe("");
        const seen = readFileSync(log, "utf8").trim().split("\n").map(Number);
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        expect(seen.at(-1)).toBe(publishes);
        starts += seen.length;
      }
      console.log(`${starts} starts during ${publishes} publishes`);
      expect(starts).toBeGreaterThan(2 * clients);
      expect((await checkWhole(io, share)).current).toBe(publishes);
    });
  },
);

/** Starts through the launcher, leaving the processor to the publisher, until the file `stop` is there, and once more after that. */
function client(
  share: string,
  at: string,
): { readonly log: string; readonly errors: string; readonly ended: Promise<void> } {
  const [log, errors] = [`${at}.out`, `${at}.err`];
  const script = `while :; do
  last=; [ ! -e "$3/stop" ] || last=1
  "$1/bin/python" -c "$2" >> "$4" 2>> "$5" || { echo "exit $?" >> "$5"; exit; }
  [ -z "$last" ] || exit 0
  sleep 0.5
done`;
  const words = ["-c", script, "sh", share, importing, join(share, ".."), log, errors];
  writeFileSync(errors, "");
  const child: ChildProcess = spawn("nice", ["-n", "19", "sh", ...words], {
    stdio: "ignore",
    env: { PATH: "/usr/bin:/bin", PYTHONDONTWRITEBYTECODE: "1", PYTHONPATH: "/nowhere" },
  });
  return { log, errors, ended: new Promise((done) => child.once("exit", () => done())) };
}

/** Without what nobody imports here, so that a publish is some hundred files. */
function slim(tree: string): void {
  const library = join(tree, "lib", `python${real?.minor}`);
  const unused = [
    "pip",
    "ensurepip",
    "idlelib",
    "tkinter",
    "asyncio",
    "email",
    "unittest",
    "xml",
    "distutils",
    "lib2to3",
    "multiprocessing",
    "concurrent",
    "ctypes",
    "http",
    "sqlite3",
    "wsgiref",
    "pydoc_data",
    "curses",
    "dbm",
  ];
  for (const name of unused) {
    for (const at of [library, join(library, "site-packages")])
      rmSync(join(at, name), { recursive: true, force: true });
  }
  for (const name of ["include", "share"]) rmSync(join(tree, name), { recursive: true, force: true });
  spawnSync("find", [library, "-name", "__pycache__", "-path", "*demo*", "-exec", "rm", "-r", "{}", "+"]);
  const kept = readFileSync(join(tree, listPath), "utf8")
    .split("\n")
    .filter(
      (line) =>
        line === "" ||
        existsSync(join(tree, JSON.parse(line.slice(line.lastIndexOf(' "') + 1)))) ||
        line.startsWith("-> "),
    );
  writeFileSync(join(tree, listPath), kept.join("\n"));
}

/** What two modules of the package say, and what the list says of them. */
function setWord(tree: string, release: number): void {
  const site = `lib/python${real?.minor}/site-packages/demo`;
  const text = `WORD = ${release}\n`;
  const digest = createHash("sha256").update(text).digest("hex");
  let list = readFileSync(join(tree, listPath), "utf8");
  for (const name of ["__init__.py", "more.py"]) {
    mkdirSync(join(tree, site), { recursive: true });
    writeFileSync(join(tree, site, name), text);
    const line = new RegExp(`^[0-9a-f]{64} - "${site}/${name.replace(".", "\\.")}"$`, "m");
    expect(list).toMatch(line);
    list = list.replace(line, `${digest} - "${site}/${name}"`);
  }
  writeFileSync(join(tree, listPath), list);
}
