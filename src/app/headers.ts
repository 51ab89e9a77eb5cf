import { fileURLToPath } from "node:url";
import { hasCode, printable, VenvoyError } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";
import { readHeader, type ScriptHeader } from "../script/index.ts";
import { pathFrom } from "./context.ts";

/**
 * A script, or its text. A string is a path unless it holds a line break; `{ text }` says that it is text whatever it
 * holds. Bytes are those of the file.
 */
export type HeaderSource = string | URL | Uint8Array | { readonly text: string };

/** Reads the header of a script. Throws `FILE_UNREADABLE`; what is wrong in the header is in its `problems`. */
export async function headerOf(io: Pick<Ports, "fs" | "system">, source: HeaderSource): Promise<ScriptHeader> {
  if (source instanceof Uint8Array) return readHeader(source);
  if (typeof source === "object" && "text" in source) return readHeader(source.text);
  if (typeof source === "string" && /[\r\n]/.test(source)) return readHeader(source);
  const path = pathFrom(io, scriptPath(source));
  try {
    return readHeader(await io.fs.read(path));
  } catch (error) {
    const why = hasCode(error, "ENOENT", "ENOTDIR")
      ? "there is no such script"
      : hasCode(error, "EISDIR")
        ? "it is a directory"
        : "it can't be read";
    const message = `\`${printable(path, { newlines: false })}\`: ${why}`;
    throw new VenvoyError("FILE_UNREADABLE", message, { data: { file: path }, cause: error });
  }
}

/** The path that a `file:` address means; a path stays as it is. */
export function scriptPath(file: string | URL): string {
  return file instanceof URL ? fileURLToPath(file) : file;
}
