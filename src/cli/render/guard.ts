import type { HostModuleReport, HostUseReport } from "../../app/index.ts";
import { printable } from "../../base/index.ts";

/** One directory a line, in the order of `sys.path`: for a shell that wants nothing else. */
export function hostUseText({ folders, paths }: HostUseReport): string {
  return [...folders, ...paths].map((path) => printable(path)).join("\n");
}

export function hostModuleText({ directory }: HostModuleReport): string {
  return printable(directory);
}
