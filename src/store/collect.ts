import { type AbsPath, parseSha256, type Sha256 } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";
import { type Artifact, artifactOf, manifestFile } from "./artifact.ts";
import { ignoreReadOnly, readManifest } from "./trust.ts";

export interface CollectOptions {
  /** One hour when left out: operations that run now have found what they go on to link. */
  readonly graceMs?: number;
}

export const defaultGraceMs = 3_600_000;

type Io = Pick<Ports, "fs" | "clock">;

/** Marks an artifact as needed now; a store that belongs to somebody else is not collected by us, and needs no mark. */
export async function holdArtifact(
  { fs, clock }: Io,
  { root }: Pick<Artifact, "root">,
  /** When it was marked last; left out: not known. */
  markedMs = 0,
): Promise<void> {
  const nowMs = clock.now();
  if (nowMs - markedMs > defaultGraceMs / 4)
    await fs.setTimes(fs.path.join(root, manifestFile), nowMs).catch(ignoreReadOnly);
}

/** What is neither kept nor was unpacked or held within the time of grace; half ones of crashes, too. */
export async function unneededArtifacts(
  io: Io,
  roots: ReadonlyMap<Sha256, AbsPath>,
  keep: ReadonlySet<Sha256>,
  { graceMs = defaultGraceMs }: CollectOptions = {},
): Promise<readonly { readonly sha256: Sha256; readonly root: AbsPath; readonly artifact: Artifact | undefined }[]> {
  const { fs, clock } = io;
  const found = [];
  for (const [sha256, root] of roots) {
    if (keep.has(sha256)) continue;
    const manifest = await readManifest(fs, root);
    const held = await fs.linkInfo(manifest === undefined ? root : fs.path.join(root, manifestFile));
    if (held === undefined || clock.now() - held.modifiedMs < graceMs) continue;
    found.push({ sha256, root, artifact: manifest === undefined ? undefined : artifactOf(manifest, root) });
  }
  return found;
}

export function digestsAmong(names: Iterable<string>): Sha256[] {
  return [...names].flatMap((name) => (/^[0-9a-f]{64}$/.test(name) ? [parseSha256(name)] : []));
}
