/** Programs that start again and again from a share, and a tree whose package says another word in each release. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { listPath } from "../../../src/share/index.ts";

/** Both modules are of one release, or the client fails; so it does when anything is missing. */
const importing = "import demo, json, demo.more; assert demo.WORD == demo.more.WORD; print(demo.WORD)";

/** Starts through the launcher, leaving the processor to the publisher, until the file `stop` is there, and once more after that. */
export function client(
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
export function slim(tree: string, minor: string): void {
  const library = join(tree, "lib", `python${minor}`);
  const needed = /^(?:collections|encodings|importlib|json|re|lib-dynload|site-packages|__pycache__)$|\.py$/;
  const within = (directory: string, wanted: RegExp) => {
    for (const name of readdirSync(directory))
      if (!wanted.test(name)) rmSync(join(directory, name), { recursive: true });
  };
  within(library, needed);
  within(join(library, "site-packages"), /^(?:demo|__pycache__)/);
  within(join(library, "lib-dynload"), /^_?json/);
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
export function setWord(tree: string, minor: string, release: number): void {
  const site = `lib/python${minor}/site-packages/demo`;
  const text = `WORD = ${release}\n`;
  const digest = createHash("sha256").update(text).digest("hex");
  let list = readFileSync(join(tree, listPath), "utf8");
  for (const name of ["__init__.py", "more.py"]) {
    writeFileSync(join(tree, site, name), text);
    const line = new RegExp(`^[0-9a-f]{64} - "${site}/${name.replace(".", "\\.")}"$`, "m");
    expect(list).toMatch(line);
    list = list.replace(line, `${digest} - "${site}/${name}"`);
  }
  writeFileSync(join(tree, listPath), list);
}
