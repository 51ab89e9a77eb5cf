import { type AbsPath, hasCode, printable, VenvoyError } from "../base/index.ts";
import { isOtherLock } from "../exchange/index.ts";
import { type Context, shownPath } from "./context.ts";

/** `pylock.toml` and `pylock.NAME.toml` are lock files by their name (PEP 751), and so are those of other tools. */
export function isLockFile(context: Pick<Context, "fs">, path: AbsPath): boolean {
  const name = context.fs.path.name(path);
  return /^pylock(\.[^.]+)?\.toml$/.test(name) || isOtherLock(name);
}

/** Throws `FILE_UNREADABLE` with the system's reason. */
export async function readTextFile(context: Pick<Context, "fs" | "system">, file: AbsPath): Promise<string> {
  try {
    return decodeText(await context.fs.read(file));
  } catch (error) {
    const why = hasCode(error, "ENOENT", "ENOTDIR")
      ? "there is no such file"
      : hasCode(error, "EISDIR")
        ? "it is a directory"
        : "it can't be read";
    throw new VenvoyError(
      "FILE_UNREADABLE",
      `\`${printable(shownPath(context, file), { newlines: false })}\`: ${why}`,
      { data: { file }, cause: error },
    );
  }
}

/** UTF-8, or what PowerShell's `>` writes: UTF-16 with a mark in front. */
function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder().decode(bytes);
}
