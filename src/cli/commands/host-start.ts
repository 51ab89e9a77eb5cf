import { VenvoyError } from "../../base/index.ts";
import { type SnippetLanguage, snippetLanguages, startupFiles } from "../../host/index.ts";
import { shellNames } from "../../shell/index.ts";
import { launchText, snippetNote, snippetWritten } from "../render/host-start.ts";
import { terminalStyle } from "../render/style.ts";
import type { Session } from "../session.ts";
import { type CommonFlags, command, nameFlag } from "../spec.ts";
import { given } from "./choices.ts";
import { shellNamed } from "./shells.ts";

export const hostLaunch = command(
  {
    path: "host launch",
    group: "hosts",
    summary: "start a program with an environment's packages, by the variables that it honours",
    args: {
      host: { kind: "one", summary: "the host", values: "nothing" },
      arguments: { kind: "any", summary: "for the program; those that begin with `-` go behind `--`", values: "file" },
    },
    flags: {
      ...nameFlag,
      program: { kind: "text", value: "PATH", summary: "the program, where it isn't known", values: "file" },
      print: { kind: "boolean", summary: "show the variables and the command, and start nothing" },
      shell: { kind: "text", value: "SHELL", summary: "for --print: how they are written", values: shellNames },
      force: { kind: "boolean", summary: "start it although the packages don't fit" },
      "dry-run": { kind: "boolean", summary: "check, say how it would be started, and start nothing" },
    },
    examples: [
      "venvoy host launch maya -n tools",
      "venvoy host launch blender -n /share/tools -- -b scene.blend",
      "venvoy host launch maya -n tools --print --shell powershell",
    ],
  },
  async ({ args, flags, session }) => {
    const venvoy = await session.venvoy();
    const isShown = flags.print || flags["dry-run"];
    const report = await venvoy.launchHost({
      host: args.host,
      args: args.arguments,
      ...given("name", flags.name),
      ...given("program", flags.program),
      force: flags.force,
      print: isShown,
      dryRun: flags["dry-run"],
      signal: session.signal,
    });
    if (isShown) {
      const shell = flags.shell === undefined ? (report.shell ?? "sh") : shellNamed(flags.shell);
      return { exit: 0, data: report, notes: report.notes, text: () => launchText(report, shell) };
    }
    return { exit: await session.start(report.plan), data: undefined, text: () => "" };
  },
);

export const hostSnippet = command(
  {
    path: "host snippet",
    group: "hosts",
    summary: "lines for a program's own startup file, for those who start it by a click",
    changes: true,
    args: {},
    flags: {
      ...nameFlag,
      for: {
        kind: "text",
        value: "PROGRAM",
        summary: `which program: ${Object.keys(startupFiles).join(", ")}, or a host that you added`,
        values: Object.keys(startupFiles),
      },
      lang: {
        kind: "text",
        value: "LANGUAGE",
        summary: `in which language, where the program takes several: ${snippetLanguages.join(", ")}`,
        values: snippetLanguages,
      },
      "seen-as": {
        kind: "list",
        value: "PATH",
        summary: "the same place as other machines see it (`K:\\tools`); the first that is there counts",
        values: "nothing",
      },
      program: { kind: "text", value: "PATH", summary: "for a batch file: the program to start", values: "nothing" },
      write: { kind: "boolean", summary: "put them into the program's startup file" },
      remove: { kind: "boolean", summary: "take them out again" },
      file: { kind: "text", value: "FILE", summary: "another startup file than the program's own" },
    },
    examples: [
      "venvoy host snippet -n tools --for maya",
      "venvoy host snippet -n /share/tools --for 3dsmax --seen-as 'K:\\tools' > venvoy.ms",
      "venvoy host snippet -n tools --for blender --write",
    ],
  },
  async ({ flags, common, session }) => {
    const venvoy = await session.venvoy();
    const request = {
      for: programOf(flags.for),
      ...given("name", flags.name),
      ...given("language", languageOf(flags.lang)),
      seenAs: flags["seen-as"],
      ...given("program", flags.program),
      ...given("file", flags.file),
      signal: session.signal,
    };
    if (!flags.write && !flags.remove) {
      const report = await venvoy.hostSnippet(request);
      const notes = common.quiet ? report.notes : [...report.notes, snippetNote(report)];
      return { exit: 0, data: report, notes, text: () => report.text.replace(/\r?\n$/, "") };
    }
    const write = flags.remove ? ("remove" as const) : ("put" as const);
    const plan = await venvoy.hostSnippet({ ...request, write, dryRun: true });
    const mayDo = !common.dryRun && plan.writing?.action !== "none" && (await agreed(plan, common, session));
    const report = mayDo ? await venvoy.hostSnippet({ ...request, write }) : plan;
    return {
      exit: 0,
      data: report,
      notes: report.notes,
      text: (style) => snippetWritten(report, { done: mayDo, declined: !mayDo && !common.dryRun }, style),
    };
  },
);

function programOf(text: string | undefined): string {
  if (text !== undefined) return text;
  throw new VenvoyError("ARGUMENT_INVALID", "`venvoy host snippet` takes the program that the lines are for", {
    hint: `venvoy host snippet -n NAME --for PROGRAM, one of ${Object.keys(startupFiles).join(", ")}`,
  });
}

function languageOf(text: string | undefined): SnippetLanguage | undefined {
  const found = snippetLanguages.find((one) => one === text);
  if (text === undefined || found !== undefined) return found;
  throw new VenvoyError("ARGUMENT_INVALID", `\`--lang\` doesn't take \`${text}\``, {
    hint: `it takes ${snippetLanguages.join(", ")}`,
  });
}

type Report = Parameters<typeof snippetWritten>[0];

/** A startup file is a person's own: it is shown what would happen to it. */
async function agreed(plan: Report, common: CommonFlags, session: Session): Promise<boolean> {
  if (common.yes || common.json || !session.terminal.interactive) return true;
  session.say(snippetWritten(plan, { done: false, declined: false }, terminalStyle(session.terminal)));
  return /^y(es)?$/i.test((await session.terminal.ask("Do it? [y/N] ")).trim());
}
