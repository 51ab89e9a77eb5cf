import type {
  PackageDifference,
  PublishedRelease,
  PublishReport,
  ReleasesReport,
  RollbackReport,
} from "../../app/index.ts";
import { printable, typedWord } from "../../base/index.ts";
import { columns } from "./columns.ts";
import { ago, bytes, count, duration } from "./quantity.ts";
import { startPath } from "./start-path.ts";
import type { Style } from "./style.ts";

const shownChanges = 12;
const line = (text: string): string => printable(text, { newlines: false });

export function publishText(report: PublishReport, style: Style): string {
  const { environment, path, release, isNew, isFirst, current, previous, pushed, dryRun, elapsedMs } = report;
  const name = style.bold(environment);
  const facts = `Python ${report.pythonVersion}, ${count(report.packages, "package")}, ${count(report.files, "file")}, ${bytes(report.bytes)}`;
  if (!isNew) {
    const head = `${name} is release ${release} in ${line(path)} already: nothing to publish`;
    return [head, ...collectedLines(report, style)].join("\n");
  }
  const sent =
    pushed.files === 0 ? "nothing of it is new" : `${count(pushed.files, "new file")}, ${bytes(pushed.bytes)}`;
  if (dryRun) {
    return [
      `would publish ${name} as release ${release} in ${line(path)}`,
      ...changeLines(report.changes, style),
      style.dim(`  ${facts}; to send: ${sent}`),
      ...collectedLines(report, style),
    ].join("\n");
  }
  const isCurrent = current === release;
  const head = isCurrent
    ? `${style.tick} release ${release} of ${name} is current in ${line(path)}`
    : `${style.tick} release ${release} of ${name} is in ${line(path)}; release ${current ?? "none"} stays current`;
  const next = isFirst
    ? `  start it: ${startPath(path, { posix: "bin/python", windows: "bin\\python" })}`
    : isCurrent
      ? `  go back: venvoy rollback ${typedWord(path)}${previous === undefined ? "" : ` ${previous}`}`
      : `  switch: venvoy rollback ${typedWord(path)} ${release}`;
  return [
    head,
    ...changeLines(report.changes, style),
    style.dim(`  ${facts}; sent: ${sent}, in ${duration(elapsedMs)}`),
    ...collectedLines(report, style),
    style.dim(next),
  ].join("\n");
}

export function rollbackText(report: RollbackReport, style: Style): string {
  const { environment, path, release, previous, changed, pythonVersion, changes, dryRun } = report;
  const name = style.bold(environment);
  if (!changed) return `release ${release} of ${name} is current in ${line(path)} already`;
  const back = previous === undefined ? "" : `   back: venvoy rollback ${typedWord(path)} ${previous}`;
  return [
    dryRun
      ? `would make release ${release} of ${name} current in ${line(path)} (Python ${pythonVersion})`
      : `${style.tick} release ${release} of ${name} is current in ${line(path)} (Python ${pythonVersion})${style.dim(back)}`,
    ...changeLines(changes, style),
  ].join("\n");
}

export function releasesText(
  report: ReleasesReport,
  { diff, nowMs }: { readonly diff: boolean; readonly nowMs: number },
  style: Style,
): string {
  const { environment, path, releases, unreadable } = report;
  if (releases.length === 0 && unreadable.length === 0) {
    return `nothing of ${style.bold(line(environment))} is published in ${line(path)} yet`;
  }
  const newest = releases.toReversed();
  const table = columns(newest.map((release) => row(release, nowMs, style))).split("\n");
  const lines = newest.flatMap((release, index) => [
    table[index] ?? "",
    ...(diff ? changeLines(release.changes, style) : []),
    ...damageLines(release, style),
  ]);
  const verified = releases.length > 0 && releases.every(({ damaged }) => damaged?.length === 0);
  return [
    ...lines,
    ...unreadable.map((number) => `${style.cross} release ${number}: its record is damaged`),
    ...(verified ? [`${style.tick} every file is what was published`] : []),
  ].join("\n");
}

function row(release: PublishedRelease, nowMs: number, style: Style): readonly string[] {
  const running = release.users.filter(({ isRunning }) => isRunning).length;
  const hosts = [...new Set(release.users.map(({ host }) => line(host)))];
  const users =
    hosts.length === 0
      ? ""
      : `used on ${hosts.slice(0, 3).join(", ")}${hosts.length > 3 ? ` and ${hosts.length - 3} more` : ""}`;
  return [
    `${release.isCurrent ? style.good("*") : " "} ${release.release}`,
    `Python ${line(release.pythonVersion)}`,
    count(release.packages.length, "package"),
    bytes(release.bytes),
    ago(Date.parse(release.published), nowMs),
    release.isCurrent ? "current" : "",
    users === "" ? "" : `${users}${running === 0 ? "" : ` (${count(running, "process", "processes")} here)`}`,
    release.note === undefined ? "" : style.dim(line(release.note)),
  ];
}

function damageLines({ damaged = [] }: PublishedRelease, style: Style): readonly string[] {
  const more = damaged.length > 5 ? [`    … and ${damaged.length - 5} more`] : [];
  return [...damaged.slice(0, 5).map((path) => `    ${style.cross} ${line(path)} is not what was published`), ...more];
}

function changeLines(changes: readonly PackageDifference[], style: Style): readonly string[] {
  const more = changes.length > shownChanges ? [style.dim(`  … and ${changes.length - shownChanges} more`)] : [];
  return [...changes.slice(0, shownChanges).map((change) => `  ${changeLine(change, style)}`), ...more];
}

function changeLine({ name, from, to }: PackageDifference, style: Style): string {
  const [label, old, fresh] = [line(name), line(from ?? ""), line(to ?? "")];
  if (from === undefined) return `${style.good("+")} ${label} ${fresh}`;
  if (to === undefined) return `${style.bad("-")} ${label} ${old}`;
  return `${style.warn("~")} ${label} ${old} → ${fresh}`;
}

function collectedLines({ collected, dryRun }: PublishReport, style: Style): readonly string[] {
  if (collected === undefined) return [];
  const { removed, kept, freedBytes, damaged } = collected;
  const freed = freedBytes === 0 ? "" : `, ${bytes(freedBytes)} given back`;
  const gone =
    removed.length === 0 ? [] : [`${dryRun ? "would remove" : "removed"} release ${removed.join(", ")}${freed}`];
  const stays = kept.flatMap(({ release, reason, hosts }) => {
    if (reason === "current") return [];
    if (reason === "just-left") return [`release ${release} stays: it was current until just now`];
    return [`release ${release} stays: used on ${hosts.map(line).join(", ")}`];
  });
  const broken = damaged.map(
    (release) => `release ${release} is damaged, so no files were removed: venvoy releases --verify`,
  );
  return [...gone, ...stays, ...broken].map((text) => style.dim(`  ${text}`));
}
