// Runs the suite under Bun as well: the same files, unchanged.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
// These start real Pythons and shells by the hundred; what they prove does not depend on the runtime, and Node runs them.
const nodeOnly = new Set(["e2e", "kit", "app", "env", "python", "shell", "guard", "docs", "windows"]);
const nodeOnlyFiles = new Set(["cli/pip.test.ts"]);
const present = readdirSync(join(root, "tests"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !nodeOnly.has(entry.name))
  .flatMap(({ name }) => {
    const inside = readdirSync(join(root, "tests", name)).map((entry) => `${name}/${entry}`);
    if (!inside.some((path) => nodeOnlyFiles.has(path))) return [`./tests/${name}/`];
    return inside
      .filter((path) => path.endsWith(".test.ts") && !nodeOnlyFiles.has(path))
      .map((path) => `./tests/${path}`);
  });
const status = spawnSync(
  join(root, "node_modules", ".bin", "bun"),
  ["test", "--timeout=300000", "--parallel=2", "--no-isolate", ...process.argv.slice(2), ...present],
  {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  },
).status;
process.exitCode = status ?? 1;
