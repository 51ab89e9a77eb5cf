import type { RunPlan, Venvoy } from "../app/index.ts";
import { startFailure } from "../app/index.ts";
import { VenvoyError } from "../base/index.ts";
import type { Clock, Reporter, Terminal, TypedLines, TypedLinesOptions } from "../ports/index.ts";
import { commands } from "./commands/index.ts";
import { commandHelp, fullHelp, shortHelp } from "./help.ts";
import { withMisplacedName } from "./misplaced-name.ts";
import { parseCommand } from "./parse.ts";
import { failureData, failureExit, failureText } from "./render/failure.ts";
import { type Canvas, eventReporter, liveReporter, type ProgressReporter, plainReporter } from "./render/progress.ts";
import { answerStyle, terminalStyle } from "./render/style.ts";
import type { CommonFlags } from "./spec.ts";
import { findCommand } from "./words.ts";

/** What the process entry gives the command line. */
export interface CliHost {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly version: string;
  readonly signal: AbortSignal;
  openVenvoy(options: { readonly offline: boolean; readonly reporter: Reporter }): Promise<Venvoy>;
  start(plan: RunPlan): Promise<number>;
  readStdin(): Promise<string>;
  typedLines(options: TypedLinesOptions): Promise<TypedLines>;
  canvas(): Promise<Canvas>;
}

/** Runs one command line and answers its exit status. Nothing is thrown. */
export async function runCli(words: readonly string[], host: CliHost): Promise<number> {
  const style = terminalStyle(host.terminal);
  const asJson = words.includes("--json");
  try {
    return await dispatch(words, host);
  } catch (caught) {
    const error = host.signal.aborted && isAbort(caught, host.signal) ? interrupted(caught) : caught;
    if (asJson) host.terminal.writeOut(`${JSON.stringify(failureData(error), undefined, 2)}\n`);
    else host.terminal.writeErr(`${failureText(error, style)}\n`);
    return failureExit(error);
  }
}

/** Operations stop by throwing the signal's own reason; what waits for a system call may have words of its own. */
function isAbort(error: unknown, { reason }: AbortSignal): boolean {
  return error === reason || (error instanceof Error && error.name === "AbortError");
}

/** Somebody pressed Ctrl-C, which is no fault of anybody. */
function interrupted(cause: unknown): VenvoyError {
  return new VenvoyError("ABORTED", "The command was interrupted", { cause });
}

async function dispatch(words: readonly string[], host: CliHost): Promise<number> {
  const style = answerStyle(host.terminal);
  const [first, ...others] = words;
  if (first === undefined || first === "--help" || first === "-h") return print(host, shortHelp(commands, style));
  if (first === "--version" || first === "-V" || first === "version") return print(host, `venvoy ${host.version}`);
  if (first === "help") return help(others, host);
  const { command, rest } = findCommand(commands, words);
  // What is behind `--` is for another program.
  const own = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  if (!command.spec.passthrough && own.some((word) => word === "--help" || word === "-h"))
    return print(host, commandHelp(command.spec, style));
  if (command.spec.passthrough && (rest[0] === "--help" || rest[0] === "-h"))
    return print(host, commandHelp(command.spec, style));
  const parsed = await parseCommand(command, rest);
  const reporter =
    parsed.flags["events"] === true ? eventReporter(host.terminal) : await reporterFor(parsed.common, host);
  let opened: Promise<Venvoy> | undefined;
  const session = {
    venvoy: () => {
      opened ??= host.openVenvoy({ offline: parsed.common.offline, reporter });
      return opened;
    },
    terminal: asking(host.terminal, reporter),
    clock: host.clock,
    typed: `venvoy ${words.join(" ")}`,
    signal: host.signal,
    readStdin: () => host.readStdin(),
    typedLines: (options: TypedLinesOptions) => host.typedLines(options),
    say: (line: string) => {
      reporter.pause();
      host.terminal.writeErr(`${line}\n`);
    },
    clearProgress: () => reporter.pause(),
    start: async (plan: RunPlan) => {
      reporter.stop();
      for (const note of plan.notes) if (!parsed.common.quiet) host.terminal.writeErr(`${note}\n`);
      try {
        return await host.start(plan);
      } catch (error) {
        throw startFailure(plan, error);
      }
    },
  };
  try {
    const outcome = await command.run({ ...parsed, session } as Parameters<typeof command.run>[0]);
    reporter.stop();
    if (!parsed.common.quiet) for (const note of outcome.notes ?? []) host.terminal.writeErr(`${note}\n`);
    if (parsed.common.json) {
      if (outcome.data !== undefined) host.terminal.writeOut(`${JSON.stringify(outcome.data, undefined, 2)}\n`);
    } else {
      const text = outcome.text(style);
      if (text !== "") host.terminal.writeOut(`${text}\n`);
    }
    return outcome.exit;
  } catch (error) {
    throw await withMisplacedName(error, parsed, async () =>
      (await (await session.venvoy()).list()).map(({ name }) => name),
    );
  } finally {
    reporter.stop();
  }
}

/** A question stands where progress was drawn: what comes after it must not wipe it out. */
function asking(terminal: Terminal, reporter: ProgressReporter): Terminal {
  const ask = (question: string): Promise<string> => {
    reporter.pause();
    return terminal.ask(question);
  };
  return Object.create(terminal, { ask: { value: ask } }) as Terminal;
}

function help(words: readonly string[], host: CliHost): number {
  const style = answerStyle(host.terminal);
  if (words.length === 0) return print(host, shortHelp(commands, style));
  if (words[0] === "all") return print(host, fullHelp(commands, style));
  return print(host, commandHelp(findCommand(commands, words).command.spec, style));
}

async function reporterFor(common: CommonFlags, host: CliHost): Promise<ProgressReporter> {
  if (common.quiet || common.json || !host.terminal.draws) return plainReporter(host.terminal, { quiet: common.quiet });
  return liveReporter(host, await host.canvas());
}

function print(host: CliHost, text: string): number {
  host.terminal.writeOut(`${text}\n`);
  return 0;
}
