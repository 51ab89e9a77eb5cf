import type { AbsPath } from "../base/index.ts";
import type { EnvIo } from "./env-io.ts";

/** The Python that lies in a standalone tree; `undefined` when it is gone. */
export async function ownProgram(
  { fs, system }: Pick<EnvIo, "fs" | "system">,
  tree: AbsPath,
): Promise<AbsPath | undefined> {
  for (const name of system.os === "windows" ? ["python.exe", "Scripts/python.exe"] : ["bin/python"]) {
    const program = fs.path.join(tree, ...name.split("/"));
    if ((await fs.info(program)) !== undefined) return program;
  }
  return undefined;
}
