import { type AbsPath, hasCode } from "../base/index.ts";
import type { EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import type { FormerName } from "./intent.ts";
import { generationDir, materialisedVersions, type Place } from "./place.ts";
import { readReceipt } from "./receipt.ts";

/** Longer first lines are cut by some kernels; pip and distlib keep to it, too. */
const longestFirstLine = 127;
const headBytes = 4096;

interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Scripts that pip or another tool put into the environment name its Python by its full path in their first line. Those
 * that name one of the old places are written anew; venvoy's own scripts find their Python by themselves.
 */
export async function rewriteScripts(
  io: Pick<EnvIo, "fs">,
  context: Pick<EnvContext, "layout">,
  place: Place,
  former: readonly FormerName[],
): Promise<void> {
  if (former.length === 0) return;
  const { fs } = io;
  const moves = await movesOf(io, context.layout.envs, place, former);
  for (const number of await materialisedVersions(fs, place)) {
    const tree = generationDir(fs, place, number);
    const receipt = await readReceipt(fs, tree);
    if (receipt === undefined) continue;
    const bin = fs.path.join(tree, ...receipt.bin.split("/"));
    for (const { name, kind } of (await fs.list(bin)) ?? []) {
      if (kind === "file") await rewriteScript(io, fs.path.join(bin, name), moves);
    }
  }
}

/** As the home's path is written, and as it is behind links: a script may have been written under either. */
async function movesOf(
  { fs }: Pick<EnvIo, "fs">,
  envs: AbsPath,
  { name, id }: Place,
  former: readonly FormerName[],
): Promise<readonly Move[]> {
  const roots = [...new Set([envs, await fs.realPath(envs)])];
  return roots.flatMap((root) => {
    const at = (entry: string): string => `${fs.path.join(root, entry)}${fs.path.separator}`;
    return former.flatMap((old) => [
      { from: at(old.name), to: at(name) },
      { from: at(`${old.name}-${id}`), to: at(`${name}-${id}`) },
    ]);
  });
}

async function rewriteScript({ fs }: Pick<EnvIo, "fs">, file: AbsPath, moves: readonly Move[]): Promise<void> {
  const info = await fs.info(file);
  if (info === undefined || info.sizeBytes < 4) return;
  const start = new TextDecoder().decode(await fs.readRange(file, 0, Math.min(headBytes, info.sizeBytes)));
  const head = headOf(start);
  if (head === undefined) return;
  const moved = movedHead(head, moves);
  if (moved === head) return;
  const all = await fs.read(file);
  const rest = all.subarray(new TextEncoder().encode(head).length);
  const text = new TextEncoder().encode(shortened(moved));
  const bytes = new Uint8Array(text.length + rest.length);
  bytes.set(text);
  bytes.set(rest, text.length);
  try {
    await fs.writeAtomic(file, bytes, { mode: info.mode & 0o7777 });
  } catch (error) {
    // A read-only tree: the old path stays right for as long as its link does.
    if (!hasCode(error, "EACCES", "EPERM", "EROFS")) throw error;
  }
}

/**
 * The lines that name the interpreter, with their line ends: one, or the three that pip writes where the path is too long
 * for a first line or holds a blank (`#!/bin/sh`, `'''exec' "…/python" "$0" "$@"`, `' '''`).
 */
function headOf(text: string): string | undefined {
  if (!text.startsWith("#!")) return undefined;
  const long = /^#!\/bin\/sh\r?\n'''exec' .*\r?\n' '''\r?\n/.exec(text);
  if (long !== null) return long[0];
  const end = text.indexOf("\n");
  return end === -1 ? undefined : text.slice(0, end + 1);
}

function movedHead(head: string, moves: readonly Move[]): string {
  let text = head;
  for (const { from, to } of moves) {
    // At the start of a word only: another directory's path may end alike.
    for (const before of ["#!", "#! ", " ", '"', "'"]) text = text.replaceAll(before + from, before + to);
  }
  return text;
}

/** The new path may be too long for a first line. */
function shortened(head: string): string {
  const first = head.slice(0, head.indexOf("\n"));
  if (new TextEncoder().encode(first).length <= longestFirstLine || first.startsWith("#!/bin/sh")) return head;
  return `#!/bin/sh\n'''exec' ${first.slice(2).trim()} "$0" "$@"\n' '''\n`;
}
