import { type AbsPath, byCodePoint } from "../../base/index.ts";
import { type ElfRunPath, readElfRunPaths } from "../../codec/index.ts";
import type { Fs } from "../../ports/index.ts";
import { rewriteScript } from "../../store/index.ts";
import {
  builtPrefix,
  movableBuildDetails,
  movableConfigScript,
  movableMakefile,
  movablePkgConfig,
  movableSysconfigData,
  movableSysconfigVars,
} from "./build-facts.ts";
import { movedRunPath } from "./run-path.ts";

export interface Movable {
  /** Where the files said that they lie; `undefined` when they didn't say. */
  readonly prefix: string | undefined;
  /** Files that were changed, relative to the root with `/`, in code-point order. */
  readonly changed: readonly string[];
  /** Programs and libraries whose own search path names the old place, and has no room for the new way. */
  readonly stuck: readonly string[];
}

type Rewrite = (text: string, prefix: string) => string;

const sysconfigData = /^lib\/python3\.\d+t?\/_sysconfigdata_[\w-]*\.py$/;

/** Which file is rewritten how; the first row that fits decides. */
const rows: readonly { readonly path: RegExp; readonly rewrite: Rewrite }[] = [
  { path: sysconfigData, rewrite: movableSysconfigData },
  { path: /^lib\/python3\.\d+t?\/build-details\.json$/, rewrite: movableBuildDetails },
  { path: /^lib\/python3\.\d+t?\/_sysconfig_vars_[\w-]*\.json$/, rewrite: movableSysconfigVars },
  { path: /^(?:lib|share)\/pkgconfig\/[^/]+\.pc$/, rewrite: movablePkgConfig },
  { path: /^lib\/python3\.\d+t?\/config-[^/]+\/Makefile$/, rewrite: movableMakefile },
  { path: /^bin\/python[\w.]*-config$/, rewrite: movableConfigScript },
];

const scripts = /^bin\/[^/]+$|^lib\/python3\.\d+t?\/config-[^/]+\/python-config\.py$/;
const programs = /^bin\/[^/]+$|\.so(?:\.[\w.]+)?$/;
const largestText = 16 << 20;

/**
 * Makes the tree of a Python find itself wherever it lies: search paths of its libraries, programs that name it in their
 * first line, and what it tells compilers about its place. Files are replaced, never written in place, so a tree of hard
 * links is safe. Says what can't be done.
 */
export async function makeMovable(fs: Fs, root: AbsPath): Promise<Movable> {
  const files: string[] = [];
  await fs.scan(root, ({ path, kind }) => {
    if (kind === "file") files.push(path);
  });
  files.sort(byCodePoint);
  const prefix = await prefixOf(fs, root, files);
  const changed: string[] = [];
  const stuck: string[] = [];
  for (const file of files) {
    const path = fs.path.join(root, ...file.split("/"));
    const row = rows.find((one) => one.path.test(file));
    if (row !== undefined) {
      if (prefix !== undefined && (await rewriteText(fs, path, (text) => row.rewrite(text, prefix))))
        changed.push(file);
    } else if (programs.test(file) && (await isElf(fs, path))) {
      const outcome = await rewriteRunPaths(fs, { root, file, prefix });
      if (outcome === "changed") changed.push(file);
      if (outcome === "stuck") stuck.push(file);
    } else if (scripts.test(file) && (await rewriteFirstLine(fs, path))) {
      changed.push(file);
    }
  }
  await dropBytecode(fs, root, changed);
  return { prefix, changed, stuck };
}

async function prefixOf(fs: Fs, root: AbsPath, files: readonly string[]): Promise<string | undefined> {
  for (const file of files.filter((one) => sysconfigData.test(one))) {
    const prefix = builtPrefix(await fs.readText(fs.path.join(root, ...file.split("/"))));
    if (prefix !== undefined) return prefix;
  }
  return undefined;
}

async function rewriteText(fs: Fs, path: AbsPath, rewrite: (text: string) => string): Promise<boolean> {
  const info = await fs.info(path);
  if (info === undefined || info.sizeBytes > largestText) return false;
  const text = await fs.readText(path);
  const rewritten = rewrite(text);
  if (rewritten === text) return false;
  await fs.writeAtomic(path, rewritten, { mode: info.mode & 0o7777 });
  return true;
}

/** A script whose first line names a Python by its place becomes one that finds the Python beside itself. */
async function rewriteFirstLine(fs: Fs, path: AbsPath): Promise<boolean> {
  const info = await fs.info(path);
  if (info === undefined || info.sizeBytes > largestText) return false;
  const head = Buffer.from(await fs.readRange(path, 0, 512)).toString("latin1");
  const line = /^#! *\/\S*\/python[\w.]*\r?\n/.exec(head)?.[0];
  if (line === undefined || /^#! *\/usr\/bin\/env/.test(line)) return false;
  const rest = (await fs.read(path)).subarray(line.length);
  const [script] =
    rewriteScript(fs.path.name(path), Buffer.concat([Buffer.from("#!python\n"), rest]), { windows: false }) ?? [];
  if (script === undefined) return false;
  await fs.writeAtomic(path, script.content, { mode: info.mode & 0o7777 });
  return true;
}

async function isElf(fs: Fs, path: AbsPath): Promise<boolean> {
  const head = await fs.readRange(path, 0, 4);
  return head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
}

async function rewriteRunPaths(
  fs: Fs,
  { root, file, prefix }: { readonly root: AbsPath; readonly file: string; readonly prefix: string | undefined },
): Promise<"changed" | "stuck" | "same"> {
  const path = fs.path.join(root, ...file.split("/"));
  const found = await readElfRunPaths((offset, length) => fs.readRange(path, offset, length));
  const moves = found.flatMap((one): { readonly at: ElfRunPath; readonly text: string }[] => {
    const text = movedRunPath(one.text, { file, prefix });
    return text === one.text ? [] : [{ at: one, text }];
  });
  if (moves.length === 0) return "same";
  if (moves.some(({ at, text }) => Buffer.byteLength(text) > Buffer.byteLength(at.text))) return "stuck";
  const bytes = Buffer.from(await fs.read(path));
  for (const { at, text } of moves) {
    bytes.fill(0, at.offset, at.offset + Buffer.byteLength(at.text));
    bytes.write(text, at.offset);
  }
  const mode = (await fs.info(path))?.mode ?? 0o755;
  await fs.writeAtomic(path, bytes, { mode: mode & 0o7777 });
  return "changed";
}

/** Bytecode of a module that changed would be used still where it isn't checked against its source. */
async function dropBytecode(fs: Fs, root: AbsPath, changed: readonly string[]): Promise<void> {
  for (const file of changed.filter((one) => one.endsWith(".py"))) {
    const parts = file.split("/");
    const module = (parts.pop() ?? "").slice(0, -3);
    const cache = fs.path.join(root, ...parts, "__pycache__");
    for (const { name } of (await fs.list(cache)) ?? []) {
      if (name.startsWith(`${module}.`)) await fs.remove(fs.path.join(cache, name));
    }
  }
}
