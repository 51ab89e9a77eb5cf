import type { AbsPath } from "../base/index.ts";
import { hasCode } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";

type KeyIo = Pick<Ports, "fs" | "system">;

/** Files whose content (Linux) or time (elsewhere) changes when the operating system does. */
const witnesses = {
  linux: { read: ["/proc/sys/kernel/osrelease", "/proc/sys/kernel/version"], times: [] },
  macos: { read: [], times: ["/System/Library/CoreServices/SystemVersion.plist"] },
  windows: { read: [], times: ["C:\\Windows\\System32\\ntoskrnl.exe"] },
} as const;

/**
 * Says on which machine an answer holds. One home directory is seen by several hosts and containers, whose kernel and
 * C library differ while the interpreter's file is the same; both are part of the answer.
 */
export async function machineKey({ fs, system }: KeyIo): Promise<string> {
  const { read, times } = witnesses[system.os];
  const libc = system.libc === undefined ? "" : `${system.libc.kind} ${system.libc.version}`;
  const texts = await Promise.all(read.map((path) => textOf(fs, path as AbsPath)));
  const infos = await Promise.all(times.map((path) => fs.info(path as AbsPath)));
  return [system.os, system.machine, libc, ...texts, ...infos.map((info) => String(info?.modifiedMs))].join("\n");
}

async function textOf(fs: KeyIo["fs"], path: AbsPath): Promise<string> {
  try {
    return await fs.readText(path);
  } catch (error) {
    if (hasCode(error, "ENOENT", "EACCES")) return "";
    throw error;
  }
}
