import type { ExtraFile } from "../env/index.ts";
import type { Context } from "./context.ts";
import { interpreterFor } from "./solve.ts";

/** The id that hosts use for packages which every script sees. */
const sharedId = "site-packages";

/**
 * `site-packages` means one environment under all others of a Python: `site-packages-3.11` for every 3.11. Other names
 * stay as they are. The Python is the one that is asked for, else the machine's.
 */
export async function withSharedName(
  context: Context,
  name: string,
  { python, signal }: { readonly python?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  if (name.toLowerCase() !== sharedId) return name;
  const { version } = await interpreterFor(context, python, signal);
  return `${sharedId}-${version.split(".").slice(0, 2).join(".")}`;
}

/** Where a tree lies, which says how it leads to the others. */
export type TreePlace = "named" | "script" | "directory";

/**
 * What puts the shared environment of the same Python last on `sys.path`. It leads there relative to the tree, so that
 * the whole data directory can move; where there is no shared environment, a start of Python pays one look at the disk.
 */
export function sharedPath(context: Pick<Context, "layout" | "system">, place: TreePlace): readonly ExtraFile[] {
  const isWindows = context.system.os === "windows";
  // From site-packages to the tree's root: Lib/site-packages, lib/python3.11/site-packages.
  const toRoot = isWindows ? 2 : 3;
  // From the root to the data directory: envs/NAME/generations/1, scripts/KEY.
  const toData = { named: 4, script: 2, directory: 0 }[place];
  // Windows takes `..` away before it follows a junction; elsewhere the system does both in order.
  const here = isWindows ? "os.path.realpath(sitedir)" : "sitedir";
  const shared = `${sharedId}-%d.%d`;
  const envs =
    place === "directory"
      ? JSON.stringify(`${context.layout.envs.replaceAll("%", "%%")}/${shared}`)
      : `${here} + "${"/..".repeat(toRoot + toData)}/envs/${shared}"`;
  const line = `import os, sys; b = ${envs} % sys.version_info[:2]; os.path.isdir(b) and __import__("_venvoy_shared").add(sitedir, b, ${toRoot})`;
  return [
    { path: "zz_venvoy_shared.pth", text: `${line}\n` },
    { path: "_venvoy_shared.py", text: sharedProgram },
  ];
}

const sharedProgram = `"""Puts the packages that all environments of this Python share last on sys.path."""

import os
import sys


def add(site, base, depth):
    site = os.path.realpath(site)
    root = os.path.realpath(os.path.join(site, *[".."] * depth))
    shared = os.path.join(os.path.realpath(base), os.path.relpath(site, root))
    if shared != site and os.path.isdir(shared) and shared not in sys.path:
        sys.path.append(shared)
`;
