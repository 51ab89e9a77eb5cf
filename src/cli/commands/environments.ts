import type { EnvironmentSummary } from "../../app/index.ts";
import { typedWord } from "../../base/index.ts";
import { deletedTable, environmentDetails, environmentTable } from "../render/environment.ts";
import { count } from "../render/quantity.ts";
import { terminalStyle } from "../render/style.ts";
import { command } from "../spec.ts";

export const list = command(
  {
    path: "list",
    group: "environments",
    summary: "list the environments",
    everyday: true,
    args: {},
    flags: {
      deleted: { kind: "boolean", summary: "those that restore can bring back" },
      here: { kind: "boolean", summary: "those that are used from this directory, and why" },
      names: { kind: "boolean", summary: "the names and nothing else, one a line" },
    },
    examples: ["venvoy list", "venvoy list --here", "venvoy list --json", "venvoy list --deleted"],
  },
  async ({ flags, session }) => {
    if (flags.deleted) {
      const gone = await (await session.venvoy()).listDeleted({ signal: session.signal });
      return { exit: 0, data: gone, text: (style) => deletedTable(gone, session.clock.now(), style) };
    }
    const found = await (await session.venvoy()).list({ here: flags.here, signal: session.signal });
    if (flags.names) {
      const names = found.map(({ name }) => name);
      return { exit: 0, data: names, text: () => names.join("\n") };
    }
    return {
      exit: 0,
      data: found,
      text: (style) =>
        flags.here && found.length === 0
          ? "no environment was used from this directory"
          : environmentTable(found, session.clock.now(), style),
    };
  },
);

export const show = command(
  {
    path: "show",
    group: "environments",
    summary: "show what an environment holds, and who asked for it",
    everyday: true,
    args: { name: { kind: "maybe", summary: "the environment (else the active one)" } },
    flags: { path: { kind: "boolean", summary: "print its directory and nothing else" } },
    examples: ["venvoy show", "venvoy show demo", "venvoy show demo --path"],
  },
  async ({ args, flags, session }) => {
    const found = await (await session.venvoy()).show({
      ...(args.name === undefined ? {} : { name: args.name }),
      signal: session.signal,
    });
    return {
      exit: 0,
      data: flags.path ? found.path : found,
      text: (style) => (flags.path ? found.path : environmentDetails(found, session.clock.now(), style)),
    };
  },
);

export const remove = command(
  {
    path: "delete",
    group: "environments",
    summary: "delete environments (restore brings one back for 30 days)",
    everyday: true,
    changes: true,
    args: { names: { kind: "many", summary: "the environments" } },
    flags: { force: { kind: "boolean", summary: "also when one is in use or protected" } },
    examples: ["venvoy delete demo", "venvoy delete old older --yes"],
  },
  async ({ args, flags, common, session }) => {
    const venvoy = await session.venvoy();
    if (session.terminal.interactive && !common.yes && !common.dryRun && !common.json) {
      const doomed = await venvoy.delete(args.names, { dryRun: true, force: flags.force });
      const now = session.clock.now();
      session.say(environmentTable(doomed, now, terminalStyle(session.terminal)));
      const answer = await session.terminal.ask("Are you sure? [y/N] ");
      if (!/^y(es)?$/i.test(answer.trim())) return { exit: 0, data: [], text: () => "nothing was deleted" };
    }
    const gone = await venvoy.delete(args.names, { force: flags.force, dryRun: common.dryRun, signal: session.signal });
    const verb = common.dryRun ? "would delete" : "deleted";
    return {
      exit: 0,
      data: gone,
      text: (style) =>
        `${style.tick} ${verb} ${names(gone)}${style.dim(`   bring back: venvoy restore ${typedWord(gone[0]?.name ?? "")}`)}`,
    };
  },
);

export const restore = command(
  {
    path: "restore",
    group: "environments",
    summary: "bring a deleted environment back",
    args: { name: { kind: "one", summary: "the name it had", values: "deleted" } },
    flags: {},
    examples: ["venvoy restore demo"],
  },
  async ({ args, session }) => {
    const back = await (await session.venvoy()).restore(args.name, { signal: session.signal });
    return {
      exit: 0,
      data: back,
      text: (style) => `${style.tick} ${style.bold(back.name)} is back, with ${count(back.packages, "package")}`,
    };
  },
);

function names(environments: readonly EnvironmentSummary[]): string {
  return environments.map(({ name }) => `\`${name}\``).join(", ");
}
