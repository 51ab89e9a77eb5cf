import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(fileURLToPath(import.meta.url), "../../..");

/** The two runtimes that venvoy runs on. */
export const bunProgram = join(root, "node_modules/.bin/bun");
export const nodeProgram = process.platform === "win32" ? "node.exe" : "node";

/** Bundles a TypeScript program of the tests so that both runtimes can start it; returns the file. */
export function bundleProgram(source: string, directory: string): string {
  const built = join(directory, `${source.split("/").at(-1)?.replace(/\.ts$/, "")}.mjs`);
  // Of a package that has both, its module: the other form looks its parts up on the disk.
  const fields = ["--main-fields=module", "--main-fields=main"];
  const argv = ["build", "--target=node", ...fields, join(root, source), `--outfile=${built}`];
  const answer = spawnSync(bunProgram, argv, { encoding: "utf8" });
  if (answer.status !== 0) throw new Error(`${source} can't be bundled: ${answer.stderr}`);
  return built;
}
