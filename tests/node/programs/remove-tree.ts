import { chmodSync } from "node:fs";
import { absPath } from "../../../src/base/index.ts";
import { nodeFs } from "../../../src/node/index.ts";

/** As somebody without privileges: makes read-only directories in `directory` and removes them; then one that is not ours. */
const [directory = "", foreign = ""] = process.argv.slice(2);
const fs = nodeFs();
const tree = fs.path.join(absPath(directory), "tree");
await fs.makeDir(fs.path.join(tree, "a", "b"));
for (const file of ["a/f", "a/b/g"]) await fs.write(fs.path.join(tree, file), "");
for (const [path, mode] of [
  ["a/f", 0o400],
  ["a/b", 0o000],
  ["a", 0o500],
  ["", 0o500],
] as const) {
  chmodSync(fs.path.join(tree, path), mode);
}
await fs.remove(tree);
process.stdout.write(`left: ${(await fs.list(tree))?.length ?? 0}\n`);
try {
  await fs.remove(absPath(foreign));
} catch (error) {
  process.stdout.write(`refused: ${error instanceof Error && "code" in error ? error.code : error}\n`);
}
