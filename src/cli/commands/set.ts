import type { VariablesReport } from "../../app/index.ts";
import { printable, VenvoyError } from "../../base/index.ts";
import type { Style } from "../render/style.ts";
import { command, nameFlag } from "../spec.ts";

export const set = command(
  {
    path: "set",
    group: "environments",
    summary: "set an environment's variables, on activation, run and in kernels; alone, list them",
    changes: true,
    args: { variables: { kind: "any", summary: "NAME=VALUE", values: "nothing" } },
    flags: {
      ...nameFlag,
      unset: { kind: "list", value: "VARIABLE", summary: "forget it", values: "nothing" },
    },
    examples: ["venvoy set -n demo MPLBACKEND=Agg", "venvoy set --unset MPLBACKEND", "venvoy set"],
  },
  async ({ args, flags, common, session }) => {
    const pairs = args.variables.map(pairOf);
    const report = await (await session.venvoy()).variables({
      ...(flags.name === undefined ? {} : { name: flags.name }),
      set: Object.fromEntries(pairs),
      unset: flags.unset,
      dryRun: common.dryRun,
      signal: session.signal,
    });
    const isList = pairs.length === 0 && flags.unset.length === 0;
    return {
      exit: 0,
      data: report,
      notes: report.notes,
      text: (style) => (isList ? listed(report) : changed(report, { style, dryRun: common.dryRun })),
    };
  },
);

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new VenvoyError("ARGUMENT_INVALID", `\`${printable(text, { newlines: false })}\` is not NAME=VALUE`, {
    hint: at === 0 ? "venvoy set NAME=VALUE" : `venvoy set ${printable(text, { newlines: false })}=VALUE`,
  });
}

function listed({ variables, name }: VariablesReport): string {
  const lines = Object.entries(variables).map(([key, value]) => `${key}=${printable(value, { newlines: false })}`);
  return lines.length === 0 ? `no variables are set in ${name}` : lines.join("\n");
}

function changed(
  { name, changed: names, variables }: VariablesReport,
  { style, dryRun }: { readonly style: Style; readonly dryRun: boolean },
): string {
  if (names.length === 0) return `${style.tick} ${style.bold(name)} has that already`;
  const parts = names.map((key) => `${key} ${key in variables ? "set" : "unset"}`);
  return `${style.tick} ${dryRun ? "would change " : ""}${style.bold(name)}: ${parts.join(", ")}`;
}
