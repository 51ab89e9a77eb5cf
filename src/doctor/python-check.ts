import { printable, typedWord } from "../base/index.ts";
import type { Finding } from "./finding.ts";
import { finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

/** What became of the Python that an environment stands on. */
export type PythonState =
  | { readonly kind: "alive"; readonly version: string; readonly prefix: string }
  /** Its place is empty; another of the same kind is at `prefix`. */
  | { readonly kind: "elsewhere"; readonly version: string; readonly prefix: string }
  /** `successor` is the version to rebuild on, where there is one. */
  | { readonly kind: "gone"; readonly successor: string | undefined };

/** Base gone, moved, or upgraded in place. */
export function checkPython({ label, environment, receipt, python, pythonStarts }: Patient): readonly Finding[] {
  if (environment === undefined) return [];
  const { base, pythonVersion } = environment.intent.standing;
  const place = receipt?.base.link ?? base;
  switch (python.kind) {
    case "gone": {
      const sentence = `Python ${pythonVersion} is gone`;
      const onto =
        python.successor === undefined
          ? undefined
          : `venvoy doctor ${typedWord(label)} --fix rebuilds it on Python ${minorOf(python.successor)}`;
      const hint = onto ?? `Install Python ${minorOf(pythonVersion)} again: there is no other to rebuild it on`;
      return [finding("python-gone", { environment: label, sentence, place, hint })];
    }
    case "elsewhere": {
      const sentence = `Python ${pythonVersion} is gone from its place; ${printable(python.prefix, { newlines: false })} has Python ${python.version}`;
      return [finding("python-moved", { environment: label, sentence, place })];
    }
    case "alive": {
      const known = receipt?.base.version ?? python.version;
      if (known !== python.version || pythonVersion !== python.version) {
        const sentence = `Python ${known === python.version ? pythonVersion : known} became Python ${python.version} in place`;
        return [finding("python-changed", { environment: label, sentence, place })];
      }
      if (receipt === undefined || pythonStarts) return [];
      const sentence = `its \`python\` leads to nothing, though Python ${python.version} is there`;
      return [finding("python-changed", { environment: label, sentence, place })];
    }
  }
}

function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
