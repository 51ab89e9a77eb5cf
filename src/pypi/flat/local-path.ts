import { fileURLToPath } from "node:url";
import type { AbsPath, SafeUrl } from "../../base/index.ts";
import type { Fs } from "../../ports/index.ts";
import { placeUnreadable } from "../errors.ts";

/** The path that a `file:` address names on the disk of `fs`. Throws `FILE_UNREADABLE` for one that names none. */
export function localPath(fs: Pick<Fs, "path">, url: SafeUrl): AbsPath {
  try {
    return fileURLToPath(url.reveal(), { windows: fs.path.kind === "windows" }) as AbsPath;
  } catch (cause) {
    throw placeUnreadable(url, cause);
  }
}
