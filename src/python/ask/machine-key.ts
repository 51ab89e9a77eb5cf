import type { AbsPath } from "../../base/index.ts";
import type { FileInfo, Ports } from "../../ports/index.ts";
import { look } from "../search/look.ts";

type KeyIo = Pick<Ports, "fs" | "system">;

/** Files whose text or identity changes when the operating system or its C library does. */
const witnesses: Readonly<
  Record<Ports["system"]["os"], { readonly texts: readonly string[]; readonly files: readonly string[] }>
> = {
  linux: {
    texts: ["/proc/sys/kernel/osrelease", "/proc/sys/kernel/version"],
    files: ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-$machine.so.1", "/lib/ld-musl-$machine.so.1"],
  },
  macos: { texts: [], files: ["/System/Library/CoreServices/SystemVersion.plist"] },
  windows: { texts: [], files: ["C:\\Windows\\System32\\ntoskrnl.exe"] },
};

const known = new WeakMap<Ports["system"], Promise<string>>();

/**
 * Says on which machine an answer holds. One home directory is seen by several hosts and containers, whose kernel and
 * C library differ while the interpreter's file is the same; both are part of the answer.
 */
export function machineKey(io: KeyIo): Promise<string> {
  const found = known.get(io.system);
  if (found !== undefined) return found;
  const made = readKey(io);
  known.set(io.system, made);
  return made;
}

async function readKey({ fs, system }: KeyIo): Promise<string> {
  const { texts, files } = witnesses[system.os];
  const parts: string[] = [system.os, system.machine];
  for (const path of texts) parts.push((await look(fs).text(path as AbsPath)) ?? "");
  for (const path of files) {
    parts.push(identityOf(await look(fs).info(path.replace("$machine", system.machine) as AbsPath)));
  }
  return parts.join("\n");
}

function identityOf(info: FileInfo | undefined): string {
  return info === undefined ? "" : `${info.sizeBytes}:${info.modifiedMs}:${info.inode}`;
}
