import type { HostList, HostReport } from "../../app/index.ts";
import { columns } from "./columns.ts";
import { count } from "./quantity.ts";
import type { Style } from "./style.ts";

const shownBundled = 30;

export function hostText({ profile, file, note }: HostReport, style: Style): string {
  const { title, name, version, implementation, platform, bundled, siteDirs, siteEnvs, pathDirs, honours, ignores } =
    profile;
  const packages = bundled.slice(0, shownBundled).map((one) => `${one.name} ${one.version}`);
  const more = bundled.length > shownBundled ? `, and ${bundled.length - shownBundled} more` : "";
  const rows: (readonly [string, string])[] = [
    ["python", `${implementation} ${version}, ${platform}: ${profile.python}`],
    ...(profile.program === undefined ? [] : [["program", profile.program] as const]),
    ["brings", bundled.length === 0 ? "no packages" : `${packages.join(", ")}${more}`],
    ...(siteEnvs === undefined ? [] : [["environments", siteEnvs] as const]),
    ...siteDirs.map((path, index) => [index === 0 ? "directories" : "", path] as const),
    ...pathDirs.map((path, index) => [index === 0 ? "path files in" : "", path] as const),
    ["variables", variablesText(honours, ignores)],
    ["kept in", file],
  ];
  const lines = [
    `${style.bold(title)}${title === name ? "" : style.dim(` (${name})`)}`,
    columns(rows.map(([key, value]) => [`  ${style.dim(key)}`, value])),
  ];
  if (note !== undefined) lines.push(style.dim(`  ${note}`));
  return lines.join("\n");
}

function variablesText(honours: readonly string[], ignores: readonly string[]): string {
  const parts = [
    ...(honours.length === 0 ? [] : [`honours ${honours.join(", ")}`]),
    ...(ignores.length === 0 ? [] : [`ignores ${ignores.join(", ")}`]),
  ];
  return parts.join("; ");
}

export function hostListText({ hosts, templates }: HostList, style: Style): string {
  const rows = hosts.map(({ name, title, version, python, bundled, present }) => [
    style.bold(name),
    title,
    `Python ${version}`,
    count(bundled, "package"),
    present ? python : style.bad(`${python} is gone`),
  ]);
  const found = templates.filter((one) => one.found !== undefined);
  const others = templates.filter((one) => one.found === undefined).map(({ id }) => id);
  return [
    ...(rows.length === 0 ? ["no hosts yet"] : [columns(rows)]),
    ...found.map(
      ({ id, title, found: path }) => `${title} seems to be here: venvoy host add ${id}   ${style.dim(path ?? "")}`,
    ),
    ...(others.length === 0
      ? []
      : [style.dim(`other kinds: ${others.join(", ")}; venvoy host add KIND --python PATH`)]),
  ].join("\n");
}
