import { type AbsPath, hasCode } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import type { BytecodeForm } from "../python/index.ts";
import { type Artifact, cacheTag, type SectionFiles, type StoredFile } from "../store/index.ts";

/** The bytecode of one Python in one form, beside an artifact's content. */
export interface BytecodeKind {
  /** What the artifact's manifest says when all of it is there. */
  readonly mark: string;
  /** Where its files lie, relative to the artifact; as they will lie in site-packages. */
  readonly directory: string;
  readonly form: BytecodeForm;
  /** `cpython-311`, in the names of its files. */
  readonly cacheTag: string;
}

/**
 * For Python `3.11.7`. Unchecked bytecode is kept for each patch level: an archive must have the same bytes whichever Python
 * compiled for the store first. `place` is where it will lie in a tree, which it names.
 */
export function bytecodeKind(pythonVersion: string, form: BytecodeForm, place = ""): BytecodeKind {
  const tag = cacheTag(pythonVersion);
  if (form === "checked") return { mark: tag, directory: "site", form, cacheTag: tag };
  const threads = /^lib\/python[\d.]+t\//.test(place) ? "t" : "";
  const mark = `unchecked-${pythonVersion}${threads}`;
  return { mark, directory: mark, form, cacheTag: tag };
}

/** The list of bytecode files of one kind, beside the artifact's manifest. */
export function bytecodeList(fs: Fs, artifact: Pick<Artifact, "root">, { mark }: Pick<BytecodeKind, "mark">): AbsPath {
  return fs.path.join(artifact.root, `bytecode-${mark}`);
}

/** Bytecode files relative to `site`, and their directories. */
export async function readBytecode(
  fs: Fs,
  artifact: Pick<Artifact, "root">,
  kind: Pick<BytecodeKind, "mark">,
): Promise<SectionFiles> {
  let text: string;
  try {
    text = await fs.readText(bytecodeList(fs, artifact, kind));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { directories: [], files: [] };
    throw error;
  }
  const files = text.split("\n").filter((line) => line !== "");
  return { directories: [...new Set(files.map((file) => file.slice(0, file.lastIndexOf("/"))))], files };
}

/** The digests of unchecked bytecode, whose bytes can be known: `StoredFile`s relative to site-packages. */
export async function writeBytecodeDigests(
  fs: Fs,
  artifact: Pick<Artifact, "root">,
  kind: BytecodeKind,
  files: readonly string[],
): Promise<void> {
  const at = files.map((path) => fs.path.join(artifact.root, kind.directory, ...path.split("/")));
  const [digests, infos] = [await fs.digests(at), await fs.linkInfos(at)];
  const lines = files.map((path, index) => `${digests[index]} ${infos[index]?.sizeBytes} ${path}\n`);
  await fs.write(digestList(fs, artifact, kind), lines.join(""));
}

/** What `writeBytecodeDigests` wrote, with digests in hexadecimal; and when. */
export async function readBytecodeDigests(
  fs: Fs,
  artifact: Pick<Artifact, "root">,
  kind: BytecodeKind,
): Promise<{ readonly files: readonly StoredFile[]; readonly writtenMs: number }> {
  const file = digestList(fs, artifact, kind);
  const info = await fs.info(file);
  if (info === undefined) return { files: [], writtenMs: 0 };
  const files = (await fs.readText(file)).split("\n").flatMap((line) => {
    const [, sha256, size, path] = /^(\w+) (\d+) (.*)$/.exec(line) ?? [];
    return sha256 === undefined || path === undefined ? [] : [{ sha256, sizeBytes: Number(size), path }];
  });
  return { files, writtenMs: info.modifiedMs };
}

function digestList(fs: Fs, artifact: Pick<Artifact, "root">, { mark }: BytecodeKind): AbsPath {
  return fs.path.join(artifact.root, `digests-${mark}`);
}
