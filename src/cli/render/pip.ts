import type {
  BrokenRequirement,
  ChangeReport,
  DownloadReport,
  InstalledPackage,
  PackageInfo,
  VersionsReport,
} from "../../app/index.ts";
import { tryParseVersion } from "../../pep/index.ts";

/** How `pip list` is printed. The texts of this file are pip's own, to the byte: scripts read them. */
export interface ListForm {
  readonly format: "columns" | "freeze" | "json";
  readonly verbose: boolean;
  readonly outdated: boolean;
}

export function listText(packages: readonly InstalledPackage[], form: ListForm): string {
  switch (form.format) {
    case "columns":
      return listColumns(packages, form);
    case "freeze":
      return packages.map((one) => `${one.name}==${one.version}${form.verbose ? ` (${one.location})` : ""}`).join("\n");
    case "json":
      return pythonJson(packages.map((one) => listRecord(one, form)));
  }
}

function listColumns(packages: readonly InstalledPackage[], { verbose, outdated }: ListForm): string {
  if (packages.length === 0) return "";
  const hasEditables = packages.some((one) => one.editableAt !== undefined);
  const header = [
    "Package",
    "Version",
    ...(outdated ? ["Latest", "Type"] : []),
    ...(hasEditables ? ["Editable project location"] : []),
    ...(verbose ? ["Location", "Installer"] : []),
  ];
  const rows = packages.map((one) => [
    one.name,
    one.version,
    ...(outdated ? [one.latest?.version ?? "", one.latest?.kind ?? ""] : []),
    ...(hasEditables ? [one.editableAt ?? ""] : []),
    ...(verbose ? [one.location, one.installer] : []),
  ]);
  return table([header, ...rows]);
}

/** Columns one blank apart, with a line of dashes below the first row. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? "")].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - [...cell].length))
      .join(" ")
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => "-".repeat(width)).join(" "));
  return lines.join("\n");
}

function listRecord(one: InstalledPackage, { verbose, outdated }: ListForm): Readonly<Record<string, string>> {
  return {
    name: one.name,
    version: one.version,
    ...(verbose ? { location: one.location, installer: one.installer } : {}),
    ...(outdated ? { latest_version: one.latest?.version ?? "", latest_filetype: one.latest?.kind ?? "" } : {}),
    ...(one.editableAt === undefined ? {} : { editable_project_location: one.editableAt }),
  };
}

/** JSON on one line as Python's `json.dumps` writes it: blanks after `,` and `:`, nothing beyond ASCII. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([key, one]) => `${pythonJson(key)}: ${pythonJson(one)}`)
      .join(", ")}}`;
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export function showText(
  packages: readonly PackageInfo[],
  { files, verbose }: { readonly files: boolean; readonly verbose: boolean },
): string {
  return packages.map((one) => infoLines(one, { files, verbose }).join("\n")).join("\n---\n");
}

function infoLines(one: PackageInfo, { files, verbose }: { readonly files: boolean; readonly verbose: boolean }) {
  const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line.trim()}`);
  return [
    `Name: ${one.name}`,
    `Version: ${one.version}`,
    `Summary: ${one.summary}`,
    `Home-page: ${one.homePage}`,
    `Author: ${one.author}`,
    `Author-email: ${one.authorEmail}`,
    one.licenseExpression === "" ? `License: ${one.license}` : `License-Expression: ${one.licenseExpression}`,
    `Location: ${one.location}`,
    ...(one.editableAt === undefined ? [] : [`Editable project location: ${one.editableAt}`]),
    `Requires: ${one.requires.join(", ")}`,
    `Required-by: ${one.requiredBy.join(", ")}`,
    ...(verbose
      ? [
          `Metadata-Version: ${one.metadataVersion}`,
          `Installer: ${one.installer}`,
          "Classifiers:",
          ...one.classifiers.map((line) => `  ${line}`),
          "Entry-points:",
          ...indented(one.entryPoints),
          "Project-URLs:",
          ...one.projectUrls.map((line) => `  ${line}`),
        ]
      : []),
    ...(files
      ? ["Files:", ...(one.files === undefined ? ["Cannot locate RECORD or installed-files.txt"] : indented(one.files))]
      : []),
  ];
}

export function checkText(broken: readonly BrokenRequirement[]): string {
  if (broken.length === 0) return "No broken requirements found.";
  return broken
    .map((one) =>
      one.installed === undefined
        ? `${one.package} ${one.version} requires ${one.needs}, which is not installed.`
        : `${one.package} ${one.version} has requirement ${one.requirement}, but you have ${one.needs} ${one.installed}.`,
    )
    .join("\n");
}

export function versionsText({ package: name, versions, installed }: VersionsReport): string {
  const latest = versions[0]?.version ?? "";
  const lines = [`${name} (${latest})`, `Available versions: ${versions.map((one) => one.version).join(", ")}`];
  if (installed === undefined) return lines.join("\n");
  if (installed === latest) return [...lines, `  INSTALLED: ${installed} (latest)`].join("\n");
  const isPre = tryParseVersion(latest)?.pre !== undefined;
  const tail = isPre ? " (pre-release; install with `pip install --pre`)" : "";
  return [...lines, `  INSTALLED: ${installed}`, `  LATEST:    ${latest}${tail}`].join("\n");
}

/** The JSON of `pip index versions --json`, since pip 25.1. */
export function versionsJson({ package: name, versions, installed }: VersionsReport): string {
  const texts = versions.map((one) => one.version);
  const here = installed === undefined ? {} : { installed_version: installed };
  return pythonJson({ name, versions: texts, latest: texts[0] ?? "", ...here });
}

/** What `pip install` says at its end. */
export function installText(report: ChangeReport): string {
  const items = report.changes
    .flatMap(({ name, to }) => (to === undefined ? [] : [`${name}-${to}`]))
    .sort()
    .join(" ");
  const gone = report.changes.filter(({ to }) => to === undefined).map(({ name, from }) => `${name}-${from}`);
  if (report.declined === true) return "";
  const lines = gone.map((one) => `${report.dryRun ? "Would uninstall" : "Successfully uninstalled"} ${one}`);
  if (items !== "") lines.push(`${report.dryRun ? "Would install" : "Successfully installed"} ${items}`);
  return lines.join("\n");
}

export function downloadText({ files }: DownloadReport): string {
  const lines = files.map(({ file, fresh }) => (fresh ? `Saved ${file}` : `File was already downloaded ${file}`));
  const names = files.map(({ name }) => name).join(" ");
  return [...lines, ...(names === "" ? [] : [`Successfully downloaded ${names}`])].join("\n");
}
