import type { Sha256 } from "../base/index.ts";
import type { Artifact } from "../store/index.ts";
import { type Finding, finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

/** Damage of the stored packages that an environment was made from. Size and time say where to look, the digest decides. */
export async function checkStore(patient: Patient): Promise<readonly Finding[]> {
  const damaged = await damagedPackages(patient);
  return damaged.map(({ artifact, files }) => {
    const count = files === 1 ? "a stored file differs" : `${files} stored files differ`;
    const sentence = `${count} from what was unpacked of ${artifact.name} ${artifact.version}`;
    return finding("store-damaged", { environment: patient.label, sentence, place: artifact.root });
  });
}

/** The damaged packages of an environment. */
export async function damagedPackages({
  receipt,
  store,
}: Patient): Promise<readonly { readonly artifact: Artifact; readonly sha256: Sha256; readonly files: number }[]> {
  const found: { artifact: Artifact; sha256: Sha256; files: number }[] = [];
  for (const { sha256 } of receipt?.packages ?? []) {
    // A tree doesn't need the store once it is made: what was collected there is no damage.
    const artifact = await store.find(sha256);
    if (artifact === undefined || (await store.edited(artifact)).length === 0) continue;
    const damage = await store.damage(artifact);
    if (damage !== undefined) found.push({ artifact, sha256, files: damage.files.length + damage.extra.length });
  }
  return found;
}
