import type { Pulled, PullReport } from "../../app/index.ts";
import { printable } from "../../base/index.ts";
import { changeLines } from "./change.ts";
import { bytes, count } from "./quantity.ts";
import type { Style } from "./style.ts";

/** What stays as it is says so in a note. At login nobody wants to read that all is as it was. */
export function pullText(
  { environments, failed, dryRun }: PullReport,
  { isAtLogin }: { readonly isAtLogin: boolean },
  style: Style,
): string {
  const shown = environments.filter(
    ({ state }) => state === "made" || state === "updated" || (state === "current" && !isAtLogin),
  );
  if (environments.length + failed.length === 0 && !isAtLogin)
    return "nothing was pulled yet; venvoy pull DIRECTORY makes a copy of what is published there";
  const failures = failed.map(({ name, error }) => `${style.cross} ${style.bold(name)}: ${printable(error.message)}`);
  return [...shown.map((one) => pulledText(one, dryRun, style)), ...failures].join("\n");
}

function pulledText(one: Pulled, dryRun: boolean, style: Style): string {
  const { environment, release, previousRelease, from, newest, state } = one;
  const name = style.bold(environment.name);
  const other = newest === undefined ? "" : `; release ${newest} is current there`;
  if (state === "current") return `${style.tick} ${name} is at release ${release}, from ${from}${other}`;
  const verb = dryRun ? "would be" : "is";
  const way = previousRelease === undefined ? "" : style.dim(` (was ${previousRelease})`);
  return [
    `${dryRun ? "" : `${style.tick} `}${name} ${verb} release ${release} from ${from}${way}${other}`,
    style.dim(
      `  Python ${one.python}, ${count(one.totalFiles, "file")}, ${bytes(one.totalBytes)}; ${dryRun ? "would copy" : "copied"} ${count(one.files, "file")}, ${bytes(one.bytes)}`,
    ),
    ...(previousRelease === undefined ? [] : changeLines(one.changes, style)),
    ...(state === "made" && !dryRun ? [style.dim(`  start it: venvoy run -n ${environment.name} python`)] : []),
  ].join("\n");
}
