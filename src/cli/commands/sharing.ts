import { packText, unpackText } from "../render/sharing.ts";
import { command } from "../spec.ts";

export const pack = command(
  {
    path: "pack",
    group: "sharing",
    summary: "write an environment and its Python into one file or directory that can lie anywhere",
    changes: true,
    args: { name: { kind: "maybe", summary: "the environment (else the active one)", values: "environment" } },
    flags: {
      "with-venvoy": {
        kind: "boolean",
        summary: "take venvoy along: TREE/venvoy runs scripts there without Python and network",
      },
      output: { kind: "text", short: "o", value: "FILE", summary: "a .tar.gz, .tar.zst or .zip file, or a directory" },
    },
    examples: [
      "venvoy pack demo -o demo.tar.gz",
      "venvoy pack demo -o /mnt/tools/demo",
      "venvoy pack demo -o demo.zip --with-venvoy",
    ],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).pack({
      output: flags.output ?? `${args.name ?? "environment"}.tar.gz`,
      withVenvoy: flags["with-venvoy"],
      dryRun: common.dryRun,
      signal: session.signal,
      ...(args.name === undefined ? {} : { name: args.name }),
    });
    return { exit: 0, data: report, text: (style) => packText(report, style) };
  },
);

export const unpack = command(
  {
    path: "unpack",
    group: "sharing",
    summary: "unpack what pack wrote, and compare every file with its list",
    args: {
      file: { kind: "one", summary: "the archive" },
      to: { kind: "maybe", summary: "a new directory (else one of the archive's name beside it)", values: "directory" },
    },
    flags: {
      check: { kind: "boolean", summary: "compare a directory that was unpacked before with its list; writes nothing" },
    },
    examples: ["venvoy unpack demo.tar.gz", "venvoy unpack demo.tar.gz /opt/demo", "venvoy unpack --check /opt/demo"],
  },
  async ({ args, flags, session }) => {
    const report = await (await session.venvoy()).unpack({
      file: args.file,
      check: flags.check,
      signal: session.signal,
      ...(args.to === undefined ? {} : { to: args.to }),
    });
    return { exit: 0, data: report, text: (style) => unpackText(report, style, flags.check) };
  },
);
