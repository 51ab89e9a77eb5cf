import type {
  ExportReport,
  ForgetReport,
  Imported,
  ImportReport,
  ScriptEditReport,
  TrackReport,
} from "../../app/index.ts";
import { count } from "./quantity.ts";
import type { Style } from "./style.ts";

/** What a script's header asks for now. */
export function headerText(report: ScriptEditReport, style: Style): string {
  const { script, added, removed, changed, dryRun } = report;
  if (!changed) return `${style.tick} ${style.bold(script)} asks for that already`;
  const lines = [
    ...removed.map(({ text, line }) => `  ${style.bad("-")} ${text}${style.dim(`  (was line ${line})`)}`),
    ...added.map(({ text, line }) => `  ${style.good("+")} ${text}${style.dim(`  (line ${line})`)}`),
  ];
  lines.push(
    dryRun
      ? `would change the header of ${style.bold(script)}; nothing was changed`
      : `${style.tick} changed the header of ${style.bold(script)}${style.dim(`   next: venvoy run ${script}`)}`,
  );
  return lines.join("\n");
}

export function forgetText({ script, dryRun, environments }: ForgetReport, style: Style): string {
  const verb = dryRun ? "would forget" : "forgot";
  return environments
    .flatMap(({ name, requirements, leaving }) => [
      `${style.tick} ${verb} what ${style.bold(script)} asks of ${style.bold(name)}: ${requirements.join(", ") || "nothing"}`,
      leaving.length === 0
        ? style.dim("  every package stays: something else wants it")
        : `  ${style.dim("leaving with the next version:")} ${leaving.map((one) => `${one.name} ${one.version}`).join(", ")}`,
    ])
    .join("\n");
}

/** What was written down; where it went, when that is a file. */
export function exportText(
  { environment, format, text, file, written }: ExportReport,
  { dryRun }: { readonly dryRun: boolean },
  style: Style,
): string {
  if (file === undefined) return text.replace(/\n$/, "");
  if (dryRun) return `${text}would write ${file}; nothing was changed`;
  if (!written) return `${style.tick} ${style.bold(file)} says that already`;
  return `${style.tick} wrote ${style.bold(environment)} as ${format} into ${file}`;
}

const shownLeftOut = 8;

/** What came in, what didn't come along, and what could not come. */
export function importText({ imported, failed }: ImportReport, style: Style): string {
  const lines = imported.flatMap((one) => importedLines(one, style));
  for (const { name, why, hint } of failed) {
    lines.push(`${style.cross} ${style.bold(name)}: ${why}`);
    if (hint !== undefined) lines.push(style.dim(`  hint: ${hint}`));
  }
  return lines.length === 0 ? "there was nothing to import" : lines.join("\n");
}

function importedLines({ name, from, change, leftOut }: Imported, style: Style): string[] {
  if (change.declined === true) return [`${style.bold(name)}: nothing was made`];
  const verb = change.dryRun ? "would import" : "imported";
  const what = `${count(change.packageCount, "package")} on Python ${change.python}`;
  const byReason = new Map<string, string[]>();
  for (const { what: one, why } of leftOut) byReason.set(why, [...(byReason.get(why) ?? []), one]);
  const left = [...byReason].map(([why, all]) => {
    const shown = all.slice(0, shownLeftOut).join(", ");
    const more = all.length > shownLeftOut ? ` and ${all.length - shownLeftOut} more` : "";
    return `  ${style.warn("left out")} ${shown}${more}: ${why}`;
  });
  return [`${style.tick} ${verb} ${style.bold(name)} from ${from}: ${what}`, ...left];
}

/** Which files follow an environment, and what one of them got. */
export function trackText({ environment, tracked, stopped, written, dryRun }: TrackReport, style: Style): string {
  const name = style.bold(environment);
  const lines = written.map((one) => `  ${style.good("+")} ${one}`);
  if (stopped.length > 0)
    lines.push(`${style.tick} ${stopped.join(", ")} ${dryRun ? "would follow" : "follows"} ${name} no longer`);
  else if (tracked.length === 0) lines.push(`no file follows ${name}`);
  else lines.push(`${style.tick} ${tracked.join(", ")} ${tracked.length === 1 ? "follows" : "follow"} ${name}`);
  if (dryRun && stopped.length === 0) lines.push("nothing was changed");
  return lines.join("\n");
}
