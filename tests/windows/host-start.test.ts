import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type LanguageFacts, snippetIn } from "../../src/host/snippets/languages.ts";
import { machine } from "./kit/machine.ts";

const windows = machine();

/** A share as a server of another system gives it out, behind a drive letter; its name has what batch files stumble over. */
function share(letter: string, release: string, name: string): string {
  const directory = join(windows?.c ?? "", `shared ${letter}`);
  const root = join(directory, name);
  const tree = join(root, "releases", release);
  const site = join(tree, "Lib", "site-packages");
  mkdirSync(join(site, "behind"), { recursive: true });
  mkdirSync(join(site, "fast.libs"));
  mkdirSync(join(tree, "Scripts"));
  mkdirSync(join(tree, ".venvoy"));
  mkdirSync(join(root, "leases", release), { recursive: true });
  writeFileSync(join(site, "tool.py"), `release = ${release}\n`);
  writeFileSync(join(site, "behind", "extra.py"), "x = 1\n");
  writeFileSync(join(site, "behind.pth"), "behind\n");
  writeFileSync(join(tree, ".venvoy", "standalone.json"), '{"name": "tools", "python": "3.11.3"}');
  writeFileSync(join(root, "current.txt"), `${release}\n`);
  windows?.drive(letter, directory);
  return root;
}

const facts: LanguageFacts = {
  label: "tööls",
  kind: "publication",
  roots: ["Q:\\not there", "K:\\a & b 100% !x! (tööls)"],
  layout: "venv",
  python: "3.11",
  entries: [],
  separator: ";",
  isModule: false,
  title: "Maya",
  variable: "PYTHONPATH",
  arguments: [],
  program: undefined,
  startup: undefined,
};

describe.skipIf(windows?.python === undefined)("host programs on Windows", () => {
  const python = `${windows?.path(windows.python ?? "") ?? ""}\\python.exe`;

  test("the lines of a startup file find the release behind a drive letter, and its libraries", async () => {
    share("K", "7", "a & b 100% !x! (tööls)");
    const file = join(windows?.c ?? "", "startup.py");
    const after = [
      "import os, sys, tool, extra",
      "print(tool.release, extra.x, sys.path[0])",
      "print(os.environ['PATH'].split(';')[0], len(os.listdir(r'K:\\a & b 100% !x! (t\\u00f6\\u00f6ls)\\leases\\7'.replace('\\\\u00f6', '\\u00f6'))))",
    ];
    writeFileSync(file, `${snippetIn("python", facts)}${after.join("\n")}\n`);
    const ran = await windows?.run(python, ["C:\\startup.py"], { env: { PYTHONUTF8: "1" } });
    expect(ran).toMatchObject({ exit: 0, err: "" });
    const inside = "K:\\a & b 100% !x! (tööls)\\releases\\7";
    expect(ran?.out.split(/\r?\n/)).toEqual([`7 1 ${inside}\\Lib\\site-packages`, `${inside}\\Scripts 1`, ""]);
  });

  test("a batch file starts the program with the release that is current, and hands its status on", async () => {
    // wine's cmd can't change the page that it reads a file in without a console, and looks for variables in what it has
    // put in for a variable: no such characters here.
    const root = share("L", "8", "a & b !x! (tools)");
    const bat = join(windows?.c ?? "", "maya.bat");
    writeFileSync(
      bat,
      snippetIn("bat", {
        ...facts,
        label: "tools & more",
        roots: ["Q:\\not there", "L:\\a & b !x! (tools)"],
        program: python,
      }),
    );
    const shows = "import sys, tool\nprint(tool.release, sys.argv[1:])\nsys.exit(7)\n";
    writeFileSync(join(windows?.c ?? "", "shows.py"), shows);
    const start = () => windows?.run("cmd", ["/c", "C:\\maya.bat", "C:\\shows.py", "a!b"]);
    expect(await start()).toMatchObject({ exit: 7, err: "", out: expect.stringMatching(/^8 \['a!b'\]\r?\n$/) });
    expect(readdirSync(join(root, "leases", "8"))).toEqual([expect.stringMatching(/^.+\.0\.\d+x\d+$/)]);
    writeFileSync(join(root, "current.txt"), "9\n");
    const gone = await start();
    // The program is started all the same, and fails by itself.
    expect(gone?.err).toMatch(
      /^venvoy: ".*" is not there; its packages are missing here *\r?\n[\s\S]*No module named 'tool'/,
    );
  });
});
