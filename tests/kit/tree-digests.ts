import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The digest of every file below a directory, by its path; marks of use and bytecode that Python writes are left out. */
export function sha256Files(root: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || /^manifest\.json$|\.lock$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    found[path.slice(root.length + 1)] = createHash("sha256").update(readFileSync(path)).digest("hex");
  }
  return found;
}
