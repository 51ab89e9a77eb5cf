import { type AbsPath, mapLimit } from "../base/index.ts";
import { type ElfFacts, readElf } from "../codec/index.ts";
import type { NativeFile } from "../native/index.ts";
import type { Fs } from "../ports/index.ts";
import type { PlacedFile } from "./place-entries.ts";

const library = /\.(?:so(?:\.[0-9.]+)?|dylib|pyd|dll)$/i;

/** True for a file that is named like a compiled library, of whatever system. */
export function isLibrary(path: string): boolean {
  return library.test(path);
}

/** Files that are open at once. */
const reads = 8;

export interface Binary {
  readonly file: PlacedFile;
  /** `undefined` for what is no ELF file. */
  readonly elf: ElfFacts | undefined;
}

/** Reads the head of every compiled library and program of an unpacked wheel, each once. */
export function readBinaries(fs: Fs, root: AbsPath, files: readonly PlacedFile[]): Promise<readonly Binary[]> {
  const binaries = files.filter((file) => isLibrary(file.path) || isBareProgram(file));
  return mapLimit(binaries, reads, async (file) => {
    const path = fs.path.join(root, file.section, ...file.path.split("/"));
    return { file, elf: await readElf((offset, length) => fs.readRange(path, offset, length)) };
  });
}

/** Executable and without an extension: perhaps a compiled program with libraries of its own. */
function isBareProgram({ entry, section, path }: PlacedFile): boolean {
  return (section === "scripts" || ((entry.mode ?? 0) & 0o111) !== 0) && !/\.[A-Za-z]+$/.test(path);
}

/** Those of them that are ELF files, as the wheel names them. */
export function nativeFiles(binaries: readonly Binary[]): NativeFile[] {
  return binaries.flatMap(({ file, elf }) => (elf === undefined ? [] : [{ path: file.entry.name, elf }]));
}
