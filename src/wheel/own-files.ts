import { createHash } from "../codec/index.ts";
import { formatRecord, type RecordEntry } from "../pep/index.ts";
import type { Fs } from "../ports/index.ts";
import { type Artifact, readStoredFiles, readStoredRecord, recordOf } from "../store/index.ts";
import { recordScheme, type TreePaths } from "./tree-paths.ts";

/** What a tree says about a package that the store can't know. */
export interface OwnFacts {
  /** Somebody asked for the package itself (PEP 376: REQUESTED). */
  readonly requested: boolean;
  /** The text of direct_url.json (PEP 610). */
  readonly directUrl: string | undefined;
}

/** True when the tree's `.dist-info` differs from the store's: marks of its own, or other ways in RECORD. */
export function needsOwnFiles(fs: Fs, tree: TreePaths, artifact: Artifact, facts: OwnFacts): boolean {
  if (facts.requested || facts.directUrl !== undefined || artifact.sections.includes("headers")) return true;
  return artifact.sections.length > 0 && !hasStandardWays(fs, tree, artifact);
}

/** The store's RECORD has the ways of a Unix environment. */
function hasStandardWays(fs: Fs, tree: TreePaths, artifact: Artifact): boolean {
  const { scripts, data } = recordScheme(fs.path, tree, artifact);
  return scripts === "../../../bin/" && data === "../../../";
}

/** Writes the tree's own files into `.dist-info`, which has no RECORD yet. */
export async function writeOwnFiles(fs: Fs, tree: TreePaths, artifact: Artifact, facts: OwnFacts): Promise<void> {
  const { distInfo } = artifact;
  const more: RecordEntry[] = [];
  await fs.makeDir(fs.path.join(tree.sitePackages, distInfo));
  const put = async (name: string, text: string): Promise<void> => {
    await fs.write(fs.path.join(tree.sitePackages, distInfo, name), text);
    const digest = createHash("sha256").update(text).digest("base64url");
    more.push({
      path: `${distInfo}/${name}`,
      hash: { algorithm: "sha256", digest },
      sizeBytes: Buffer.byteLength(text),
    });
  };
  if (facts.requested) await put("REQUESTED", "");
  if (facts.directUrl !== undefined) await put("direct_url.json", facts.directUrl);
  const record = (await extendedRecord(fs, tree, artifact, more)) ?? (await newRecord(fs, tree, artifact, more));
  await fs.write(fs.path.join(tree.sitePackages, distInfo, "RECORD"), record);
}

/** The store's RECORD with these lines as well, where the tree's differs in nothing else. */
async function extendedRecord(
  fs: Fs,
  tree: TreePaths,
  artifact: Artifact,
  more: readonly RecordEntry[],
): Promise<Uint8Array | undefined> {
  const { distInfo, sections } = artifact;
  const isSame = tree.noScripts !== true && !sections.includes("headers") && hasStandardWays(fs, tree, artifact);
  const stored = isSame ? await readStoredRecord(fs, artifact) : undefined;
  const end = Buffer.from(formatRecord([{ path: `${distInfo}/RECORD` }]));
  if (stored === undefined || !end.equals(stored.subarray(-end.length))) return undefined;
  return Buffer.concat([stored.subarray(0, -end.length), Buffer.from(formatRecord(more)), end]);
}

async function newRecord(fs: Fs, tree: TreePaths, artifact: Artifact, more: readonly RecordEntry[]): Promise<string> {
  const { distInfo, root } = artifact;
  const stored = await readStoredFiles(fs, root);
  const files = tree.noScripts === true ? stored.filter(({ path }) => !path.startsWith("scripts/")) : stored;
  return recordOf(files, { distInfo, scheme: recordScheme(fs.path, tree, artifact), more });
}
