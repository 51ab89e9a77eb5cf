import { changeText } from "../render/change.ts";
import { command, resolveFlags } from "../spec.ts";
import { changeOptions } from "./choices.ts";

export const create = command(
  {
    path: "create",
    group: "environments",
    summary: "make an environment, with packages if you like",
    everyday: true,
    changes: true,
    args: {
      name: { kind: "one", summary: "a name, or a directory such as ./env" },
      requirements: { kind: "any", summary: "packages, as pip writes them" },
    },
    flags: {
      file: { kind: "list", value: "FILE", short: "f", summary: "a file with requirements" },
      purpose: { kind: "text", value: "TEXT", summary: "what it is for; shown by list and show" },
      "system-site-packages": { kind: "boolean", summary: "also see the base Python's packages" },
      ...resolveFlags,
    },
    examples: [
      "venvoy create demo",
      "venvoy create demo --python 3.12 numpy 'pandas>=2'",
      "venvoy create ./env -f requirements.txt",
    ],
  },
  async ({ args, flags, common, session }) => {
    const venvoy = await session.venvoy();
    const report = await venvoy.create({
      name: args.name,
      requirements: args.requirements,
      files: flags.file,
      systemSitePackages: flags["system-site-packages"],
      ...(flags.purpose === undefined ? {} : { purpose: flags.purpose }),
      ...changeOptions(flags, common, session),
    });
    return {
      exit: 0,
      data: report,
      notes: report.notes,
      text: (style) => changeText(report, style, { undoHint: false }),
    };
  },
);
