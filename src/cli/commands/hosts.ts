import { hostListText, hostText } from "../render/hosts.ts";
import { command } from "../spec.ts";
import { given } from "./choices.ts";

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
