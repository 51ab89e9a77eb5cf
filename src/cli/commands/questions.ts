import { VenvoyError } from "../../base/index.ts";
import { historyText, treeText, whyNotText, whyText, whyTreeText } from "../render/answers.ts";
import { whichText } from "../render/which.ts";
import { command, nameFlag } from "../spec.ts";
import { named } from "./packages.ts";

export const tree = command(
  {
    path: "tree",
    group: "packages",
    summary: "draw which package needs which",
    args: {},
    flags: {
      ...nameFlag,
      why: { kind: "text", value: "PACKAGE", summary: "upside down: what needs this one, up to what was asked for" },
    },
    examples: ["venvoy tree", "venvoy tree -n demo", "venvoy tree --why idna"],
  },
  async ({ flags, session }) => {
    if (flags.why !== undefined) {
      const root = await (await session.venvoy()).treeOf(flags.why, { ...named(flags), signal: session.signal });
      return { exit: 0, data: root, text: (style) => whyTreeText(root, style) };
    }
    const roots = await (await session.venvoy()).tree({ ...named(flags), signal: session.signal });
    return { exit: 0, data: roots, text: (style) => treeText(roots, style) };
  },
);

export const why = command(
  {
    path: "why",
    group: "packages",
    summary: "say why a package is there",
    args: { package: { kind: "one", summary: "a package name; NAME==VERSION asks whether that one would fit" } },
    flags: { ...nameFlag },
    examples: ["venvoy why pytz", "venvoy why 'numpy==1.26.4'"],
  },
  async ({ args, flags, session }) => {
    const report = await (await session.venvoy()).why(args.package, { ...named(flags), signal: session.signal });
    return { exit: 0, data: report, text: (style) => whyText(report, style) };
  },
);

export const whyNot = command(
  {
    path: "why-not",
    group: "packages",
    summary: "say what stands against another version of a package",
    args: { package: { kind: "one", summary: "NAME==VERSION, or a range: 'numpy>=2'" } },
    flags: { ...nameFlag },
    examples: ["venvoy why-not 'numpy==1.26.4'", "venvoy why-not 'numpy>=2' -n demo"],
  },
  async ({ args, flags, session }) => {
    if (!/[<>=~!]/.test(args.package)) {
      throw new VenvoyError("ARGUMENT_INVALID", `\`venvoy why-not\` takes a version of \`${args.package}\``, {
        hint: `venvoy why-not '${args.package}==VERSION'; venvoy why ${args.package} says why it is there`,
      });
    }
    const report = await (await session.venvoy()).why(args.package, { ...named(flags), signal: session.signal });
    return { exit: 0, data: report, text: (style) => whyNotText(report, style) };
  },
);

export const which = command(
  {
    path: "which",
    group: "packages",
    summary: "say which file and package an import comes from, who asked for it, what it hides",
    args: { module: { kind: "maybe", summary: "a module: numpy, xml.etree" } },
    flags: {
      ...nameFlag,
      path: { kind: "boolean", summary: "show the search path, and why each entry is there" },
      script: { kind: "text", value: "FILE", summary: "as this script sees it, where `run` would start it" },
    },
    examples: [
      "venvoy which numpy",
      "venvoy which yaml -n demo",
      "venvoy which numpy --script a.py",
      "venvoy which --path",
    ],
  },
  async ({ args, flags, session }) => {
    if (args.module === undefined && !flags.path) {
      throw new VenvoyError("ARGUMENT_INVALID", "`venvoy which` takes a module, or --path for the search path alone", {
        hint: "venvoy which numpy",
      });
    }
    const report = await (await session.venvoy()).which(args.module, {
      ...named(flags),
      ...(flags.script === undefined ? {} : { script: flags.script }),
      signal: session.signal,
    });
    return {
      exit: 0,
      data: report,
      notes: report.notes,
      text: (style) => whichText(report, { path: flags.path }, style),
    };
  },
);

export const history = command(
  {
    path: "history",
    group: "time",
    summary: "list an environment's versions and the commands that made them",
    args: {},
    flags: { ...nameFlag },
    examples: ["venvoy history", "venvoy history -n demo"],
  },
  async ({ flags, session }) => {
    const entries = await (await session.venvoy()).history({ ...named(flags), signal: session.signal });
    return { exit: 0, data: entries, text: (style) => historyText(entries, session.clock.now(), style) };
  },
);
