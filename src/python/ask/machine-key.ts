import type { AbsPath } from "../../base/index.ts";
import type { Ports } from "../../ports/index.ts";
import { look } from "../search/look.ts";

/** The dynamic loader comes with the C library and changes with it; asking the library itself costs far more. */
const loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-$machine.so.1", "/lib/ld-musl-$machine.so.1"];

/**
 * Says on which machine an answer holds. One home directory is seen by several hosts and containers, whose kernel and
 * C library differ while the interpreter's file is the same; both are part of the answer.
 */
export async function machineKey({ fs, system }: Pick<Ports, "fs" | "system">): Promise<string> {
  const parts: string[] = [system.os, system.machine, system.kernel];
  if (system.os !== "linux") return parts.join("\n");
  for (const loader of loaders) {
    const info = await look(fs).info(loader.replace("$machine", system.machine) as AbsPath);
    if (info !== undefined) parts.push(`${info.sizeBytes}:${info.modifiedMs}:${info.inode}`);
  }
  return parts.join("\n");
}
