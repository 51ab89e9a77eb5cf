import { type AbsPath, VenvoyError } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import { publishDir, withStage } from "../../disk/index.ts";
import { type Context, pathFrom } from "../context.ts";
import type { OperationOptions } from "../requests.ts";
import { moduleFiles } from "./module-files.ts";

export interface HostModuleRequest extends OperationOptions {
  /** A directory of the host's own; `venvoy/` in it is replaced when venvoy wrote it. */
  readonly to?: string;
}

export interface HostModuleReport {
  /** For `sys.path`: `import venvoy` works from there. */
  readonly directory: AbsPath;
  /** The package itself. */
  readonly package: AbsPath;
  /** `false`: it stood there already, the same. */
  readonly changed: boolean;
}

/** The file that says which edition stands there; without it the directory is somebody else's. */
const mark = ".venvoy-module";

/**
 * Puts the Python module for hosts where a host can import it: into a directory of venvoy's own, which is the same as
 * long as the module is, or into `to`. Throws `FILE_EXISTS` when a `venvoy` that venvoy didn't write is in the way.
 */
export async function hostModule(context: Context, { to }: HostModuleRequest = {}): Promise<HostModuleReport> {
  const { fs, layout } = context;
  const edition = editionOf();
  const directory = to === undefined ? fs.path.join(layout.data, "host-module", edition) : pathFrom(context, to);
  const target = fs.path.join(directory, "venvoy");
  const there = await editionAt(context, target);
  const report = { directory, package: target };
  if (there === edition) return { ...report, changed: false };
  if (there === undefined && (await fs.linkInfo(target)) !== undefined) throw foreign(target);
  await fs.makeDir(directory);
  // Staged beside its place, which may be on any disk: a kill leaves the old one, none, or the new one.
  await withStage(context, directory, "venvoy", async (stage) => {
    for (const [path, text] of Object.entries(moduleFiles))
      await fs.write(fs.path.join(stage, path.slice("venvoy/".length)), text);
    await fs.write(fs.path.join(stage, mark), `${edition}\n`);
    if (there !== undefined) await fs.remove(target);
    await publishDir(fs, stage, target);
  });
  return { ...report, changed: true };
}

function editionOf(): string {
  return createHash("sha256").update(JSON.stringify(moduleFiles)).digest("hex").slice(0, 16);
}

async function editionAt({ fs }: Context, target: AbsPath): Promise<string | undefined> {
  const file = fs.path.join(target, mark);
  return (await fs.info(file))?.kind === "file" ? (await fs.readText(file)).trim() : undefined;
}

function foreign(target: AbsPath): VenvoyError {
  return new VenvoyError("FILE_EXISTS", `\`${target}\` is there already, and venvoy didn't write it`, {
    hint: "venvoy host module --to another directory",
    data: { path: target },
  });
}
