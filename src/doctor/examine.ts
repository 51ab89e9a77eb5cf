import { printable } from "../base/index.ts";
import { type Finding, finding } from "./finding.ts";
import type { DoctorIo, Patient } from "./patient.ts";
import { checkPython } from "./python-check.ts";
import { checkScripts } from "./script-check.ts";
import { checkStore } from "./store-check.ts";
import { checkTree } from "./tree-check.ts";

/** Everything that is wrong with one environment, what stands in the way of the rest first. Changes nothing. */
export async function examine(io: DoctorIo, patient: Patient): Promise<readonly Finding[]> {
  if (patient.environment === undefined) return [unreadable(io, patient)];
  return [
    ...checkPython(patient),
    ...checkLeftovers(patient),
    ...checkWhole(patient),
    ...(await checkTree(io, patient)),
    ...(await checkScripts(io, patient)),
    ...(await checkStore(patient)),
  ];
}

function unreadable({ fs }: DoctorIo, { label, place, unreadable: why }: Patient): Finding {
  return finding("intent-unreadable", {
    environment: label,
    sentence: printable(why ?? "it can't be read", { newlines: false }),
    place: fs.path.join(place.dir, "intent.toml"),
    hint: "Correct the file; what every version was asked for stands in `history` beside it",
  });
}

function checkLeftovers({ label, leftovers }: Patient): readonly Finding[] {
  return leftovers.map(({ what, path }) =>
    finding("change-unfinished", { environment: label, sentence: what, place: path }),
  );
}

function checkWhole({ label, environment, receipt }: Patient): readonly Finding[] {
  if (environment === undefined || receipt !== undefined) return [];
  const { number, root } = environment.current;
  const sentence = `the tree of version ${number}, the current one, is missing or not whole`;
  return [finding("tree-missing", { environment: label, sentence, place: root })];
}
