/** Programs that a compiler made, in moved trees: whether they start and find what is theirs is what counts. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { TreeReport } from "../../src/app/index.ts";
import { testContext } from "../kit/context.ts";
import { tempDir } from "../kit/temp.ts";

const hasCompiler = spawnSync("cc", ["--version"]).status === 0;
const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

function compile(to: string, source: string, ...words: readonly string[]): void {
  mkdirSync(dirname(to), { recursive: true });
  execFileSync("cc", ["-x", "c", "-", "-x", "none", "-o", to, ...words], { input: source });
}

test.skipIf(!hasCompiler)(
  "a program of conda prints its data's place after each move, and refuses one that doesn't fit",
  async () => {
    const t = await testContext();
    const placeholder = `/build/${"placehold_".repeat(20)}`;
    const top = tempDir("conda");
    const built = join(top, "built");
    const source = `#include <stdio.h>\nint main(void) { puts(PREFIX "/share:" PREFIX "/lib"); return 0; }\n`;
    compile(join(built, "bin", "where"), source, `-DPREFIX="${placeholder}"`);
    const package_ = sha256(join(built, "bin", "where"));
    mkdirSync(join(built, "conda-meta"));
    const entry = {
      _path: "bin/where",
      path_type: "hardlink",
      sha256: package_,
      file_mode: "binary",
      prefix_placeholder: placeholder,
    };
    writeFileSync(
      join(built, "conda-meta", "where-1-0.json"),
      JSON.stringify({
        name: "where",
        paths_data: { paths_version: 1, paths: [{ ...entry, sha256_in_prefix: package_ }] },
      }),
    );
    let from = placeholder;
    let tree = built;
    for (const name of ["a", "somewhat-longer", "b", `${"long".repeat(20)}`]) {
      const next = join(top, name);
      renameSync(tree, next);
      tree = next;
      const said = await t.venvoy("doctor", tree, "--fix", "--from", from);
      expect(said, said.err).toMatchObject({ exit: 0 });
      expect(execFileSync(join(tree, "bin", "where"), { encoding: "utf8" })).toBe(`${tree}/share:${tree}/lib\n`);
      const record = JSON.parse(readFileSync(join(tree, "conda-meta", "where-1-0.json"), "utf8"));
      expect(record.paths_data.paths[0].sha256_in_prefix).toBe(sha256(join(tree, "bin", "where")));
      from = tree;
    }
    const before = sha256(join(tree, "bin", "where"));
    const refused = await t.venvoy("doctor", tree, "--fix", "--from", from, "--to", `${placeholder}x`);
    expect(refused.exit).toBe(1);
    expect(refused.err).toContain(
      `\`bin/where\` holds the path in its data, with room for ${placeholder.length} bytes`,
    );
    expect(sha256(join(tree, "bin", "where"))).toBe(before);
    expect((await t.venvoy("doctor", tree, "--fix", "--from", from, "--to", placeholder)).exit).toBe(0);
    expect(sha256(join(tree, "bin", "where"))).toBe(package_);
  },
);

test.skipIf(!hasCompiler)(
  "a program finds its library after the move, by a search path that is true at every place",
  async () => {
    const t = await testContext();
    const top = tempDir("rpath");
    const old = join(top, "old", "place");
    compile(join(old, "lib", "libown.so"), "int own(void) { return 7; }\n", "-shared", "-fPIC");
    compile(
      join(old, "bin", "program"),
      "int own(void);\nint main(void) { return own(); }\n",
      `-L${old}/lib`,
      "-lown",
      `-Wl,-rpath,${old}/lib`,
    );
    const tree = join(top, "a longer place with blanks", "tree");
    mkdirSync(dirname(tree));
    renameSync(old, tree);
    expect(spawnSync(join(tree, "bin", "program")).status).not.toBe(7);
    const { out } = await t.venvoy("doctor", tree, "--from", old, "--json");
    const found = (JSON.parse(out) as TreeReport).paths;
    expect(found).toContainEqual(
      expect.objectContaining({
        file: "bin/program",
        path: `${old}/lib`,
        kind: "library",
        harm: "now",
        fix: "rewritten",
      }),
    );
    expect((await t.venvoy("doctor", tree, "--fix", "--from", old)).exit).toBe(0);
    expect(spawnSync(join(tree, "bin", "program")).status).toBe(7);
    renameSync(tree, join(top, "again"));
    expect(spawnSync(join(top, "again", "bin", "program")).status).toBe(7);
  },
);

const packages = resolve(dirname(fileURLToPath(import.meta.url)), "../../../shared/data/conda/packages");
const zlib = join(packages, "conda-format-repo", "linux-64", "zlib-1.2.11-h7b6447c_3.tar.bz2");

test.skipIf(!existsSync(zlib))("a real package of conda, installed and moved", async () => {
  const t = await testContext();
  const top = tempDir("zlib");
  const tree = join(top, "prefix");
  mkdirSync(join(tree, "conda-meta"), { recursive: true });
  execFileSync("tar", ["xjf", zlib, "-C", tree]);
  const list = JSON.parse(readFileSync(join(tree, "info", "paths.json"), "utf8"));
  const [marked] = list.paths.filter((one: { prefix_placeholder?: string }) => one.prefix_placeholder !== undefined);
  const record = join(tree, "conda-meta", "zlib-1.2.11-h7b6447c_3.json");
  writeFileSync(record, JSON.stringify({ name: "zlib", version: "1.2.11", paths_data: list }));
  execFileSync("rm", ["-rf", join(tree, "info")]);
  // Packages that were unpacked and never linked: the mark itself is what is wrong.
  const { out, exit } = await t.venvoy("doctor", tree, "--json");
  expect(exit).toBe(3);
  const left = (JSON.parse(out) as TreeReport).paths.filter(({ owner }) => owner === "placeholder");
  expect(left.map(({ file, harm }) => [file, harm])).toContainEqual([marked._path, "now"]);
  expect((await t.venvoy("doctor", tree, "--fix", "--from", marked.prefix_placeholder)).exit).toBe(0);
  expect(readFileSync(join(tree, marked._path), "utf8")).toContain(`prefix=${tree}\n`);
  const told = JSON.parse(readFileSync(record, "utf8")).paths_data.paths;
  for (const { _path, path_type, sha256: built, sha256_in_prefix } of told) {
    if (path_type !== "hardlink") continue;
    expect(sha256(join(tree, _path)), _path).toBe(sha256_in_prefix ?? built);
  }
  expect(statSync(join(tree, "lib")).isDirectory()).toBe(true);
  expect(readdirSync(tree)).not.toContain(".venvoy-fix");
});
