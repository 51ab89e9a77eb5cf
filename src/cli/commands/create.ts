import { VenvoyError } from "../../base/index.ts";
import { changeText } from "../render/change.ts";
import { command, editableFlag, overrideBundledFlag, resolveFlags, wishFlags } from "../spec.ts";
import { changeOptions, editables, given, layoutFlag, layoutOf, wishOf } from "./choices.ts";

export const create = command(
  {
    path: "create",
    group: "environments",
    summary: "make an environment, with packages if you like",
    everyday: true,
    changes: true,
    args: {
      name: { kind: "maybe", summary: "a name, or a directory such as ./env", values: "directory" },
      requirements: { kind: "any", summary: "packages, as pip writes them" },
    },
    flags: {
      at: { kind: "text", value: "DIR", summary: "make it in this directory; then no NAME is given" },
      file: { kind: "list", value: "FILE", short: "f", summary: "a file with requirements" },
      ...wishFlags,
      temporary: { kind: "boolean", summary: "goes by itself when nobody used it for a day" },
      ...editableFlag,
      purpose: { kind: "text", value: "TEXT", summary: "what it is for; shown by list and show" },
      ...layoutFlag,
      host: { kind: "text", value: "HOST", summary: "make it for this program (host add)", values: "nothing" },
      ...overrideBundledFlag,
      "system-site-packages": { kind: "boolean", summary: "also see the base Python's packages" },
      ...resolveFlags,
    },
    examples: [
      "venvoy create demo",
      "venvoy create demo --python 3.12 numpy 'pandas>=2'",
      "venvoy create ./env -f requirements.txt",
      "venvoy create ./lib --layout plain --host blender scipy",
    ],
  },
  async ({ args, flags, common, session }) => {
    const venvoy = await session.venvoy();
    const report = await venvoy.create({
      ...placeOf(flags.at, { ...args, requirements: [...args.requirements, ...editables(flags)] }),
      files: flags.file,
      ...wishOf(flags),
      systemSitePackages: flags["system-site-packages"],
      ...given("layout", layoutOf(flags.layout)),
      ...given("host", flags.host),
      overrideBundled: flags["override-bundled"],
      ...(flags.temporary ? { temporary: true } : {}),
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

function placeOf(
  at: string | undefined,
  { name, requirements }: { readonly name: string | undefined; readonly requirements: readonly string[] },
): { readonly name?: string; readonly at?: string; readonly requirements: readonly string[] } {
  if (at !== undefined) return { at, requirements: name === undefined ? requirements : [name, ...requirements] };
  if (name !== undefined) return { name, requirements };
  throw new VenvoyError("ARGUMENT_INVALID", "`venvoy create` needs a name, or a directory", {
    hint: "venvoy create demo, or venvoy create ./env",
  });
}
