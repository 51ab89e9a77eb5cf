import { hasCode } from "../base/index.ts";
import { fileMode, modeOf, writeOpenly } from "./access.ts";
import type { PublicationForm } from "./form.ts";
import { markLeft } from "./leases.ts";
import { currentRelease, type Publication } from "./publication.ts";
import type { ReleaseRecord } from "./records.ts";
import type { ShareIo } from "./share-io.ts";

/**
 * Makes a release current, in one step for every launcher: `current.txt` is what they read, everywhere. The link `current` follows for
 * people and hosts that want a path. Does nothing but mend the link when the release is current already.
 */
export async function switchTo(
  io: ShareIo,
  publication: Publication,
  form: PublicationForm,
  record: ReleaseRecord,
): Promise<void> {
  const { places } = publication;
  const before = await currentRelease(io, publication);
  if (before !== record.release) {
    // Said before the switch: whoever collects afterwards knows that readers may still be on their way there.
    if (before !== undefined) await markLeft(io, publication, before);
    const mode = fileMode(await modeOf(io, publication.root), false);
    await writeOpenly(io, places.pointer, { text: form.pointer(record) }, mode);
    await io.fs.syncDir(publication.root);
  }
  if (form.hasTrees) await leadLink(io, publication, `releases/${record.release}`);
}

async function leadLink({ fs, system }: ShareIo, { places }: Publication, target: string): Promise<void> {
  // There a link is replaced in two steps, and holds one machine's drive letter.
  if (system.os === "windows") return;
  try {
    if ((await fs.linkInfo(places.current))?.kind === "symlink" && (await fs.readLink(places.current)) === target)
      return;
    await fs.replaceLink(target, places.current, "directory");
  } catch (error) {
    // The share has no links.
    if (!hasCode(error, "EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EINVAL", "EACCES")) throw error;
  }
}
