import { typedWord, VenvoyError } from "../../base/index.ts";
import type { Outcome } from "../outcome.ts";
import { changeText } from "../render/change.ts";
import { cloneText, diffText, rebuildText } from "../render/lifecycle.ts";
import type { Session } from "../session.ts";
import { command, nameFlag, resolveFlags } from "../spec.ts";
import { changeOptions, given, layoutFlag, layoutOf } from "./choices.ts";
import { named } from "./packages.ts";

export const clone = command(
  {
    path: "clone",
    group: "environments",
    summary: "make a copy of an environment: its packages, requests and variables",
    changes: true,
    args: {
      name: { kind: "one", summary: "the environment" },
      to: { kind: "one", summary: "the name of the copy, or a directory such as ./env", values: "directory" },
    },
    flags: {
      purpose: { kind: "text", value: "TEXT", summary: "what the copy is for (else as the original)" },
      ...layoutFlag,
      ...resolveFlags,
    },
    examples: [
      "venvoy clone demo demo-next",
      "venvoy clone demo demo313 --python 3.13",
      "venvoy clone demo ./env",
      "venvoy clone demo ./portable --layout standalone",
    ],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).clone({
      ...args,
      ...(flags.purpose === undefined ? {} : { purpose: flags.purpose }),
      ...given("layout", layoutOf(flags.layout)),
      ...changeOptions(flags, common, session),
    });
    return { exit: 0, data: report, notes: report.notes, text: (style) => cloneText(report, args.name, style) };
  },
);

export const rebuild = command(
  {
    path: "rebuild",
    group: "environments",
    summary: "build an environment again from its lock, or on another Python",
    changes: true,
    args: { name: { kind: "maybe", summary: "the environment (else the active one)" } },
    flags: {
      all: { kind: "boolean", summary: "every environment" },
      latest: { kind: "boolean", summary: "take the newest versions of what is asked for" },
      ...resolveFlags,
    },
    examples: ["venvoy rebuild demo", "venvoy rebuild demo --python 3.13", "venvoy rebuild --all --latest"],
  },
  async ({ args, flags, common, session }) => {
    if (flags.all && args.name !== undefined) {
      throw new VenvoyError("ARGUMENT_INVALID", "`venvoy rebuild` takes a name or --all, not both", {
        hint: "venvoy rebuild --all",
      });
    }
    const outcomes = await (await session.venvoy()).rebuild({
      ...(args.name === undefined ? {} : { name: args.name }),
      all: flags.all,
      latest: flags.latest,
      ...changeOptions(flags, common, session),
    });
    return {
      exit: outcomes.some((one) => "error" in one) ? 1 : 0,
      data: outcomes,
      notes: outcomes.flatMap((one) => ("error" in one ? [] : one.report.notes)),
      text: (style) => rebuildText(outcomes, style),
    };
  },
);

export const diff = command(
  {
    path: "diff",
    group: "time",
    summary: "say in what two environments, or two versions, differ",
    args: {
      first: {
        kind: "one",
        summary: "an environment; NAME@2 is its version 2, @2 that of the active one",
        values: "environment",
      },
      second: { kind: "maybe", summary: "the other (else what the first is now)", values: "environment" },
    },
    flags: {},
    examples: ["venvoy diff stable test", "venvoy diff demo@2", "venvoy diff demo@2 demo@5"],
  },
  async ({ args, session }) => {
    const report = await (await session.venvoy()).diff({
      from: args.first,
      ...(args.second === undefined ? {} : { to: args.second }),
      signal: session.signal,
    });
    return { exit: report.same ? 0 : 3, data: report, text: (style) => diffText(report, style) };
  },
);

export const redo = command(
  {
    path: "redo",
    group: "time",
    summary: "take the last undo back",
    changes: true,
    args: {},
    flags: { ...nameFlag },
    examples: ["venvoy redo", "venvoy redo -n demo"],
  },
  async ({ flags, common, session }) => {
    const report = await (await session.venvoy()).redo({
      ...named(flags),
      signal: session.signal,
      dryRun: common.dryRun,
      command: session.typed,
    });
    return { exit: 0, data: report, notes: report.notes, text: (style) => changeText(report, style) };
  },
);

export const rename = command(
  {
    path: "rename",
    group: "environments",
    summary: "give an environment another name (the old one leads there for 30 days)",
    changes: true,
    args: {
      name: { kind: "one", summary: "the environment" },
      to: { kind: "one", summary: "its new name", values: "nothing" },
    },
    flags: {},
    examples: ["venvoy rename demo relephant"],
  },
  async ({ args, common, session }) => {
    const report = await (await session.venvoy()).rename({ ...args, dryRun: common.dryRun, signal: session.signal });
    const { from, name, changed, dryRun } = report;
    return {
      exit: 0,
      data: report,
      text: (style) =>
        changed && dryRun
          ? `would call ${from} ${style.bold(name)}; nothing was changed`
          : changed
            ? `${style.tick} ${from} is called ${style.bold(name)} now${style.dim(`   back: venvoy rename ${name} ${from}`)}`
            : `${style.tick} ${style.bold(name)} is called so already`,
    };
  },
);

const guardArgs = { name: { kind: "maybe", summary: "the environment (else the active one)" } } as const;

export const protect = command(
  {
    path: "protect",
    group: "environments",
    summary: "refuse changes to an environment, and its deletion",
    args: guardArgs,
    flags: {},
    examples: ["venvoy protect demo"],
  },
  ({ args, session }) => guard(session, args.name, true),
);

export const unprotect = command(
  {
    path: "unprotect",
    group: "environments",
    summary: "allow changes to a protected environment again",
    args: guardArgs,
    flags: {},
    examples: ["venvoy unprotect demo"],
  },
  ({ args, session }) => guard(session, args.name, false),
);

async function guard(session: Session, name: string | undefined, wanted: boolean): Promise<Outcome> {
  const report = await (await session.venvoy()).protect({
    ...(name === undefined ? {} : { name }),
    protected: wanted,
    signal: session.signal,
  });
  const state = wanted ? "is protected" : "may be changed";
  const already = report.changed ? "" : " already";
  const back = report.changed && wanted ? `   lift it: venvoy unprotect ${typedWord(report.name)}` : "";
  return {
    exit: 0,
    data: report,
    text: (style) => `${style.tick} ${style.bold(report.name)} ${state}${already}${style.dim(back)}`,
  };
}
