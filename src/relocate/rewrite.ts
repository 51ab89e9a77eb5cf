import {
  isElf,
  isMachO,
  readElf,
  readElfRunPaths,
  readExeLauncher,
  readMachO,
  withLauncherPython,
} from "../codec/index.ts";
import { movedRunPath } from "../runtime/index.ts";
import { formatOf } from "./binary-places.ts";
import type { CondaFile } from "./conda-records.ts";
import { kindOfText } from "./kinds.ts";
import type { Move } from "./needle.ts";
import { replaceCStrings } from "./rewrite-binary.ts";
import { rewriteFirstLines, rewriteShellWords } from "./rewrite-text.ts";
import { findHits, type Hit, movedPath, replaceHits } from "./search.ts";

/** What becomes of one file. */
export interface Rewritten {
  /** Its new content; `undefined` when nothing in it changes. */
  readonly bytes: Buffer | undefined;
  /** What still names the former place, and why; one clause each. */
  readonly stuck: readonly string[];
  /** Why the whole tree can't be moved there: half of it would start and then miss its data. */
  readonly refusal?: string;
  /** Its signature is not valid any more: on a Mac it has to be signed again. */
  readonly losesSignature: boolean;
}

const same: Rewritten = { bytes: undefined, stuck: [], losesSignature: false };

/** The same file for the new place. `file` is its path in the tree; `conda` is what a record says of it. */
export async function rewriteFile(
  file: string,
  bytes: Buffer,
  { move, conda }: { readonly move: Move; readonly conda: CondaFile | undefined },
): Promise<Rewritten> {
  const format = formatOf(file, bytes);
  if (format === "pyc") return same;
  const hits = findHits(bytes, [move.from]).filter((hit) => !isCondaMark(file, bytes, hit));
  if (hits.length === 0) return same;
  if (format === "text" && !bytes.includes(0)) return rewriteText(file, bytes, { move, hits });
  if (format === "exe") {
    const launcher = rewriteLauncher(bytes, move);
    if (launcher !== undefined) return launcher;
  }
  return rewriteCompiled(file, bytes, { move, conda });
}

/** What a record says of the package, not of this prefix: where the next move looks for how much room there is. */
function isCondaMark(file: string, bytes: Buffer, { at }: Hit): boolean {
  if (!/^conda-meta\/[^/]+\.json$/.test(file)) return false;
  return /"prefix_placeholder": *"$/.test(bytes.toString("latin1", Math.max(0, at - 64), at));
}

function rewriteText(
  file: string,
  bytes: Buffer,
  { move, hits }: { readonly move: Move; readonly hits: readonly Hit[] },
): Rewritten {
  const head = rewriteFirstLines(bytes, move);
  const rest = head === undefined ? bytes : bytes.subarray(head.length);
  const later = head === undefined ? hits : findHits(rest, [move.from]);
  const isShell = kindOfText(file) === "activation" && !/\.(?:bat|ps1|nu|xsh|py)$/i.test(file);
  const body = (isShell ? rewriteShellWords(rest, later, move.to) : undefined) ?? replaceHits(rest, later, move.to);
  if (head === undefined) return { ...same, bytes: body };
  return { ...same, bytes: Buffer.concat([head.text, body ?? rest]) };
}

function rewriteLauncher(bytes: Buffer, move: Move): Rewritten | undefined {
  const launcher = readExeLauncher(bytes);
  const python = launcher === undefined ? undefined : movedPath(launcher.python, move);
  if (python === undefined) return undefined;
  const stuck = [`has no room for a path as long as ${python}: install its package again with uv`];
  const written = withLauncherPython(bytes, python);
  if (written === undefined) return { ...same, stuck };
  return { ...same, bytes: Buffer.from(written.buffer, written.byteOffset, written.byteLength) };
}

async function rewriteCompiled(
  file: string,
  bytes: Buffer,
  { move, conda }: { readonly move: Move; readonly conda: CondaFile | undefined },
): Promise<Rewritten> {
  const out = Buffer.from(bytes);
  const stuck: string[] = [];
  if (isElf(out)) stuck.push(...(await rewriteElf(file, out, move)));
  const facts = isMachO(out) ? readMachO(out) : undefined;
  if (facts !== undefined) stuck.push(...rewriteMachO(out, move));
  if (conda?.mode === "binary") {
    const problem = replaceCStrings(out, move, conda.placeholder);
    if (problem !== undefined) return { ...same, refusal: problem };
  }
  const isChanged = !out.equals(bytes);
  const left = findHits(out, [move.from]).length;
  if (left > 0 && stuck.length === 0) {
    stuck.push(`is compiled, and holds the path in its data ${left === 1 ? "once" : `${left} times`}`);
  }
  return { bytes: isChanged ? out : undefined, stuck, losesSignature: isChanged && facts?.isSigned === true };
}

/** Search paths become relative to the file, which stays true at every place; the loader's path where it fits. */
async function rewriteElf(file: string, out: Buffer, move: Move): Promise<readonly string[]> {
  const stuck: string[] = [];
  const readAt = async (offset: number, length: number): Promise<Uint8Array> =>
    out.subarray(offset, Math.min(out.length, offset + length));
  for (const { tag, text, offset } of await readElfRunPaths(readAt)) {
    const moved = movedRunPath(text, { file, prefix: move.from.path });
    if (moved === text) continue;
    if (!putString(out, { offset, room: Buffer.byteLength(text), text: moved }))
      stuck.push(`has no room in its ${tag} for ${moved}`);
  }
  const loader = (await readElf(readAt))?.interpreter;
  const moved = loader === undefined ? undefined : movedPath(loader, move);
  if (moved !== undefined && loader !== undefined) {
    const offset = out.indexOf(`${loader}\0`);
    if (!putString(out, { offset, room: Buffer.byteLength(loader), text: moved }))
      stuck.push(`has no room for its loader at ${moved}`);
  }
  return stuck;
}

function rewriteMachO(out: Buffer, move: Move): readonly string[] {
  const stuck: string[] = [];
  for (const { command, text, offset, room } of readMachO(out)?.paths ?? []) {
    const moved = movedPath(text, move);
    if (moved === undefined) continue;
    if (!putString(out, { offset, room: room - 1, text: moved }))
      stuck.push(`has no room in its ${command} for ${moved}: install_name_tool makes some, on a Mac`);
  }
  return stuck;
}

/** Writes a string and zero bytes up to the end of its room. */
function putString(
  out: Buffer,
  { offset, room, text }: { readonly offset: number; readonly room: number; readonly text: string },
): boolean {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length > room || offset < 0) return false;
  out.fill(0, offset, offset + room);
  out.set(bytes, offset);
  return true;
}
