import { createHash } from "node:crypto";
import type { RecordEntry } from "../pep/index.ts";
import type { Fs } from "../ports/index.ts";
import { type Artifact, readStoredFiles, recordOf } from "../store/index.ts";
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
  if (artifact.sections.length === 0) return false;
  // The store's RECORD has the ways of a Unix environment.
  const { scripts, data } = recordScheme(fs.path, tree, artifact);
  return scripts !== "../../../bin/" || data !== "../../../";
}

/** Writes the tree's own files into `.dist-info`, which has no RECORD yet. */
export async function writeOwnFiles(fs: Fs, tree: TreePaths, artifact: Artifact, facts: OwnFacts): Promise<void> {
  const { distInfo, root } = artifact;
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
  const stored = await readStoredFiles(fs, root);
  const files = tree.noScripts === true ? stored.filter(({ path }) => !path.startsWith("scripts/")) : stored;
  const record = recordOf(files, { distInfo, scheme: recordScheme(fs.path, tree, artifact), more });
  await fs.write(fs.path.join(tree.sitePackages, distInfo, "RECORD"), record);
}
