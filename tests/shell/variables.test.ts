import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { variableFiles, variableRefusal } from "../../src/shell/index.ts";
import { realShells, workshop } from "./workshop.ts";

const seed = Math.floor(Math.random() * 0x7fffffff);

const nasty = [
  "'",
  '"',
  "\\",
  "$HOME",
  "`id`",
  "!",
  "!!",
  "%PATH%",
  "\n",
  "\t",
  " ",
  "*",
  "~",
  "&",
  ";",
  "|",
  "<",
  ">",
  "#",
  "(",
  ")",
  "{",
  "}",
  "[",
  "]",
  "^",
  "=",
  "\u2019",
  "é",
  "漢",
  "🐍",
  "\\'",
  "$(id)",
  "\r",
];
const value = fc
  .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ maxLength: 4 })), { maxLength: 8 })
  .map((parts) => parts.join(""));

function randomValues(count: number): Readonly<Record<string, string>> {
  const values = fc.sample(value, { numRuns: count, seed });
  return Object.fromEntries(values.map((text, index) => [`V${index}`, text.replaceAll("\0", "")]));
}

/** What a program sees that the shell starts. */
function seenBy(out: string): ReadonlyMap<string, string> {
  return new Map(
    out.split("\0").map((entry) => {
      const at = entry.indexOf("=");
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

for (const shell of realShells) {
  test.skipIf(!shell.installed)(`${shell.name}: every value arrives as it was set (seed ${seed})`, () => {
    const shop = workshop();
    const values = randomValues(80);
    shop.environment("demo", values);
    const show = shell.kind === "nu" ? "^env -0 | save --raw --force out" : "env -0 > out";
    const said = shop.run(shell, ["venvoy activate demo", show]);
    expect(said.err).toBe("");
    const seen = seenBy(spawnSync("cat", ["out"], { cwd: shop.home, encoding: "utf8" }).stdout);
    for (const [name, text] of Object.entries(values)) expect(seen.get(name), `${name} (seed ${seed})`).toBe(text);
  });
}

for (const shell of realShells) {
  test.skipIf(!shell.installed)(`${shell.name}: works wherever it lies (seed ${seed})`, () => {
    const places = fc.sample(value, { numRuns: 6, seed }).map((text, index) => {
      // A directory's name, and one that PATH can hold; csh can't hold a newline or a backquote in the path of a file it reads.
      const name = text.replace(shell.kind === "csh" ? /[/\0:\r\n`"\\!]/g : /[/\0:\r\n]/g, "_");
      return `${index}${name}`.slice(0, 60);
    });
    for (const place of places) {
      const shop = workshop({ place });
      const demo = shop.environment("demo");
      const show = shell.kind === "nu" ? "^env -0 | save --raw --force out" : "env -0 > out";
      const said = shop.run(shell, ["venvoy activate demo", show]);
      expect(said.err, place).toBe("");
      const seen = seenBy(spawnSync("cat", ["out"], { cwd: shop.home, encoding: "utf8" }).stdout);
      expect(seen.get("VIRTUAL_ENV"), place).toBe(demo);
      expect(seen.get("PATH")?.startsWith(`${demo}/bin:`), place).toBe(true);
    }
  });
}

test("PowerShell and cmd quote what means something to them", () => {
  const files = variableFiles({ A: "it's \u2019 $env:X `n", B: '100% "x"', C: "50%" });
  expect(files.get("variables.ps1")).toContain("$env:A = 'it''s \u2019\u2019 $env:X `n'");
  expect(files.get("variables.bat")).toContain('set "C=50%%"\r\n');
  expect(files.get("variables.bat"), "a quote can't be written").not.toContain("B=");
});

test("no variables, no files", () => {
  expect(variableFiles({}).size).toBe(0);
});

test("names that belong to shells, Python or venvoy are refused, in any case", () => {
  for (const name of [
    "PATH",
    "path",
    "Path",
    "VIRTUAL_ENV",
    "PYTHONHOME",
    "PS1",
    "IFS",
    "status",
    "UID",
    "VENVOY_HOME",
    "_OLD_VIRTUAL_PATH",
    "1A",
    "A-B",
    "",
    "A B",
    "É",
  ])
    expect(variableRefusal(name), name).toBeDefined();
  for (const name of ["MPLBACKEND", "_x", "A1", "PYTHONPATH", "http_proxy", "LANG"])
    expect(variableRefusal(name), name).toBeUndefined();
});
