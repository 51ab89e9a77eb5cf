import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { layers, roots } from "../architecture.ts";

const src = resolve(dirname(fileURLToPath(import.meta.url)), "../src");

interface Breach {
  readonly file: string;
  readonly imports: string;
  readonly why: string;
}

function sourceFiles(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? sourceFiles(join(dir, entry.name))
      : entry.name.endsWith(".ts")
        ? [join(dir, entry.name)]
        : [],
  );
}

function specifiers(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g);
  return [...found].map((match) => match[1] ?? "");
}

function breaches(files: ReadonlyMap<string, string>): Breach[] {
  const found: Breach[] = [];
  for (const [file, text] of files) {
    const parts = file.split("/");
    const room = parts.length > 1 ? parts[0] : undefined;
    if (room === undefined) {
      if (!roots.includes(file)) found.push({ file, imports: "", why: "is not a listed root file" });
      continue;
    }
    const own = layers[room];
    if (own === undefined) {
      found.push({ file, imports: "", why: `room ${room} has no layer` });
      continue;
    }
    for (const specifier of specifiers(text)) {
      if (!specifier.startsWith(".")) continue;
      const target = join(dirname(file), specifier).split(sep).join("/");
      const [otherRoom, ...rest] = target.split("/");
      if (otherRoom === room) continue;
      if (target.startsWith("..")) {
        found.push({ file, imports: specifier, why: "leaves src/" });
        continue;
      }
      const other = layers[otherRoom ?? ""];
      if (other === undefined || rest.length === 0) found.push({ file, imports: specifier, why: "is not a room" });
      else if (other >= own)
        found.push({ file, imports: specifier, why: `layer ${own} may not import layer ${other}` });
      else if (rest.join("/") !== "index.ts") found.push({ file, imports: specifier, why: "goes past the front door" });
    }
  }
  return found;
}

test("rooms import only lower rooms, through their front doors", () => {
  const files = new Map(
    sourceFiles(src).map((path) => [relative(src, path).split(sep).join("/"), readFileSync(path, "utf8")]),
  );
  expect(files.size).toBeGreaterThan(15);
  expect(breaches(files)).toEqual([]);
});

test("a breach is seen", () => {
  const seeded = new Map([
    ["base/up.ts", 'import { x } from "../ports/index.ts";'],
    ["env/inner.ts", 'import type { y } from "../base/errors.ts";'],
    ["pep/lazy.ts", 'const z = await import("../app/index.ts");'],
    ["attic/new.ts", ""],
  ]);
  expect(breaches(seeded).map((breach) => breach.file)).toEqual([
    "base/up.ts",
    "env/inner.ts",
    "pep/lazy.ts",
    "attic/new.ts",
  ]);
});

test("no file name hides its subject", () => {
  const vague = /(^|\/)(utils?|helpers?|common|misc|types|manager)\.ts$/;
  const names = sourceFiles(src).map((path) => relative(src, path).split(sep).join("/"));
  expect(names.filter((name) => vague.test(name))).toEqual([]);
});
