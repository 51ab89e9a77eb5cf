import { SafeUrl, typedWord } from "../base/index.ts";
import { type Finding, finding } from "../doctor/index.ts";
import { type Environment, readLock } from "../env/index.ts";
import { advisoryLabel, parseVersion } from "../pep/index.ts";
import { type AdvisorySource, openAdvisories } from "../pypi/index.ts";
import { settingsFor } from "./choices.ts";
import type { Context } from "./context.ts";

const shownPackages = 5;

/** Where records of known faults lie, when somebody said where; an index isn't asked about every package. */
export async function configuredAdvisories(context: Context): Promise<AdvisorySource | undefined> {
  const settings = await settingsFor(context, {});
  if (settings.advisories === undefined) return undefined;
  return openAdvisories(context, settings.index, settings.advisories);
}

/** One finding for all packages of an environment that have known faults; none when there are none. */
export async function knownFaults(
  context: Context,
  environment: Environment,
  advisories: AdvisorySource,
): Promise<readonly Finding[]> {
  const lock = await readLock(context.fs, environment, environment.current.number);
  const affected: { readonly name: string; readonly text: string }[] = [];
  for (const { name, version, wheel } of lock?.packages ?? []) {
    const index = wheel.index ?? SafeUrl.parse("file:///");
    const [first, ...others] = await advisories.about({ name, version: parseVersion(version), index });
    if (first === undefined) continue;
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    affected.push({ name, text: `${name} ${version} has ${advisoryLabel(first)}${more}` });
  }
  if (affected.length === 0) return [];
  const { label } = environment;
  const count = affected.length === 1 ? "1 package has" : `${affected.length} packages have`;
  const shown = affected.slice(0, shownPackages).map(({ text }) => text);
  const rest = affected.length > shownPackages ? [`and ${affected.length - shownPackages} more`] : [];
  return [
    finding("known-faults", {
      environment: label,
      sentence: `${count} known faults: ${[...shown, ...rest].join("; ")}`,
      place: environment.current.root,
      hint: `venvoy upgrade -n ${typedWord(label)} ${affected.map(({ name }) => name).join(" ")}`,
    }),
  ];
}
