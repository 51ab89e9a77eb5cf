import type { CleanReport, EnvironmentSizeReport, SizeReport, SpaceOf, UnusedEnvironment } from "../../app/index.ts";
import { columns } from "./columns.ts";
import { ago, bytes, count } from "./quantity.ts";
import type { Style } from "./style.ts";

const shownNames = 3;

export function sizeText(report: SizeReport, style: Style): string {
  const rows = [...report.environments, ...(report.scripts.files > 0 ? [report.scripts] : []), ...report.trash];
  const deleted = new Set(report.trash);
  const totals = [
    `store ${bytes(report.storeBytes)}`,
    ...(report.unusedBytes > 0 ? [`${bytes(report.unusedBytes)} of it that nothing needs (venvoy clean)`] : []),
    `cache ${bytes(report.cacheBytes)}`,
  ];
  return [
    ...(rows.length > 0
      ? [columns(rows.map((one) => row(one, deleted.has(one) ? `${one.name} (deleted)` : one.name, style)))]
      : []),
    totals.join(" · "),
    `${style.bold(bytes(report.totalBytes))} on the disk in ${count(report.inodes, "file")}; ${bytes(report.sharedBytes)} serve several`,
  ].join("\n");
}

export function environmentSizeText(report: EnvironmentSizeReport, style: Style): string {
  const rows = [
    ...report.packages,
    ...(report.earlier.freedBytes + report.earlier.sharedBytes > 0 ? [report.earlier] : []),
    report.rest,
  ];
  return [
    `${style.bold(report.name)}: ${bytes(report.freedBytes)} come back when it goes, ${bytes(report.sharedBytes)} stay with others · ${count(report.files, "file")} · ${count(report.trees, "version")} on the disk`,
    columns(rows.map((one) => row(one, "version" in one ? `${one.name} ${one.version}` : one.name, style))),
  ].join("\n");
}

function row(space: SpaceOf, name: string, style: Style): readonly string[] {
  const [first, ...others] = space.sharedWith;
  const names = space.sharedWith.slice(0, shownNames).join(", ");
  const more = others.length >= shownNames ? ` and ${space.sharedWith.length - shownNames} more` : "";
  return [
    style.bold(name),
    space.freedBytes === 0 ? "" : `${bytes(space.freedBytes)} of its own`,
    first === undefined ? "" : `${bytes(space.sharedBytes)} shared`,
    style.dim(count(space.files, "file")),
    style.dim(first === undefined ? "" : `with ${names}${more}`),
  ];
}

export function unusedText(unused: readonly UnusedEnvironment[], nowMs: number, style: Style): string {
  return columns(
    unused.map((one) => [
      `  ${style.bold(one.name)}`,
      `used ${ago(one.usedMs, nowMs)}`,
      style.dim(`${bytes(one.freedBytes)} of its own`),
    ]),
  );
}

export function cleanText(
  report: CleanReport,
  { unused, nowMs }: { readonly unused: string | undefined; readonly nowMs: number },
  style: Style,
): string {
  const parts = [
    count(report.packages, "stored package"),
    ...(report.files > 0 ? [count(report.files, "file of releases", "files of releases")] : []),
    count(report.versions, "old version"),
    ...(report.scripts > 0 ? [count(report.scripts, "script environment")] : []),
    ...(report.unpacked > 0 ? [count(report.unpacked, "unpacked release")] : []),
    ...(report.expired > 0
      ? [count(report.expired, "environment deleted long ago", "environments deleted long ago")]
      : []),
  ];
  const verb = report.dryRun ? "would free" : "freed";
  const lines = [`${style.tick} ${verb} ${bytes(report.freedBytes)}: ${parts.join(", ")}`];
  for (const { name, why } of report.kept) lines.push(style.dim(`  old versions of ${name} stay: ${why}`));
  if (report.deleted.length > 0)
    lines.push(
      `${style.tick} deleted ${report.deleted.join(", ")}${style.dim(`   bring back: venvoy restore ${report.deleted[0]}`)}`,
    );
  else if (report.unused.length > 0)
    lines.push(
      `unused, and still there (venvoy clean --unused ${unused} --yes deletes them)`,
      unusedText(report.unused, nowMs, style),
    );
  else if (unused !== undefined) lines.push(`no environment was unused for ${unused}`);
  return lines.join("\n");
}
