import { printable } from "../../base/index.ts";
import type { Context } from "../context.ts";
import { shownPath } from "../context.ts";
import type { CheckItem } from "./check-item.ts";
import type { Clash } from "./check-types.ts";
import type { State } from "./report-parts.ts";

/** A script that can't join its environment for what scripts outside the check ask there. */
export interface Crowded {
  readonly item: CheckItem;
  readonly labels: readonly string[];
  readonly clash: Clash;
}

/** Measures scripts against the claims that others have on their environments. */
export async function crowdedBy(context: Context, { solos, answers, labelsOf }: State): Promise<readonly Crowded[]> {
  const crowded: Crowded[] = [];
  for (const environment of new Set(solos.map(({ item }) => item.environment))) {
    const { others, python } = environment;
    if (others.length === 0 || python === undefined) continue;
    const items = solos.flatMap(({ item }) => (item.environment === environment ? [item] : []));
    if (items.length > 1 && (await answers.besides(items, others, python)) === undefined) continue;
    for (const item of items) {
      const failure = await answers.besides([item], others, python);
      if (failure === undefined) continue;
      const labels = labelsOf(item);
      const disputed = Array.isArray(failure.data["disputed"]) ? failure.data["disputed"].map(String) : [];
      const [name] = disputed;
      const rivals = others.filter(({ requirement }) => name === undefined || requirement.name === name);
      const who = [...new Set((rivals.length > 0 ? rivals : others).map(({ origin }) => originOf(context, origin)))];
      const sentence = `${printable(labels.join(", "))} can't be in ${environment.name}, where ${who.join(" and ")}`;
      const base = { kind: "install", about: "package", scripts: labels, alsoDiffering: [], chains: [] } as const;
      const clash = { ...base, sentence, because: failure.message, ...(name === undefined ? {} : { package: name }) };
      crowded.push({ item, labels, clash });
    }
  }
  return crowded;
}

function originOf(context: Context, origin: CheckItem["needs"][number]["origin"]): string {
  const text = printable(origin.text.trim(), { newlines: false });
  return "file" in origin
    ? `${printable(shownPath(context, origin.file))} line ${origin.line} asks for ${text}`
    : `${text} is asked for`;
}
