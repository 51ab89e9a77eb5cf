import type { ChangeReport } from "../../app/index.ts";
import { typedWord, VenvoyError } from "../../base/index.ts";
import { normalizeName, parseRequirement } from "../../pep/index.ts";
import type { Outcome } from "../outcome.ts";
import { type PipCall, pipChoices } from "../pip/call.ts";
import { confirmOnTerminal } from "../render/confirm.ts";
import { installText } from "../render/pip.ts";

/** `pip install`: a new version of the environment, which undo takes back. */
export async function installPackages(call: PipCall): Promise<Outcome> {
  const { words, venvoy, session, common, environment } = call;
  const requirements = [...words.args, ...words.all("editable").map((place) => `-e ${place}`)];
  if (requirements.length + words.all("file").length + words.all("group").length === 0) {
    throw new VenvoyError("ARGUMENT_INVALID", "You must give at least one requirement to install", {
      hint: "venvoy pip install numpy",
    });
  }
  const strategy = words.last("strategy");
  if (strategy !== undefined && strategy !== "eager" && strategy !== "only-if-needed")
    throw new VenvoyError("ARGUMENT_INVALID", "`--upgrade-strategy` takes eager or only-if-needed");
  const groups = words.all("group");
  const report = await venvoy.add({
    ...environment,
    ...pipChoices(words),
    requirements,
    files: [...words.all("file"), ...(groups.length > 0 ? ["pyproject.toml"] : [])],
    ...(groups.length > 0 ? { groups, onlyGroups: true } : {}),
    ...(words.has("upgrade") ? { upgrade: strategy === "eager" ? "all" : "asked" } : {}),
    ...(words.has("reinstall") ? { reinstall: true } : {}),
    dryRun: words.has("dry-run"),
    command: session.typed,
    confirm: confirmOnTerminal(session, common),
    signal: session.signal,
  });
  const lines = [...(await satisfied(call, report)), ...nonEmpty(installText(report))];
  return changed(call, report, lines.join("\n"));
}

/** `pip uninstall`: what only those packages needed goes with them. */
export async function uninstallPackages(call: PipCall): Promise<Outcome> {
  const { words, venvoy, session, common, environment } = call;
  const listed = await venvoy.requirementNames(words.all("file"));
  const asked = [...words.args.map((text) => parseRequirement(text).displayName), ...listed];
  if (asked.length === 0) {
    throw new VenvoyError("ARGUMENT_INVALID", "You must give at least one requirement to uninstall", {
      hint: "venvoy pip uninstall numpy",
    });
  }
  const here = new Set((await venvoy.installed({ ...environment, local: true })).map((one) => normalizeName(one.name)));
  const missing = asked.filter((name) => !here.has(normalizeName(name)));
  const notes = missing.map((name) => `WARNING: Skipping ${name} as it is not installed.`);
  const packages = asked.filter((name) => here.has(normalizeName(name)));
  if (packages.length === 0) return { exit: 0, data: { changed: false, missing }, notes, text: () => "" };
  const report = await venvoy.remove({
    ...environment,
    packages,
    command: session.typed,
    confirm: confirmOnTerminal(session, common),
    signal: session.signal,
  });
  return changed(call, report, installText(report), notes);
}

/** Our line goes to standard error: what pip prints stays what scripts know. */
function changed({ common }: PipCall, report: ChangeReport, text: string, notes: readonly string[] = []): Outcome {
  const { environment, version, previousVersion } = report;
  const isNew = report.changed && !report.dryRun && previousVersion !== undefined;
  const back = `version ${version} of ${environment.name}; go back: venvoy undo -n ${typedWord(environment.name)}`;
  return {
    exit: 0,
    data: report,
    notes: common.quiet ? [] : [...notes, ...report.notes, ...(isNew ? [back] : [])],
    text: () => (common.quiet ? "" : text),
  };
}

/** What was asked for and is there in a version that will do. */
async function satisfied({ words, venvoy, environment }: PipCall, report: ChangeReport): Promise<readonly string[]> {
  const touched = new Set<string>(report.changes.map(({ name }) => name));
  const kept = words.args.flatMap((text) => {
    const name = nameIn(text);
    return name === undefined || touched.has(normalizeName(name)) ? [] : [{ text, name: normalizeName(name) }];
  });
  if (kept.length === 0) return [];
  const here = await venvoy.installed(environment);
  return kept.flatMap(({ text, name }) => {
    const one = here.find((other) => normalizeName(other.name) === name);
    return one === undefined ? [] : [`Requirement already satisfied: ${text} in ${one.location} (${one.version})`];
  });
}

/** `undefined` for what is no name: a path, an address. */
function nameIn(text: string): string | undefined {
  try {
    return parseRequirement(text).displayName;
  } catch {
    return undefined;
  }
}

function nonEmpty(text: string): readonly string[] {
  return text === "" ? [] : [text];
}
