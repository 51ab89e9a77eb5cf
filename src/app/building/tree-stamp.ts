import type { AbsPath } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import type { Fs } from "../../ports/index.ts";

/** What says how a tree is built; of an editable install nothing else counts, its sources stay where they are. */
const buildFiles = new Set(["pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in"]);
/** What builds and tools leave behind doesn't change what would be built. */
const passedOver = /^(?:build|dist|\..*|__pycache__|.*\.egg-info|node_modules)$/;
const mostFiles = 50_000;

/** Changes when a file of the tree does: by names, sizes and times, without reading anything. */
export async function stampOfTree(
  fs: Fs,
  root: AbsPath,
  { editable }: { readonly editable: boolean },
): Promise<string> {
  const hash = createHash("sha256");
  let left = mostFiles;
  const visit = async (directory: AbsPath): Promise<void> => {
    for (const { name, kind } of (await fs.list(directory)) ?? []) {
      if (passedOver.test(name) || left <= 0) continue;
      const path = fs.path.join(directory, name);
      if (kind === "directory") {
        if (!editable) await visit(path);
        continue;
      }
      if (editable && !buildFiles.has(name)) continue;
      left -= 1;
      const info = await fs.linkInfo(path);
      hash.update(`${fs.path.relative(root, path)} ${info?.sizeBytes} ${info?.modifiedMs} ${info?.mode}\n`);
    }
  };
  await visit(root);
  return hash.digest("hex").slice(0, 32);
}
