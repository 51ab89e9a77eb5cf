import { bytecodeNames, isElf, isMachO, readElf, readElfRunPaths, readExeLauncher, readMachO } from "../codec/index.ts";
import { isAbsolutePath } from "./path-forms.ts";
import type { Place } from "./text-places.ts";
import { isSystemPath } from "./tree-facts.ts";

export type Format = "elf" | "mach-o" | "exe" | "pyc" | "binary" | "text";

const headBytes = 8_192;

export function formatOf(file: string, bytes: Buffer): Format {
  if (file.endsWith(".pyc") || file.endsWith(".pyo")) return "pyc";
  if (isElf(bytes)) return "elf";
  if (isMachO(bytes)) return "mach-o";
  if (bytes[0] === 0x4d && bytes[1] === 0x5a && /\.(?:exe|dll|pyd)$/i.test(file)) return "exe";
  return bytes.subarray(0, headBytes).includes(0) ? "binary" : "text";
}

/** Paths where a compiled format has them: search paths, loaders, launchers, names of sources. */
export async function placesInBinary(
  format: Format,
  bytes: Buffer,
  { isSourceless }: { readonly isSourceless: boolean },
): Promise<readonly Place[]> {
  switch (format) {
    case "elf":
      return elfPlaces(bytes);
    case "mach-o":
      return (readMachO(bytes)?.paths ?? [])
        .filter(({ text }) => isOwn(text))
        .map(({ command, text, offset, room }): Place => {
          // What a library calls itself counts when something is linked against it, not when it is loaded.
          const kind = command.endsWith("DYLINKER") ? "loader" : command === "LC_ID_DYLIB" ? "building" : "library";
          return { path: text, kind, where: command, from: offset, to: offset + room };
        });
    case "exe": {
      const launcher = readExeLauncher(bytes);
      if (launcher === undefined || !isAbsolutePath(launcher.python)) return [];
      const { python, offset } = launcher;
      const where = launcher.kind === "appended" ? "before its archive" : "in its trailer";
      return [{ path: python, kind: "launcher", where, from: offset, to: offset + Buffer.byteLength(python) }];
    }
    case "pyc":
      return bytecodeNames(bytes).map(({ text, offset }) => ({
        path: text,
        kind: isSourceless ? ("sourceless" as const) : ("bytecode" as const),
        where: "co_filename",
        from: offset,
        to: offset + Buffer.byteLength(text),
      }));
    case "binary":
    case "text":
      return [];
  }
}

async function elfPlaces(bytes: Buffer): Promise<readonly Place[]> {
  const readAt = async (offset: number, length: number): Promise<Uint8Array> =>
    bytes.subarray(offset, Math.min(bytes.length, offset + length));
  const places: Place[] = [];
  for (const { tag, text, offset } of await readElfRunPaths(readAt)) {
    let from = offset;
    for (const entry of text.split(":")) {
      const to = from + Buffer.byteLength(entry);
      if (isOwn(entry)) places.push({ path: entry, kind: "library", where: tag, from, to });
      from = to + 1;
    }
  }
  const facts = await readElf(readAt);
  for (const path of facts?.needed ?? []) {
    const from = bytes.indexOf(`${path}\0`);
    if (isOwn(path) && from >= 0)
      places.push({ path, kind: "library", where: "NEEDED", from, to: from + Buffer.byteLength(path) });
  }
  const loader = facts?.interpreter;
  if (loader !== undefined && isOwn(loader)) {
    const from = bytes.indexOf(`${loader}\0`);
    places.push({ path: loader, kind: "loader", where: "PT_INTERP", from, to: from + Buffer.byteLength(loader) });
  }
  return places;
}

function isOwn(path: string): boolean {
  return isAbsolutePath(path) && !isSystemPath(path);
}
