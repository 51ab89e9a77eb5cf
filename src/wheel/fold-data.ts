import type { ArtifactTree, SectionFiles } from "../store/index.ts";
import type { LinkContext, LinkJob } from "./link-artifacts.ts";
import { planSection } from "./link-whole.ts";
import { placeLink } from "./ready-links.ts";
import { linkText } from "./tree-paths.ts";

/** One package with files outside site-packages. */
export interface DataPart {
  readonly job: LinkJob;
  readonly tree: ArtifactTree;
}

/**
 * Programs write into directories like `share/jupyter/lab`, which belong to nobody alone. What lies further down
 * (`share/jupyter/lab/schemas` with its hundreds of directories) is one package's own.
 */
const shallowestFold = 4;

/** Links the data of all packages: what lies deep and is one package's own as one link. Returns how many of those. */
export async function foldData(context: LinkContext, parts: readonly DataPart[]): Promise<number> {
  const owners = new Map<string, number>();
  for (const { tree } of parts) {
    for (const directory of tree.data.directories) owners.set(directory, (owners.get(directory) ?? 0) + 1);
  }
  let links = 0;
  for (const { job, tree } of parts) {
    const folded = new Set(foldable(tree.data, owners));
    for (const directory of folded) await linkOne(context, job, directory);
    links += folded.size;
    const isReal = (path: string): boolean => !ancestors(path).some((above) => folded.has(above));
    const directories = tree.data.directories.filter((path) => !folded.has(path) && isReal(path));
    planSection(context, job, { section: "data", files: { directories, files: tree.data.files.filter(isReal) } });
  }
  return links;
}

/** The topmost directories that may be one link. */
function foldable({ directories }: SectionFiles, owners: ReadonlyMap<string, number>): string[] {
  const found = new Set<string>();
  for (const directory of directories) {
    const isDeep = directory.split("/").length >= shallowestFold;
    if (!isDeep || owners.get(directory) !== 1 || ancestors(directory).some((above) => found.has(above))) continue;
    found.add(directory);
  }
  return [...found];
}

async function linkOne({ io, tree }: LinkContext, { artifact }: LinkJob, directory: string): Promise<void> {
  const { fs } = io;
  const parts = directory.split("/");
  const at = fs.path.join(tree.data, ...parts);
  const target = fs.path.join(artifact.root, "data", ...parts);
  await fs.makeDir(fs.path.directory(at));
  await placeLink(io, artifact, { at, text: linkText(fs.path, tree, { at, target }), kind: "directory" });
}

function ancestors(path: string): string[] {
  const found: string[] = [];
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) found.push(path.slice(0, at));
  return found;
}
