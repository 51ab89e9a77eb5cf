import type { AbsPath } from "../base/index.ts";
import { archivePathInvalid } from "./errors.ts";
import { posixPaths, windowsPaths } from "./path-style.ts";

/** Longest name that ext4, APFS and NTFS hold (bytes; NTFS counts units, which are never more). */
const longestSegmentBytes = 255;
/** A tree that has longer paths can't be opened below an ordinary home directory (PATH_MAX is 4,096). */
const longestPathBytes = 2_048;
/** Characters that look like `/` or `\`: a person who reviews the list of files would see a directory. */
const lookalikeSeparators = /[\u2044\u2215\u2216\u29f5\u29f8\u29f9\ufe68\uff0f\uff3c]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlCharacters = /[\u0000-\u001f\u007f]/;
const loneSurrogates = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
/** The plain names that nearly all archives consist of; they need none of the slower questions. */
const plainPath = /^(?:[A-Za-z0-9_][A-Za-z0-9_.+-]*\/)*[A-Za-z0-9_](?:[A-Za-z0-9_.+-]*[A-Za-z0-9_+-])?$/;

export interface ArchivePathRules {
  /** Also refuse what Windows can't hold or reads as something else. */
  readonly windows?: boolean;
}

/**
 * Checks the name of an archive entry, and returns it without the `/` that ends a directory's. Throws `ARCHIVE_INVALID`
 * for a name that is empty, absolute, has a drive letter, `..`, `.` or empty segments, backslashes, control characters,
 * look-alikes of separators, or is too long. Such names are refused, not repaired: two readers would repair them differently.
 */
export function checkArchivePath(entry: string, { windows = false }: ArchivePathRules = {}): string {
  const path = entry.endsWith("/") ? entry.slice(0, -1) : entry;
  if (!windows && path.length <= longestSegmentBytes && plainPath.test(path)) return path;
  const reason = wholeReason(path) ?? segmentReason(path.split("/"), windows);
  if (reason !== undefined) throw archivePathInvalid(entry, reason);
  return path;
}

function wholeReason(path: string): string | undefined {
  if (path === "") return "has no name";
  if (path.includes("\0")) return "holds a zero byte";
  if (path.startsWith("/")) return "is an absolute path";
  if (path.includes("\\")) return "holds a backslash";
  if (controlCharacters.test(path)) return "holds a control character";
  if (lookalikeSeparators.test(path)) return "holds a character that looks like a path separator";
  if (loneSurrogates.test(path)) return "is not valid Unicode";
  if (Buffer.byteLength(path) > longestPathBytes) return `is longer than ${longestPathBytes} bytes`;
  return undefined;
}

function segmentReason(segments: readonly string[], windows: boolean): string | undefined {
  for (const segment of segments) {
    if (segment === "..") return "leaves its directory";
    if (segment === "" || segment === ".") return "has an empty path segment";
    if (/^[A-Za-z]:$/.test(segment) || (segment === segments[0] && /^[A-Za-z]:/.test(segment))) {
      return "names a Windows drive";
    }
    if (Buffer.byteLength(segment) > longestSegmentBytes) return `has a name longer than ${longestSegmentBytes} bytes`;
    const reason = windows ? windowsReason(segment) : undefined;
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function windowsReason(segment: string): string | undefined {
  if (/[. ]$/.test(segment)) return "ends with a dot or a blank, which Windows drops";
  if (segment.includes(":")) return "names an alternate data stream of Windows";
  if (/[<>"|?*]/.test(segment)) return "holds a character that Windows doesn't allow";
  if (isWindowsDevice(segment)) return "is the name of a Windows device";
  return undefined;
}

/** `con`, `NUL.txt`, `com1` …: Windows opens a device, whatever the directory and the extension. */
export function isWindowsDevice(segment: string): boolean {
  return /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])[. ]*(?:[.:].*)?$/i.test(segment);
}

/** `root` joined with an archive entry that `checkArchivePath` accepts. The style of `root` decides the rules. */
export function safeJoin(root: AbsPath, entry: string): AbsPath {
  const style = root.startsWith("/") ? posixPaths : windowsPaths;
  const path = checkArchivePath(entry, { windows: style.kind === "windows" });
  return style.join(root, path);
}
