import { type AbsPath, hasCode, mapLimit } from "../base/index.ts";
import { inOp, type Ports, type Reporter } from "../ports/index.ts";
import { type BytecodeForm, compileSources, type Interpreter, type SourceToCompile } from "../python/index.ts";
import { type Artifact, markCompiled, readArtifactTree } from "../store/index.ts";
import { type BytecodeKind, bytecodeKind, bytecodeList, writeBytecodeDigests } from "./bytecode-list.ts";

export type CompileIo = Pick<Ports, "fs" | "proc" | "system"> & { readonly reporter: Reporter };

/** Sources per process: a kill loses little, and starting Python costs nothing against it. */
const filesAtOnce = 1_500;
/** Somebody waits for these: processes beside each other, always so many files in each, so that the bytes are the same. */
const filesAtOnceNow = 400;

export interface CompileOptions {
  /** Left out: `checked`, gently. */
  readonly form?: BytecodeForm;
  /** The way of site-packages in a tree; unchecked bytecode names it. */
  readonly place?: string;
  readonly signal?: AbortSignal;
}

/**
 * Compiles artifacts for a Python, once, in the store: into `__pycache__` directories beside their sources, or into a place of
 * its own for the unchecked form. What can't be compiled (templates, Python 2) is left out, as Python does. Bytecode isn't
 * part of an artifact's content. Gives the artifacts as they are then.
 */
export async function compileArtifacts(
  io: CompileIo,
  artifacts: readonly Artifact[],
  interpreter: Pick<Interpreter, "executable" | "version" | "implementation">,
  { form = "checked", place = "", signal }: CompileOptions = {},
): Promise<readonly Artifact[]> {
  // Other implementations have tags of their own and little to gain.
  if (interpreter.implementation !== "cpython") return artifacts;
  const kind = bytecodeKind(interpreter.version, form, place);
  const missing = artifacts.filter((artifact) => !artifact.bytecode.includes(kind.mark));
  if (missing.length === 0) return artifacts;
  const sources = await mapLimit(missing, 16, (artifact) => sourcesOf(io, artifact));
  const total = sources.reduce((sum, files) => sum + files.length, 0);
  const works = missing.flatMap((artifact, index) =>
    workOf(io, artifact, { files: sources[index] ?? [], kind, place }),
  );
  const done = new Map<Artifact, AbsPath[]>(missing.map((artifact) => [artifact, []]));
  await inOp(io.reporter, { kind: "compile", label: interpreter.version, total }, async (op) => {
    let count = 0;
    await mapLimit(
      works,
      form === "checked" ? 1 : Math.max(1, io.system.cores),
      async ({ artifact, items, isLast }) => {
        signal?.throwIfAborted();
        const options = { form, gently: form === "checked", signal };
        const made = items.length === 0 ? [] : await compileSources(io, interpreter.executable, items, options);
        done.get(artifact)?.push(...made);
        if (form === "checked" && isLast) await writeList(io, artifact, kind, done.get(artifact) ?? []);
        count += items.length;
        io.reporter.emit({ type: "op:progress", id: op, done: count });
      },
    );
    if (form === "unchecked") for (const [artifact, made] of done) await writeList(io, artifact, kind, made);
  });
  return artifacts.map((artifact) =>
    done.has(artifact) ? { ...artifact, bytecode: [...artifact.bytecode, kind.mark].sort() } : artifact,
  );
}

/** A third of all modules are packages' own tests, which next to nobody imports; Python compiles those when it must. */
const ownTests = /(?:^|\/)tests?\//;

/** The artifact's Python sources; none when the wheel brings bytecode itself, which is content then and not ours to change. */
async function sourcesOf(io: CompileIo, artifact: Artifact): Promise<string[]> {
  const { files } = (await readArtifactTree(io.fs, artifact)).site;
  if (files.some((path) => path.endsWith(".pyc"))) return [];
  return files.filter((path) => path.endsWith(".py") && !ownTests.test(path));
}

interface Work {
  readonly artifact: Artifact;
  readonly items: readonly SourceToCompile[];
  readonly isLast: boolean;
}

function workOf(
  { fs }: CompileIo,
  artifact: Artifact,
  { files, kind, place }: { readonly files: readonly string[]; readonly kind: BytecodeKind; readonly place: string },
): readonly Work[] {
  const items = files.map((file): SourceToCompile => {
    const source = fs.path.join(artifact.root, "site", ...file.split("/"));
    if (kind.form === "checked") return { source };
    const target = fs.path.join(artifact.root, kind.directory, ...cachedName(file, kind.cacheTag).split("/"));
    return { source, target, shownAs: `${place}/${file}` };
  });
  const size = kind.form === "checked" ? filesAtOnce : filesAtOnceNow;
  const works: Work[] = [];
  for (let at = 0; at === 0 || at < items.length; at += size) {
    works.push({ artifact, items: items.slice(at, at + size), isLast: at + size >= items.length });
  }
  return works;
}

/** `demo/core.py` -> `demo/__pycache__/core.cpython-311.pyc` (PEP 3147). */
function cachedName(file: string, tag: string): string {
  const slash = file.lastIndexOf("/") + 1;
  return `${file.slice(0, slash)}__pycache__/${file.slice(slash, -".py".length)}.${tag}.pyc`;
}

/** The lists first, then the mark in the manifest: a mark means that the lists are whole. */
async function writeList(
  io: CompileIo,
  artifact: Artifact,
  kind: BytecodeKind,
  made: readonly AbsPath[],
): Promise<void> {
  const { fs } = io;
  const root = fs.path.join(artifact.root, kind.directory);
  const paths = made.map((path) => fs.path.relative(root, path).replaceAll(fs.path.separator, "/"));
  try {
    if (kind.form === "unchecked") await writeBytecodeDigests(fs, artifact, kind, paths);
    await fs.write(bytecodeList(fs, artifact, kind), paths.map((path) => `${path}\n`).join(""));
    await markCompiled(fs, artifact, kind.mark);
  } catch (error) {
    // Collected meanwhile, or a store that belongs to somebody else.
    if (!hasCode(error, "ENOENT", "EACCES", "EPERM", "EROFS")) throw error;
  }
}
