import { closeSync, openSync, readFileSync, readSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { System } from "../ports/index.ts";
import { childProcess } from "./builtins.ts";

/** Programs that every Linux has; which dynamic loader they name tells the C library of the system. */
const witnesses = ["/bin/sh", "/usr/bin/env", "/bin/ls"];

/** The C library of this Linux, read from its files: this process may be linked statically and know nothing of it. */
export function findLibc(): System["libc"] {
  for (const witness of witnesses) {
    const loader = loaderOf(witness);
    if (loader === undefined) continue;
    const version = loader.includes("ld-musl") ? muslVersion(loader) : glibcVersion(loader);
    if (version !== undefined) return { kind: loader.includes("ld-musl") ? "musl" : "glibc", version };
  }
  return undefined;
}

/** The PT_INTERP text of an ELF file of this machine's word size and order. */
function loaderOf(program: string): string | undefined {
  const head = headOf(program, 4_096);
  if (head === undefined || head.length < 64 || head.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const is64 = head[4] === 2;
  const little = head[5] === 1;
  const u16 = (at: number): number => (little ? head.readUInt16LE(at) : head.readUInt16BE(at));
  const u32 = (at: number): number => (little ? head.readUInt32LE(at) : head.readUInt32BE(at));
  // Offsets in a program's first page fit in 32 bits; the low half comes first in little-endian files only.
  const word = (at: number): number => (is64 && !little ? u32(at + 4) : u32(at));
  const tableAt = word(is64 ? 32 : 28);
  const entryBytes = u16(is64 ? 54 : 42);
  const entries = u16(is64 ? 56 : 44);
  for (let index = 0; index < entries; index++) {
    const at = tableAt + index * entryBytes;
    if (at + entryBytes > head.length) return undefined;
    if (u32(at) !== 3) continue;
    const textAt = word(at + (is64 ? 8 : 4));
    const length = word(at + (is64 ? 32 : 16));
    return head.toString("latin1", textAt, textAt + length).replace(/\0.*$/s, "");
  }
  return undefined;
}

function headOf(path: string, length: number): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, 0));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The library lies beside its loader and carries the line that it prints when it is run. */
function glibcVersion(loader: string): string | undefined {
  try {
    const library = readFileSync(join(dirname(realpathSync(loader)), "libc.so.6"));
    const at = library.indexOf("GNU C Library");
    if (at < 0) return undefined;
    return /version (\d+\.\d+)/.exec(library.toString("latin1", at, at + 200))?.[1];
  } catch {
    return undefined;
  }
}

function muslVersion(loader: string): string | undefined {
  const said = childProcess().spawnSync(loader, { encoding: "utf8", env: {} }).stderr;
  return /Version (\d+\.\d+)/.exec(said ?? "")?.[1];
}
