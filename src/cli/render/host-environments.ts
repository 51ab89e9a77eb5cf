import type { HostEnvironment, HostPrepareReport, HostResetReport, HostStatus } from "../../app/index.ts";
import { columns } from "./columns.ts";
import { bytes, count } from "./quantity.ts";
import type { Style } from "./style.ts";

export function hostPrepareText(report: HostPrepareReport, style: Style): string {
  const lines: string[] = [];
  for (const { id, path, report: change, scripts, healed } of report.environments) {
    const facts = `${count(change.packageCount, "package")} for ${count(scripts.length, "script")}`;
    const verb = change.dryRun
      ? "would have"
      : change.declined === true
        ? "left as it is"
        : change.changed
          ? "has"
          : "had already";
    lines.push(`${style.tick} ${style.bold(id)} ${verb} ${facts}   ${style.dim(path)}`);
    for (const { name, from, to } of change.changes) {
      if (to === undefined) lines.push(`  ${style.bad("-")} ${name} ${from ?? ""}`);
      else
        lines.push(
          from === undefined ? `  ${style.good("+")} ${name} ${to}` : `  ${style.warn("~")} ${name} ${from} → ${to}`,
        );
    }
    for (const one of healed) lines.push(`  ${style.warn("healed")} ${one}`);
  }
  for (const { script, why } of report.unserved) lines.push(`${style.cross} ${style.bold(script)}: ${why}`);
  return lines.length === 0 ? "no script asks for anything" : lines.join("\n");
}

export function hostStatusText(status: HostStatus, style: Style): string {
  const { python, environments, clashes, pathFiles } = status;
  const lines = [`${style.bold(status.title)} ${style.dim(`Python ${python.asked}`)}`];
  if (python.now === undefined)
    lines.push(
      style.bad(`  its Python is gone from ${python.program}; venvoy host add ${status.host} --refresh --python PATH`),
    );
  else if (python.now !== python.asked)
    lines.push(style.warn(`  its Python is ${python.now} now; venvoy host add ${status.host} --refresh asks it again`));
  if (environments.length === 0) lines.push("no environments yet; venvoy host prepare fills them");
  else lines.push(columns(environments.map((one) => rowOf(one, style))));
  for (const one of environments) lines.push(...remarks(one, style));
  for (const { name, versions } of clashes) {
    const sides = versions.map(({ version, environments: where }) => `${version} (${where.join(", ")})`).join(" and ");
    lines.push(`${style.warn("clash")} ${style.bold(name)} is ${sides}: in one process the first import wins`);
  }
  for (const { file, paths } of pathFiles) lines.push(style.dim(`path file ${file}: ${paths.join(", ") || "empty"}`));
  return lines.join("\n");
}

function rowOf({ id, path, managed, packages, bytes: size, scripts }: HostEnvironment, style: Style): string[] {
  const asking = scripts.filter(({ present }) => present).length;
  const by = managed ? (asking === 0 ? "" : `asked for by ${count(asking, "script")}`) : "not of venvoy";
  return [`  ${style.bold(id)}`, count(packages.length, "package"), bytes(size), by, style.dim(path)];
}

function remarks({ id, faults, stale, pending }: HostEnvironment, style: Style): string[] {
  const lines = stale.map((why) => `${style.warn("stale")} ${style.bold(id)}: ${why}`);
  for (const fault of faults) {
    if (fault.kind === "duplicate")
      lines.push(
        `${style.bad("duplicate")} ${style.bold(id)}: ${fault.name} is there as ${fault.versions.join(" and ")}`,
      );
    else
      lines.push(
        `${style.bad("damaged")} ${style.bold(id)}: ${fault.name} ${fault.version ?? ""}: ${fault.why}`.replace(
          " : ",
          ": ",
        ),
      );
  }
  if (faults.length > 0) lines.push(style.dim(`  venvoy host prepare heals ${id}, also while the host runs`));
  if (pending)
    lines.push(`${style.bold(id)}: files of a former version are loaded by a program; they go when it has ended`);
  return lines;
}

export function hostResetText({ removed, left, pending, dryRun }: HostResetReport, style: Style): string {
  const verb = dryRun ? "would remove" : "removed";
  const lines = removed.map(
    ({ id, path, whole }) =>
      `${style.tick} ${verb} ${style.bold(id)}${whole ? ", with all that is in it" : ""}   ${style.dim(path)}`,
  );
  for (const { id, entries } of left)
    lines.push(
      `${style.bold(id)}: ${count(entries.length, "entry", "entries")} not of venvoy stay; --all removes the whole folder`,
    );
  for (const path of pending)
    lines.push(
      `a program has files loaded: they wait in ${path}, and go with the next venvoy host command after it has ended`,
    );
  return lines.length === 0 ? "nothing of venvoy is there" : lines.join("\n");
}
