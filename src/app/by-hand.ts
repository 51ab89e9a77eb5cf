import type { PackageName } from "../base/index.ts";
import { type AskedFor, type Environment, type Installed, inspectTree, isUntouched } from "../env/index.ts";
import { parsePackageName, parseRequirement } from "../pep/index.ts";
import type { Lock } from "../resolve/index.ts";
import { joinRequirements } from "./asked.ts";
import type { Context } from "./context.ts";

/** An environment with what other tools did in it taken over into its intent. */
export interface CarriedOver {
  readonly environment: Environment;
  /** Versions to keep: those that are in the tree. */
  readonly versions: ReadonlyMap<PackageName, string>;
  readonly isUntouched: boolean;
  /** What to tell, once it is known what stays: nothing is said of a package that the change itself removes. */
  readonly notesFor: (after: Pick<Lock, "packages">) => readonly string[];
}

/**
 * Somebody ran `pip install` or `pip uninstall` in the tree. What came becomes intent, with its version kept; what went
 * is no longer asked for. What can't be carried over (an editable install, a package from an address) is said.
 */
export async function carryOver(
  context: Context,
  environment: Environment,
  before: Lock | undefined,
): Promise<CarriedOver> {
  const inspection = await inspectTree(context, environment.current.root);
  if (isUntouched(inspection)) return { environment, versions: new Map(), isUntouched: true, notesFor: () => [] };
  const came = [...inspection.added, ...inspection.changed.map((one) => one.to)].filter(isCarried);
  const lost = inspection.added.filter((one) => !isCarried(one));
  const needed = await neededByOthers(came, before);
  const asked: AskedFor[] = came
    .filter((one) => !needed.has(one.name))
    .map((one) => ({
      text: parsePackageName(one.name),
      source: { kind: "noticed", installer: one.installer || "hand" },
    }));
  const gone = new Set(inspection.removed.filter((one) => one.seeded !== true).map((one) => one.name));
  const requirements = joinRequirements(environment.intent.requirements, asked).filter(
    (item) => !gone.has(parseRequirement(item.text).name),
  );
  return {
    environment: { ...environment, intent: { ...environment.intent, requirements } },
    versions: new Map(came.map((one) => [parsePackageName(one.name), one.version])),
    isUntouched: false,
    notesFor: (after) => [...keptNotes(came, needed, after), ...lost.map(lostNote)],
  };
}

function keptNotes(
  came: readonly Installed[],
  needed: ReadonlySet<string>,
  after: Pick<Lock, "packages">,
): readonly string[] {
  const names = new Set<string>(after.packages.map((item) => item.name));
  const kept = came.filter((one) => names.has(one.name));
  const asked = kept.filter((one) => !needed.has(one.name));
  const shown = asked.length === 0 ? kept : asked;
  if (shown.length === 0) return [];
  const others = kept.length - shown.length;
  const more = others === 0 ? "" : `, and ${others} that ${shown.length === 1 ? "it needs" : "they need"}`;
  return [
    `kept what was installed by hand: ${shown.map((one) => `${one.displayName} ${one.version}`).join(", ")}${more}`,
  ];
}

function lostNote(one: Installed): string {
  const from = one.directUrl === undefined ? "a source tree" : "an address";
  return `${one.displayName} can't be carried over: it was installed from ${from}`;
}

function isCarried(one: Installed): boolean {
  return one.form === "dist-info" && one.directUrl === undefined;
}

/** Dependencies that pip pulled in are not asked for by name; pip says which were with REQUESTED. */
async function neededByOthers(came: readonly Installed[], before: Lock | undefined): Promise<ReadonlySet<string>> {
  const known = new Set((before?.packages ?? []).filter((item) => !item.requested).map((item) => item.name as string));
  const byPip = came.filter((one) => one.installer === "pip" && !one.requested).map((one) => one.name);
  return new Set([...byPip, ...came.filter((one) => known.has(one.name) && !one.requested).map((one) => one.name)]);
}
