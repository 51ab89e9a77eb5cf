import type { AbsPath } from "../../base/index.ts";
import { type HostProfile, placesOf, plainPlace, type StartupFile } from "../../host/index.ts";
import type { Context } from "../context.ts";

/**
 * Where a program's startup file lies on this machine: below the newest directory that it has made for its settings. Rhino's
 * path files go into the root that its profile names. `undefined` when the program was never started here.
 */
export async function startupPlace(
  context: Context,
  file: StartupFile,
  facts: { readonly python: string; readonly label: string; readonly profile: HostProfile | undefined },
): Promise<AbsPath | undefined> {
  const { fs, system } = context;
  const { python, label, profile } = facts;
  const patterns = file.above[system.os] ?? [];
  const name = file.file.replace("{python}", python);
  if (file.language === "path") {
    // One file for each environment: paths are all that it may hold, so nothing can say whose lines they are.
    const plain = label
      .replace(/[^A-Za-z0-9._-]+/g, "_")
      .replace(/^_/, "")
      .slice(-100);
    const own = name.replace(/_venvoy\.pth$/, `_venvoy-${plain}.pth`);
    const root = profile?.pathDirs.at(-1);
    if (root !== undefined) return fs.path.join(root, own.slice(own.lastIndexOf("/") + 1));
    return plainPlace(context, `~/${own}`);
  }
  const [above] = await placesOf(context, patterns);
  return above === undefined ? undefined : fs.path.join(above, ...name.split("/"));
}
