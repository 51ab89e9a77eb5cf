import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { listPath } from "../../../src/share/index.ts";
import { rewriteScript } from "../../../src/store/index.ts";

const unneeded =
  /^(?:bin|include|libs|share|jnipython\.dll)$|^Lib\/(?:test|site-packages\/.+|idlelib|tkinter|turtledemo|lib2to3|distutils|unittest|sqlite3|pydoc_data|t[ck]l?86t\.dll|_test.*)$/;

/** Copies a Python without what no test needs: each file costs wine some tens of milliseconds. */
export function slimPython(python: string, to: string): void {
  cpSync(python, to, {
    recursive: true,
    filter: (source) => !unneeded.test(relative(python, source).split(sep).join("/")),
  });
}

/** A tree for Windows that carries its Python, with one package and its program `word`, which prints the package's word. */
export function windowsTree(root: string, python: string, word: string): string {
  slimPython(python, root);
  rmSync(join(root, "Lib", "ensurepip"), { recursive: true, force: true });
  const site = join(root, "Lib", "site-packages");
  mkdirSync(join(site, "words"), { recursive: true });
  mkdirSync(join(root, "Scripts"));
  writeFileSync(join(site, "words", "__init__.py"), program);
  writeFileSync(join(site, "words", "word.py"), `WORD = ${JSON.stringify(word)}\n`);
  const script = Buffer.from("#!python\nimport sys\nfrom words import main\nsys.exit(main())\n");
  for (const { name, content } of rewriteScript("word", script, { windows: true }) ?? []) {
    writeFileSync(join(root, "Scripts", name), content);
  }
  mkdirSync(join(root, ".venvoy"));
  const lines = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const digest = createHash("sha256").update(readFileSync(file)).digest("hex");
      return `${digest} - ${JSON.stringify(relative(root, file).split(sep).join("/"))}\n`;
    });
  writeFileSync(join(root, listPath), lines.sort().join(""));
  return root;
}

/** Tells where it runs, what it was given, and ends with the number that is asked for. */
const program = `import json, os, sys
def main():
    if "--wait" in sys.argv:
        print("ready", flush=True)
        sys.stdin.readline()
    from words.word import WORD
    seen = [name for name in os.environ if name.upper().startswith("PYTHON")]
    print(json.dumps({"word": WORD, "args": sys.argv[1:], "prefix": sys.prefix, "seen": sorted(seen),
                      "ours": sorted(name for name in os.environ if name.lower() in ("base", "release", "tree", "program"))}))
    return int(os.environ.get("WORD_EXIT", "0"))
`;
