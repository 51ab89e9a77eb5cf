import { flagsOf } from "./parse.ts";
import { columns } from "./render/columns.ts";
import type { Style } from "./render/style.ts";
import type { ArgSpec, Command, CommandSpec, FlagSpec, Group } from "./spec.ts";

const groupTitles: Readonly<Record<Group, string>> = {
  scripts: "scripts",
  environments: "environments",
  packages: "packages (of -n NAME, else the active environment)",
  time: "time",
  shell: "shell",
  files: "files and other tools",
  python: "python",
  hosts: "hosts",
  sharing: "sharing",
  health: "health",
};

/** `venvoy` alone: a dozen commands, and where the rest is. */
export function shortHelp(commands: readonly Command[], style: Style): string {
  const rows = commands
    .filter(({ spec }) => spec.everyday)
    .map(({ spec }) => [`  ${style.bold(spec.path)}`, spec.summary]);
  return `venvoy keeps your Python environments\n\n${columns(rows)}\n\nvenvoy help COMMAND explains one; venvoy help all lists the rest`;
}

export function fullHelp(commands: readonly Command[], style: Style): string {
  const parts = Object.entries(groupTitles).flatMap(([group, title]) => {
    const rows = commands
      .filter(({ spec }) => spec.group === group)
      .map(({ spec }) => [`  ${style.bold(spec.path)}`, spec.summary]);
    return rows.length === 0 ? [] : [`${title}\n${columns(rows)}`];
  });
  return parts.join("\n\n");
}

export function commandHelp(spec: CommandSpec, style: Style): string {
  const own = Object.entries(flagsOf(spec)).map(([name, flag]) => [
    `  ${style.bold(flagWord(name, flag))}`,
    flag.summary,
  ]);
  const args = Object.entries(spec.args).map(([name, arg]) => [`  ${style.bold(argWord(name, arg))}`, arg.summary]);
  return [
    `venvoy ${usageLine(spec)}`,
    spec.summary,
    ...(args.length > 0 ? [columns(args)] : []),
    columns(own),
    `examples\n${spec.examples.map((line) => `  ${line}`).join("\n")}`,
  ].join("\n\n");
}

export function usageLine(spec: CommandSpec): string {
  return [spec.path, ...Object.entries(spec.args).map(([name, arg]) => argWord(name, arg)), "[FLAGS]"].join(" ");
}

export function argWord(name: string, arg: ArgSpec): string {
  const word = name.toUpperCase();
  switch (arg.kind) {
    case "one":
      return word;
    case "maybe":
      return `[${word}]`;
    case "many":
      return `${word}…`;
    case "any":
      return `[${word}…]`;
  }
}

export function flagWord(name: string, flag: FlagSpec): string {
  const value = flag.kind === "boolean" ? "" : ` ${flag.value}`;
  return `${flag.short ? `-${flag.short}, ` : ""}--${name}${value}`;
}
