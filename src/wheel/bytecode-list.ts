import { type AbsPath, hasCode } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import type { Artifact, SectionFiles } from "../store/index.ts";

/** The list of bytecode files of one Python, beside the artifact's manifest. */
export function bytecodeList(fs: Fs, artifact: Pick<Artifact, "root">, tag: string): AbsPath {
  return fs.path.join(artifact.root, `bytecode-${tag}`);
}

/** Bytecode files relative to `site`, and their directories. */
export async function readBytecode(fs: Fs, artifact: Pick<Artifact, "root">, tag: string): Promise<SectionFiles> {
  let text: string;
  try {
    text = await fs.readText(bytecodeList(fs, artifact, tag));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { directories: [], files: [] };
    throw error;
  }
  const files = text.split("\n").filter((line) => line !== "");
  return { directories: [...new Set(files.map((file) => file.slice(0, file.lastIndexOf("/"))))], files };
}
