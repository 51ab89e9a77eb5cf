import { printable, typedWord } from "../base/index.ts";
import { type Finding, finding } from "./finding.ts";
import type { DoctorIo, Patient } from "./patient.ts";
import { checkPython } from "./python-check.ts";
import { checkScripts } from "./script-check.ts";
import { checkStore } from "./store-check.ts";
import { checkTree } from "./tree-check.ts";

/** Everything that is wrong with one environment, what stands in the way of the rest first. Changes nothing. */
export async function examine(io: DoctorIo, patient: Patient): Promise<readonly Finding[]> {
  if (patient.environment === undefined) return [unreadable(io, patient)];
  const before = [...checkPython(patient), ...checkLeftovers(patient), ...checkWhole(patient)];
  // Whatever else is wrong in a tree that is not whole comes from that.
  if (patient.treeFault !== undefined) return [...before, ...(await checkStore(patient))];
  return [
    ...before,
    ...(await checkTree(io, patient)),
    ...(await checkScripts(io, patient)),
    ...(await checkStore(patient)),
  ];
}

function unreadable({ fs }: DoctorIo, { label, place, unreadable: why, hasHistory }: Patient): Finding {
  return finding("intent-unreadable", {
    environment: label,
    sentence: printable(why ?? "it can't be read", { newlines: false }),
    place: fs.path.join(place.dir, "intent.toml"),
    ...(hasHistory
      ? {}
      : { isHopeless: true, hint: `venvoy delete ${typedWord(label)}, and make it anew: nothing says what it held` }),
  });
}

function checkLeftovers({ label, leftovers }: Patient): readonly Finding[] {
  return leftovers.map(({ what, path }) =>
    finding("change-unfinished", { environment: label, sentence: what, place: path }),
  );
}

function checkWhole({ label, environment, treeFault, hasLock }: Patient): readonly Finding[] {
  if (environment === undefined) return [];
  const { number, root } = environment.current;
  if (treeFault !== undefined) {
    const sentence = `the tree of version ${number}, the current one, is not whole: ${treeFault}`;
    return [finding("tree-missing", { environment: label, sentence, place: root })];
  }
  if (hasLock) return [];
  const sentence = `the lock of version ${number}, the current one, is missing from its history`;
  return [finding("lock-missing", { environment: label, sentence, place: root })];
}
