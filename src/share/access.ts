import type { AbsPath } from "../base/index.ts";
import { randomTag, type ShareIo } from "./share-io.ts";

/**
 * How open everything in a publication is: as its own directory. Who may look into that reads all of it, whatever the publisher's umask
 * says; a group that may write there may publish.
 */
export async function modeOf({ fs }: Pick<ShareIo, "fs">, root: AbsPath): Promise<number> {
  const info = await fs.info(root);
  return ((info?.mode ?? 0o755) & 0o775) | 0o700;
}

/** Makes a directory as open as the publication's own, whatever this person's umask says. */
export async function makeDirLike({ fs }: Pick<ShareIo, "fs">, path: AbsPath, mode: number): Promise<void> {
  if ((await fs.info(path)) !== undefined) return;
  await fs.makeDir(path);
  const made = await fs.info(path);
  if (made !== undefined && (made.mode & mode) !== mode) await fs.setMode(path, (made.mode & 0o7000) | mode);
}

/** What a file below a directory of this mode may be: read by whom the directory lets in, written by nobody but its owner. */
export function fileMode(directoryMode: number, executable: boolean): number {
  return directoryMode & (executable ? 0o755 : 0o644);
}

const chunkBytes = 1 << 20;

/** A text, or the file that holds the bytes. */
export type Content = { readonly text: string } | { readonly file: AbsPath };

/**
 * Writes a file under another name beside its place, gives it its mode whatever the umask says, makes it durable, and renames it: readers
 * have the old bytes or the new ones, and may read them from the first instant on.
 */
export async function writeOpenly(
  { fs, system }: Pick<ShareIo, "fs" | "system">,
  to: AbsPath,
  content: Content,
  mode: number,
): Promise<void> {
  const staged = fs.path.join(fs.path.directory(to), `.tmp-${randomTag({ system })}`);
  try {
    await fs.write(staged, "", { mode });
    const made = await fs.linkInfo(staged);
    if (made !== undefined && (made.mode & 0o777) !== mode) await fs.setMode(staged, mode);
    await fill(fs, staged, content);
    await fs.rename(staged, to);
  } catch (error) {
    await fs.remove(staged).catch(() => {});
    throw error;
  }
}

async function fill(fs: ShareIo["fs"], path: AbsPath, content: Content): Promise<void> {
  await using writer = await fs.openWriter(path, { append: true });
  if ("text" in content) await writer.write(new TextEncoder().encode(content.text));
  else {
    const sizeBytes = (await fs.info(content.file))?.sizeBytes ?? 0;
    if (sizeBytes <= chunkBytes) await writer.write(await fs.read(content.file));
    else {
      for (let offset = 0; offset < sizeBytes; offset += chunkBytes) {
        await writer.write(await fs.readRange(content.file, offset, Math.min(chunkBytes, sizeBytes - offset)));
      }
    }
  }
  await writer.close();
}
