import { hostPrepareText, hostResetText, hostStatusText } from "../render/host-environments.ts";
import { hostListText, hostText } from "../render/hosts.ts";
import { terminalStyle } from "../render/style.ts";
import { command, resolveFlags } from "../spec.ts";
import { changeOptions, given } from "./choices.ts";

const hostArgument = { kind: "one", summary: "the host", values: "nothing" } as const;

export const hostAdd = command(
  {
    path: "host add",
    group: "hosts",
    summary: "ask a program's Python what it is, so that environments fit it",
    changes: true,
    args: {
      host: {
        kind: "one",
        summary: "a name; one of a kind (rhino8, blender, maya …) is looked for",
        values: "nothing",
      },
    },
    flags: {
      python: { kind: "text", value: "PATH", summary: "the program's Python", values: "file" },
      program: { kind: "text", value: "PATH", summary: "the program that a person starts", values: "file" },
      template: {
        kind: "text",
        value: "KIND",
        summary: "the kind of program, when the name doesn't say it",
        values: "nothing",
      },
      "site-dir": { kind: "list", value: "DIR", summary: "a directory on its search path" },
      "site-envs": { kind: "text", value: "DIR", summary: "where it keeps environments of its own (Rhino)" },
      refresh: { kind: "boolean", summary: "ask a known host again" },
    },
    examples: ["venvoy host add rhino8", "venvoy host add blender --python /opt/blender/4.2/python/bin/python3.11"],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).addHost({
      name: args.host,
      ...given("python", flags.python),
      ...given("program", flags.program),
      ...given("template", flags.template),
      siteDirs: flags["site-dir"],
      ...given("siteEnvs", flags["site-envs"]),
      refresh: flags.refresh,
      dryRun: common.dryRun,
      signal: session.signal,
    });
    const verb = common.dryRun ? "would add" : "added";
    return { exit: 0, data: report, text: (style) => `${style.tick} ${verb} ${hostText(report, style)}` };
  },
);

export const hostList = command(
  {
    path: "host list",
    group: "hosts",
    summary: "the programs that environments can be made for",
    args: {},
    flags: {},
    examples: ["venvoy host list"],
  },
  async ({ session }) => {
    const found = await (await session.venvoy()).hosts({ signal: session.signal });
    return { exit: 0, data: found, text: (style) => hostListText(found, style) };
  },
);

export const hostShow = command(
  {
    path: "host show",
    group: "hosts",
    summary: "what is known of a host: its Python, its packages, its directories",
    args: { host: hostArgument },
    flags: {},
    examples: ["venvoy host show rhino8"],
  },
  async ({ args, session }) => {
    const report = await (await session.venvoy()).showHost(args.host, { signal: session.signal });
    return { exit: 0, data: report, text: (style) => hostText(report, style) };
  },
);

export const hostRemove = command(
  {
    path: "host remove",
    group: "hosts",
    summary: "forget a host; the program and its directories stay as they are",
    changes: true,
    args: { host: hostArgument },
    flags: {},
    examples: ["venvoy host remove blender"],
  },
  async ({ args, common, session }) => {
    const report = await (await session.venvoy()).removeHost(args.host, {
      dryRun: common.dryRun,
      signal: session.signal,
    });
    const verb = common.dryRun ? "would forget" : "forgot";
    return { exit: 0, data: report, text: (style) => `${style.tick} ${verb} ${style.bold(report.profile.title)}` };
  },
);

export const hostStatus = command(
  {
    path: "host status",
    group: "hosts",
    summary: "what stands in a host's environments: sizes, faults, what clashes, what nobody asks for any more",
    args: { host: hostArgument },
    flags: {},
    examples: ["venvoy host status rhino8", "venvoy host status rhino8 --json"],
  },
  async ({ args, session }) => {
    const status = await (await session.venvoy()).hostStatus(args.host, { signal: session.signal });
    return { exit: 0, data: status, text: (style) => hostStatusText(status, style) };
  },
);

export const hostPrepare = command(
  {
    path: "host prepare",
    group: "hosts",
    summary: "put what scripts ask for where the host looks for it, before it starts",
    changes: true,
    args: { host: hostArgument, files: { kind: "many", summary: "scripts, directories, patterns", values: "file" } },
    flags: { ...resolveFlags },
    examples: ["venvoy host prepare rhino8 scripts/*.py", "venvoy host prepare rhino8 scripts"],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).prepareHost({
      host: args.host,
      files: args.files,
      ...changeOptions(flags, common, session),
    });
    const notes = [...report.notes, ...report.environments.flatMap((one) => one.report.notes)];
    const exit = report.unserved.length > 0 ? 1 : 0;
    return { exit, data: report, notes, text: (style) => hostPrepareText(report, style) };
  },
);

export const hostReset = command(
  {
    path: "host reset",
    group: "hosts",
    summary: "take back what was put into a host's environments",
    changes: true,
    args: {
      host: hostArgument,
      ids: { kind: "any", summary: "only these environments, by what scripts call them", values: "nothing" },
    },
    flags: { all: { kind: "boolean", summary: "whole folders, also what the host itself installed" } },
    examples: ["venvoy host reset rhino8", "venvoy host reset rhino8 default --all --yes"],
  },
  async ({ args, flags, common, session }) => {
    const venvoy = await session.venvoy();
    const request = { host: args.host, ids: args.ids, all: flags.all, signal: session.signal };
    if (session.terminal.interactive && !common.yes && !common.dryRun && !common.json) {
      const plan = await venvoy.resetHost({ ...request, dryRun: true });
      session.say(hostResetText(plan, terminalStyle(session.terminal)));
      if (plan.removed.length === 0) return { exit: 0, data: plan, text: () => "" };
      const answer = await session.terminal.ask("Are you sure? [y/N] ");
      if (!/^y(es)?$/i.test(answer.trim())) return { exit: 0, data: plan, text: () => "nothing was removed" };
    }
    const report = await venvoy.resetHost({ ...request, dryRun: common.dryRun });
    return { exit: 0, data: report, text: (style) => hostResetText(report, style) };
  },
);
