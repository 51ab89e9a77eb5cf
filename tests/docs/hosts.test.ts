import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { repository } from "../kit/binary.ts";
import { type TestContext, testContext } from "../kit/context.ts";
import { realPythons, skipMissing } from "../kit/real-pythons.ts";
import { bunProgram } from "../kit/runtimes.ts";
import { snippets } from "../kit/snippets.ts";

const execute = promisify(execFile);
const projects = {
  idna: { "3.6": {}, "3.7": {} },
  attrs: { "23.1": {}, "24.1": {} },
};
const blocks = snippets("docs/hosts.md");
const pythons = realPythons();
const python = pythons.at(-1);
skipMissing(pythons);

/** A person's machine: `venvoy` and `python3` on PATH, the two scripts that the page speaks of, the package `venvoy`. */
async function machine(): Promise<{ t: TestContext; run(program: string, ...words: string[]): Promise<string> }> {
  const t = await testContext(projects);
  const bin = join(t.home, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "venvoy"), `#!/bin/sh\nexec ${bunProgram} ${join(repository, "src/main.ts")} "$@"\n`, {
    mode: 0o755,
  });
  if (python !== undefined) symlinkSync(python.program, join(bin, "python3"));
  t.write("old.py", "# r: idna<3.7\nimport idna\nprint('old', idna.__version__)\n");
  t.write("new.py", "# venv: other\n# r: idna>=3.7\nimport idna\nprint('new', idna.__version__)\n");
  t.write(
    "node_modules/venvoy/package.json",
    JSON.stringify({ name: "venvoy", type: "module", exports: "./index.ts" }),
  );
  t.write("node_modules/venvoy/index.ts", `export * from ${JSON.stringify(join(repository, "src/index.ts"))};\n`);
  const env = {
    ...t.env,
    PATH: `${bin}:${t.env["PATH"]}`,
    PYTHONPATH: join(repository, "examples/host"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  return { t, run: async (program, ...words) => (await execute(program, words, { cwd: t.cwd, env })).stdout };
}

function block(section: string, language: string, index = 0): string {
  const found = blocks.filter((one) => one.section === section && one.language === language)[index];
  if (found === undefined) throw new Error(`docs/hosts.md has no ${language} under ${section}`);
  expect(found.text.trim().split("\n").length).toBeLessThanOrEqual(13);
  return found.text;
}

test("the library, and headers as a library", async () => {
  const { t, run } = await machine();
  await using _ = t;
  t.write("host.mjs", block("The library", "js"));
  expect(await run(bunProgram, "host.mjs")).toBe("old 3.6\nnew 3.7\n");
  t.write("headers.mjs", block("The library", "js", 1));
  expect(await run(bunProgram, "headers.mjs")).toBe("line 1 asks for idna<3.7\nline 2 asks for attrs>=24\n");
});

test.skipIf(python === undefined)("host serve, with the client in Python", async () => {
  const { t, run } = await machine();
  await using _ = t;
  t.write("host.py", block("`host serve`", "python"));
  expect(await run("python3", "host.py")).toBe(
    "old 3.6\nold.py ended with 0\nnew 3.7\nnew.py ended with 0\nSCRIPT_NOT_FOUND\n",
  );
});

test.skipIf(python === undefined)("the Python module: two versions in one interpreter", async () => {
  const { t, run } = await machine();
  await using _ = t;
  t.write("host.py", block("The Python module", "python"));
  const lines = (await run("python3", "host.py")).split("\n");
  expect(lines.filter((line) => /^(old|new)/.test(line))).toEqual(["old 3.6", "new 3.7"]);
  expect(lines.filter((line) => line.startsWith("{")).length).toBe(2);
});

test.skipIf(python === undefined)("a plain directory", async () => {
  const { t, run } = await machine();
  await using _ = t;
  t.write("steps.sh", `set -e\n${block("A plain directory", "sh")}`);
  const said = await run("sh", "steps.sh");
  expect(said).toMatch(/^3\.6$/m);
  expect(said).toContain("attrs");
});

test("every way has its section, and every link of the page leads somewhere", () => {
  const page = readFileSync(join(repository, "docs/hosts.md"), "utf8");
  const anchors = [...page.matchAll(/^## (.+)$/gm)].map(([, title = ""]) =>
    title.toLowerCase().replace(/[`,]/g, "").replaceAll(" ", "-"),
  );
  for (const [, target = ""] of page.matchAll(/\]\((#?[^)#]*)(?:#[^)]*)?\)/g)) {
    if (target.startsWith("#")) expect(anchors).toContain(target.slice(1));
    else if (!target.startsWith("http")) readFileSync(join(repository, "docs", target));
  }
});
