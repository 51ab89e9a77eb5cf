import type { AbsPath } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import { readStoredFiles } from "./artifact.ts";
import { readManifest } from "./trust.ts";

/** Moves files of a freshly unpacked artifact over those of the one that stands; gives those that were the right ones. */
export async function restoreFiles(
  fs: Fs,
  { from, to, files }: { readonly from: AbsPath; readonly to: AbsPath; readonly files: readonly string[] },
): Promise<readonly string[]> {
  const promised = new Map((await readStoredFiles(fs, to)).map((file) => [file.path, file]));
  const fresh = new Map((await readStoredFiles(fs, from)).map((file) => [file.path, file.sha256]));
  const completedMs = (await readManifest(fs, to))?.completedMs ?? 0;
  const restored: string[] = [];
  for (const path of files) {
    const file = promised.get(path);
    if (file === undefined || fresh.get(path) !== file.sha256) continue;
    const [source, target] = [from, to].map((root) => fs.path.join(root, ...path.split("/"))) as [AbsPath, AbsPath];
    const bytecodeMs = await timeInBytecode(fs, target, { sizeBytes: file.sizeBytes, latestMs: completedMs });
    await fs.setTimes(source, bytecodeMs ?? completedMs);
    await fs.makeDir(fs.path.directory(target));
    await fs.rename(source, target);
    restored.push(path);
  }
  return restored;
}

/**
 * The time of the source that its bytecode was made from (PEP 552): with that time the bytecode is valid again, here and in
 * every tree that has a link to it.
 */
async function timeInBytecode(
  fs: Fs,
  source: AbsPath,
  { sizeBytes, latestMs }: { readonly sizeBytes: number; readonly latestMs: number },
): Promise<number | undefined> {
  const name = fs.path.name(source);
  if (!name.endsWith(".py")) return undefined;
  const cache = fs.path.join(fs.path.directory(source), "__pycache__");
  for (const entry of (await fs.list(cache)) ?? []) {
    if (!entry.name.startsWith(`${name.slice(0, -2)}`) || !entry.name.endsWith(".pyc")) continue;
    const head = Buffer.from(await fs.readRange(fs.path.join(cache, entry.name), 0, 16));
    if (head.length < 16 || head.readUInt32LE(4) !== 0 || head.readUInt32LE(12) !== sizeBytes) continue;
    const madeMs = head.readUInt32LE(8) * 1_000;
    if (madeMs <= latestMs) return madeMs;
  }
  return undefined;
}
