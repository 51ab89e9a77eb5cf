import { absPath, hasCode, mapLimit } from "../base/index.ts";
import { inOp, type Ports, type Reporter } from "../ports/index.ts";
import type { Interpreter } from "../python/index.ts";
import { type Artifact, cacheTag, markCompiled, readArtifactTree } from "../store/index.ts";
import { bytecodeList } from "./bytecode-list.ts";

export type CompileIo = Pick<Ports, "fs" | "proc" | "system"> & { readonly reporter: Reporter };

/*
 * Compiles the files that are named on standard input, gently, and prints those that have bytecode; what Python itself
 * has written through a folded tree, or a killed run before, is taken over. py_compile itself
 * writes a temporary file and renames it, so a reader never meets a half. Bytecode is checked against time and size of the
 * source: hard links and copies keep both, so it is right in every tree. The path in it is put right by import.
 */
const program = `
import importlib.util, os, py_compile, struct, sys
try:
    os.nice(19)
except (AttributeError, OSError):
    pass
def is_there(source, target):
    try:
        found = os.stat(source)
        with open(target, "rb") as file:
            head = file.read(16)
        wanted = struct.pack("<III", 0, int(found.st_mtime) & 0xFFFFFFFF, found.st_size & 0xFFFFFFFF)
        return head == importlib.util.MAGIC_NUMBER + wanted
    except OSError:
        return False
for line in sys.stdin.buffer.read().split(b"\\0"):
    source = os.fsdecode(line)
    target = importlib.util.cache_from_source(source)
    if is_there(source, target):
        sys.stdout.buffer.write(os.fsencode(target) + b"\\0")
        continue
    try:
        made = py_compile.compile(source, doraise=True, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        continue
    if made:
        sys.stdout.buffer.write(os.fsencode(made) + b"\\0")
`;

/** Sources per process: a kill loses little, and starting Python costs nothing against it. */
const filesAtOnce = 1_500;

/**
 * Compiles artifacts for a Python, once, into their `__pycache__` directories in the store. What can't be compiled (templates,
 * Python 2) is left out, as Python does. Bytecode isn't part of an artifact's content.
 */
export async function compileArtifacts(
  io: CompileIo,
  artifacts: readonly Artifact[],
  interpreter: Pick<Interpreter, "executable" | "version" | "implementation">,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  // Other implementations have tags of their own and little to gain.
  if (interpreter.implementation !== "cpython") return;
  const tag = cacheTag(interpreter.version);
  const missing = artifacts.filter((artifact) => !artifact.bytecode.includes(tag));
  const sources = await mapLimit(missing, 16, (artifact) => sourcesOf(io, artifact));
  const total = sources.reduce((sum, files) => sum + files.length, 0);
  await inOp(io.reporter, { kind: "compile", label: interpreter.version, total }, async (op) => {
    let done = 0;
    for (const [index, artifact] of missing.entries()) {
      const files = sources[index] ?? [];
      const made: string[] = [];
      for (let at = 0; at < files.length; at += filesAtOnce) {
        signal?.throwIfAborted();
        made.push(
          ...(await compileFiles(io, artifact, {
            files: files.slice(at, at + filesAtOnce),
            interpreter,
            ...(signal && { signal }),
          })),
        );
      }
      await writeList(io, artifact, { tag, made });
      done += files.length;
      io.reporter.emit({ type: "op:progress", id: op, done });
    }
  });
}

/** A third of all modules are packages' own tests, which next to nobody imports; Python compiles those when it must. */
const ownTests = /(?:^|\/)tests?\//;

/** The artifact's Python sources; none when the wheel brings bytecode itself, which is content then and not ours to change. */
async function sourcesOf(io: CompileIo, artifact: Artifact): Promise<string[]> {
  const { files } = (await readArtifactTree(io.fs, artifact)).site;
  if (files.some((path) => path.endsWith(".pyc"))) return [];
  return files.filter((path) => path.endsWith(".py") && !ownTests.test(path));
}

async function compileFiles(
  { fs, proc, system }: CompileIo,
  artifact: Artifact,
  {
    files,
    interpreter,
    signal,
  }: {
    readonly files: readonly string[];
    readonly interpreter: Pick<Interpreter, "executable">;
    readonly signal?: AbortSignal;
  },
): Promise<string[]> {
  const site = fs.path.join(artifact.root, "site");
  const input = files.map((path) => fs.path.join(site, ...path.split("/"))).join("\0");
  const { stdout } = await proc.run({
    argv: [interpreter.executable, "-I", "-S", "-B", "-c", program],
    env: system.env,
    input,
    maxOutputBytes: 64 << 20,
    ...(signal && { signal }),
  });
  const made = new TextDecoder().decode(stdout).split("\0");
  return made
    .filter((path) => path !== "")
    .map((path) => fs.path.relative(site, absPath(path)).replaceAll(fs.path.separator, "/"));
}

/** The list first, then the mark in the manifest: a mark means that the list is whole. */
async function writeList(
  io: CompileIo,
  artifact: Artifact,
  { tag, made }: { readonly tag: string; readonly made: readonly string[] },
): Promise<void> {
  try {
    await io.fs.write(bytecodeList(io.fs, artifact, tag), made.map((path) => `${path}\n`).join(""));
    await markCompiled(io.fs, artifact, tag);
  } catch (error) {
    // Collected meanwhile, or a store that belongs to somebody else.
    if (!hasCode(error, "ENOENT", "EACCES", "EPERM", "EROFS")) throw error;
  }
}
