import type { Artifact } from "../store/index.ts";
import { type Finding, finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

/** Damage of the stored packages that an environment was made from. Size and time say where to look, the digest decides. */
export async function checkStore(patient: Patient): Promise<readonly Finding[]> {
  const damaged = await damagedPackages(patient);
  return damaged.map(({ artifact, files }) => {
    const count = files.length === 1 ? "a stored file differs" : `${files.length} stored files differ`;
    const sentence = `${count} from what was unpacked of ${artifact.name} ${artifact.version}`;
    return finding("store-damaged", { environment: patient.label, sentence, place: artifact.root });
  });
}

/** The damaged packages of an environment, with their files relative to the artifact. */
export async function damagedPackages({
  receipt,
  store,
}: Patient): Promise<readonly { readonly artifact: Artifact; readonly files: readonly string[] }[]> {
  const found: { artifact: Artifact; files: readonly string[] }[] = [];
  for (const { sha256 } of receipt?.packages ?? []) {
    // A tree doesn't need the store once it is made: what was collected there is no damage.
    const artifact = await store.find(sha256);
    if (artifact === undefined || (await store.edited(artifact)).length === 0) continue;
    const damage = await store.damage(artifact);
    if (damage !== undefined && damage.files.length > 0) found.push({ artifact, files: damage.files });
  }
  return found;
}
