import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { formOf, openPublication, publishTree, readReleases, switchTo } from "../../src/share/index.ts";
import { sealedAt, shareIo, wishFor } from "../share/share-bench.ts";
import { machine } from "./kit/machine.ts";
import { windowsTree } from "./kit/standalone-tree.ts";

const windows = machine();
const python = windows?.python;
const io = shareIo();

let work = "";
let share = "";

describe.skipIf(windows === undefined || python === undefined)("a publication on Windows", () => {
  beforeAll(async () => {
    if (windows === undefined || python === undefined) return;
    work = mkdtempSync(join(tmpdir(), "venvoy-share-"));
    share = join(work, "Team Share", "tools & more (1)");
    mkdirSync(share, { recursive: true });
    await publish("one");
    windows.drive("k", share);
    windows.drive("t", work);
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  async function publish(word: string): Promise<void> {
    const tree = windowsTree(join(work, word), python ?? "", word);
    await publishTree(io, absPath(share), wishFor(sealedAt(tree)));
    rmSync(tree, { recursive: true });
  }

  /** Runs lines as a batch file, as a person types them: how Linux hands arguments on plays no part. */
  async function batch(lines: string, env: Record<string, string> = {}) {
    const file = join(windows?.c ?? "", "try.bat");
    writeFileSync(file, `@echo off\r\n${lines.replaceAll("\n", "\r\n")}\r\n`);
    const ended = await windows?.run("cmd", ["/c", "C:\\try.bat"], { env });
    if (ended === undefined) throw new Error("there is no Windows");
    return ended;
  }

  const told = (out: string): unknown[] =>
    out
      .split(/\r?\n/)
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));

  test("is the same behind two drive letters, with blanks and signs in its path", async () => {
    const { out, err } = await batch(`call K:\\bin\\word.cmd\ncall "T:\\Team Share\\tools & more (1)\\bin\\word.cmd"`);
    expect(err).toBe("");
    expect(told(out)).toMatchObject([
      { word: "one", prefix: "K:\\releases\\1" },
      { word: "one", prefix: "T:\\Team Share\\tools & more (1)\\releases\\1" },
    ]);
    expect(readdirSync(join(share, "leases", "1")).length).toBe(2);
  });

  test("hands arguments on as they are, and the number of the end", async () => {
    const { out } = await batch(`call K:\\bin\\word.cmd "a b" --x="c d" "e&f" (g) "" !h! "1>2"`);
    expect(told(out)).toMatchObject([{ args: ["a b", "--x=c d", "e&f", "(g)", "", "!h!", "1>2"] }]);
    const ended = await windows?.run("cmd", ["/c", "K:\\bin\\word.cmd", "grün"], { env: { WORD_EXIT: "7" } });
    expect(ended).toMatchObject({ exit: 7, err: "" });
    expect(told(ended?.out ?? "")).toMatchObject([{ args: ["grün"] }]);
  });

  test("clears what leads Python elsewhere, and leaves nothing of its own behind", async () => {
    const hostile = { PYTHONHOME: "C:\\nowhere", PYTHONPATH: "C:\\nowhere", PYTHONUTF8: "1" };
    const { out, err } = await batch(
      `call K:\\bin\\word.cmd\ncall K:\\bin\\python.cmd -c "import sys; print(sys.flags.no_user_site)"\necho home is %PYTHONHOME%, base is %base%.`,
      hostile,
    );
    expect(err).toBe("");
    expect(told(out)).toMatchObject([{ seen: ["PYTHONNOUSERSITE", "PYTHONUTF8"], ours: [] }]);
    expect(out).toMatch(/^1\r?$/m);
    expect(out).toContain("home is C:\\nowhere, base is .");
  });

  test("a running program keeps its release while another one goes out; the next start has the new one", async () => {
    if (windows === undefined) return;
    let isRunning: () => void = () => {};
    const running = new Promise<void>((resolve) => {
      isRunning = resolve;
    });
    let goOn: () => void = () => {};
    const old = windows.run("cmd", ["/c", "K:\\bin\\word.cmd", "--wait"], {
      holdInput: (end) => {
        goOn = end;
      },
      onOut: (all) => {
        if (all.includes("ready")) isRunning();
      },
    });
    await running;
    await publish("two");
    expect(readFileSync(join(share, "current.txt"), "utf8")).toBe("2\n");
    expect(told((await batch("call K:\\bin\\word.cmd")).out)).toMatchObject([{ word: "two" }]);
    goOn();
    expect(told((await old).out)).toMatchObject([{ word: "one", prefix: "K:\\releases\\1" }]);
  });

  test("goes back by the pointer alone", async () => {
    const publication = await openPublication(io, absPath(share));
    const [first] = (await readReleases(io, publication)).records.filter(({ release }) => release === 1);
    if (first === undefined) throw new Error("release 1 is gone");
    await switchTo(io, publication, formOf("share"), first);
    expect(told((await batch("call K:\\bin\\word.cmd")).out)).toMatchObject([{ word: "one" }]);
  });

  test("under version control starts what was unpacked before, by cmd alone", async () => {
    if (windows === undefined || python === undefined) return;
    const depot = join(work, "depot");
    mkdirSync(depot);
    const tree = windowsTree(join(work, "vcs"), python, "three");
    const wish = wishFor(sealedAt(tree), { form: "vcs", platform: "windows-AMD64" });
    await publishTree(io, absPath(depot), wish);
    const [, file = "", sha = ""] = readFileSync(join(depot, "current.txt"), "utf8").trim().split(/\s+/);
    const unpacked = join(windows.c, "artist home", "cache", "unpacked", `tools-1-${sha.slice(0, 16)}`);
    mkdirSync(unpacked, { recursive: true });
    execFileSync("tar", ["-xzf", join(depot, file), "--strip-components=1", "-C", unpacked]);
    windows.drive("v", depot);
    const env = { VENVOY_HOME: "C:\\artist home", PYTHONPATH: "C:\\nowhere" };
    const { out, err } = await batch(`call V:\\bin\\word.cmd "a b"`, env);
    expect(err).toBe("");
    const prefix = `C:\\artist home\\cache\\unpacked\\tools-1-${sha.slice(0, 16)}`;
    expect(told(out)).toMatchObject([{ word: "three", args: ["a b"], prefix, seen: ["PYTHONNOUSERSITE"], ours: [] }]);
  });

  test("says what is missing", async () => {
    const pointer = join(share, "current.txt");
    const before = readFileSync(pointer);
    writeFileSync(pointer, "99\n");
    const gone = await windows?.run("cmd", ["/c", "K:\\bin\\word.cmd"]);
    expect(gone?.exit).toBe(127);
    expect(gone?.err).toContain("word: not in release 99 of");
    writeFileSync(pointer, before);
  });
});
