import { printable, VenvoyError } from "../../base/index.ts";
import { publishText, releasesText, rollbackText } from "../render/publish.ts";
import { command } from "../spec.ts";

export const publish = command(
  {
    path: "publish",
    group: "sharing",
    summary: "put an environment and its Python on a share, as the next release, while people work",
    everyday: true,
    changes: true,
    args: {
      name: { kind: "one", summary: "the environment", values: "environment" },
      destination: { kind: "one", summary: "a directory: empty, new, or published to before", values: "directory" },
    },
    flags: {
      as: {
        kind: "text",
        value: "FORM",
        summary: "how releases lie: `share` (trees, the default) or `vcs` (one archive each, for version control)",
        values: ["share", "vcs"],
      },
      note: { kind: "text", value: "TEXT", summary: "a sentence for the list of releases", values: "nothing" },
      keep: {
        kind: "text",
        value: "N",
        summary: "remove all but the newest N releases, never one that is current or in use",
        values: "nothing",
      },
      "no-switch": { kind: "boolean", summary: "leave the current release current; `venvoy rollback DEST N` switches" },
    },
    examples: [
      "venvoy publish tools /mnt/share/tools",
      'venvoy publish tools /mnt/share/tools --note "numpy 2" --keep 5',
      "venvoy publish tools ./tools --as vcs",
      "venvoy publish tools /mnt/share/tools --dry-run",
    ],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).publish({
      ...args,
      ...(flags.as === undefined ? {} : { form: formNamed(flags.as) }),
      ...(flags.note === undefined ? {} : { note: flags.note }),
      ...(flags.keep === undefined ? {} : { keep: wholeNumber(flags.keep, "--keep") }),
      noSwitch: flags["no-switch"],
      dryRun: common.dryRun,
      signal: session.signal,
    });
    return { exit: 0, data: report, notes: report.notes, text: (style) => publishText(report, style) };
  },
);

function formNamed(text: string): "share" | "vcs" {
  if (text === "share" || text === "vcs") return text;
  throw new VenvoyError("ARGUMENT_INVALID", `There is no form \`${printable(text, { newlines: false })}\``, {
    hint: "--as share, or --as vcs",
  });
}

export const releases = command(
  {
    path: "releases",
    group: "sharing",
    summary: "list what was published to a share: which release is current, who uses which",
    args: { destination: { kind: "one", summary: "the publication", values: "directory" } },
    flags: {
      diff: { kind: "boolean", summary: "with the packages that each release changed" },
      verify: { kind: "boolean", summary: "compare every file with what was published (exit 3 when one differs)" },
    },
    examples: ["venvoy releases /mnt/share/tools", "venvoy releases /mnt/share/tools --diff"],
  },
  async ({ args, flags, session }) => {
    const report = await (await session.venvoy()).releases({
      destination: args.destination,
      verify: flags.verify,
      signal: session.signal,
    });
    const isDamaged = report.releases.some(({ damaged }) => (damaged?.length ?? 0) > 0);
    return {
      exit: flags.verify && (isDamaged || report.unreadable.length > 0) ? 3 : 0,
      data: report,
      text: (style) => releasesText(report, { diff: flags.diff, nowMs: session.clock.now() }, style),
    };
  },
);

export const rollback = command(
  {
    path: "rollback",
    group: "sharing",
    summary: "make another release of a share current: the one before, or any that is there",
    changes: true,
    args: {
      destination: { kind: "one", summary: "the publication", values: "directory" },
      release: { kind: "maybe", summary: "the release's number (else the one before)", values: "nothing" },
    },
    flags: {},
    examples: ["venvoy rollback /mnt/share/tools", "venvoy rollback /mnt/share/tools 7"],
  },
  async ({ args, common, session }) => {
    const report = await (await session.venvoy()).rollback({
      destination: args.destination,
      ...(args.release === undefined ? {} : { release: wholeNumber(args.release, "a release") }),
      dryRun: common.dryRun,
      signal: session.signal,
    });
    return { exit: 0, data: report, notes: report.notes, text: (style) => rollbackText(report, style) };
  },
);

function wholeNumber(text: string, what: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new VenvoyError("ARGUMENT_INVALID", `\`${text}\` is not a whole number, 1 or more, as ${what} is`, {
    hint: what === "--keep" ? "--keep 5" : "venvoy releases DEST lists the numbers",
  });
}
