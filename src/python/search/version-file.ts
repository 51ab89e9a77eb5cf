import type { AbsPath } from "../../base/index.ts";
import type { Ports } from "../../ports/index.ts";
import { look } from "./look.ts";

export interface VersionFile {
  readonly path: AbsPath;
  /** One per line: the first is the one wanted, the others may be wanted by tools that test with several. */
  readonly versions: readonly string[];
}

/** The nearest `.python-version` in `from` or above. One with nothing in it counts as absent, as with pyenv. */
export async function readVersionFile({ fs }: Pick<Ports, "fs">, from: AbsPath): Promise<VersionFile | undefined> {
  for (let directory = from; ; ) {
    const path = fs.path.join(directory, ".python-version");
    const versions = await versionsIn({ fs }, path);
    if (versions !== undefined && versions.length > 0) return { path, versions };
    const parent = fs.path.directory(directory);
    if (parent === directory) return undefined;
    directory = parent;
  }
}

/** One version per line or per blank; `#` starts a comment. */
export async function versionsIn({ fs }: Pick<Ports, "fs">, path: AbsPath): Promise<readonly string[] | undefined> {
  const text = await look(fs).text(path);
  return text
    ?.split(/\r?\n/)
    .map((line) => line.replace(/#.*$/, ""))
    .flatMap((line) => line.split(/\s+/))
    .filter((word) => word !== "");
}
