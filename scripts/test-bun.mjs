// Runs the suite under Bun as well: the same files, in batches of a folder each, so that one crash names its folder.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folders = [
  "tests/base",
  "tests/pep",
  "tests/codec",
  "tests/solver",
  "tests/conformance",
  "tests/disk",
  "tests/contract",
  "tests/store",
  "tests/wheel",
];
const present = folders.filter((folder) => existsSync(join(root, folder)));
const status = spawnSync(
  join(root, "node_modules", ".bin", "bun"),
  ["test", "--timeout=60000", ...process.argv.slice(2), ...present.map((folder) => `./${folder}/`)],
  {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  },
).status;
process.exitCode = status ?? 1;
