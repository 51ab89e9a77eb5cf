import { pathToFileURL } from "node:url";
import { type AbsPath, SafeUrl } from "../base/index.ts";
import type { Fs, System } from "../ports/index.ts";
import { valueInvalid } from "./errors.ts";

type Io = { readonly fs: Pick<Fs, "path">; readonly system: Pick<System, "cwd" | "home"> };

/** An address, or a path that becomes a `file:` address; `~` is the home directory. Throws `CONFIG_INVALID`. */
export function placeOf(io: Io, key: string, value: { readonly text: string; readonly from: string }): SafeUrl {
  const text = value.text.trim();
  try {
    // A single letter before the colon is a drive.
    if (/^[a-z][a-z0-9+.-]+:/i.test(text)) return webOrFile(SafeUrl.parse(text));
    if (text !== "") return fileUrl(io, pathOf(io, text));
  } catch {
    // Told below, with the place where it was written.
  }
  throw valueInvalid(key, { text, from: value.from, wanted: "an address or a path" });
}

function webOrFile(url: SafeUrl): SafeUrl {
  if (!/^(?:https?|file):/.test(url.toString())) throw new TypeError("another scheme");
  return url;
}

export function pathOf({ fs, system }: Io, text: string): AbsPath {
  if (text === "~") return system.home;
  if (/^~[/\\]/.test(text)) return fs.path.join(system.home, text.slice(2));
  return fs.path.resolve(system.cwd, text);
}

function fileUrl({ fs }: Io, path: AbsPath): SafeUrl {
  return SafeUrl.parse(pathToFileURL(path, { windows: fs.path.kind === "windows" }).href);
}
