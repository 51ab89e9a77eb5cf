import { type AbsPath, hasCode } from "../base/index.ts";
import { type Artifact, readArtifactTree, readStoredFiles, type Section } from "../store/index.ts";
import { sectionTarget } from "../wheel/index.ts";
import type { EnvIo } from "./env-io.ts";
import { inspectTree, placesOf } from "./inspect.ts";
import { readReceipt } from "./receipt.ts";

/**
 * What another tool had copied into a tree lies in the store now, too: where both are the same byte for byte, the tree
 * gets a link to the store's file. Its packages stay exactly what they were, and three environments hold one copy.
 */
export async function shareCopies(io: EnvIo, tree: AbsPath, artifacts: readonly Artifact[]): Promise<void> {
  if ((await readReceipt(io.fs, tree))?.linkMode !== "hardlink") return;
  const { added, changed } = await inspectTree(io, tree);
  const byHand = new Map([...added, ...changed.map((one) => one.to)].map((one) => [one.name, one.version]));
  for (const artifact of artifacts) {
    if (byHand.get(artifact.name) === artifact.version) await shareOne(io, tree, artifact);
  }
}

async function shareOne(io: EnvIo, tree: AbsPath, artifact: Artifact): Promise<void> {
  const { fs } = io;
  const targets = sectionTarget(fs.path, { ...(await placesOf(io, tree)), data: tree }, artifact);
  const content = await readArtifactTree(fs, artifact);
  // Programs and the marks of the installation are every tree's own.
  const paths = new Set(content.site.files.filter((path) => !path.startsWith(`${artifact.distInfo}/`)));
  const files = (await readStoredFiles(fs, artifact.root)).flatMap((file) => {
    const slash = file.path.indexOf("/");
    const section = file.path.slice(0, slash) as Section;
    const inside = file.path.slice(slash + 1);
    if (section === "scripts" || (section === "site" && !paths.has(inside)) || file.sizeBytes === 0) return [];
    const digest = Buffer.from(file.sha256, "base64url").toString("hex");
    return [{ stored: file.path, at: fs.path.join(targets[section], ...inside.split("/")), digest }];
  });
  const digests = await fs.digests(files.map((file) => file.at));
  for (const [index, { stored, at, digest }] of files.entries()) {
    if (digests[index] !== digest) continue;
    await linkStored(io, fs.path.join(artifact.root, ...stored.split("/")), at).catch((error: unknown) => {
      // Another disk, as many links as a file can have, or gone meanwhile: the copy is as good.
      if (!hasCode(error, "EXDEV", "EMLINK", "ENOENT", "EPERM", "EACCES")) throw error;
    });
  }
}

/** Replaces a file with a link to a stored one, in one step: a program that reads it meanwhile reads the one or the other. */
export async function linkStored({ fs, system }: EnvIo, stored: AbsPath, at: AbsPath): Promise<void> {
  const temporary = fs.path.join(fs.path.directory(at), `~venvoy-${Buffer.from(system.random(6)).toString("hex")}`);
  await fs.hardLink(stored, temporary);
  try {
    await fs.rename(temporary, at);
  } finally {
    await fs.remove(temporary);
  }
}
