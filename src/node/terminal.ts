import { writeSync } from "node:fs";
import { VenvoyError } from "../base/index.ts";
import type { Terminal } from "../ports/index.ts";
import { isTerminal } from "./is-terminal.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** The terminal of this process. Questions and progress go to standard error: standard output is the answer. */
export function nodeTerminal(env: Variables = process.env): Terminal {
  const showsErrors = isTerminal("stderr");
  return {
    interactive: showsErrors && isTerminal("stdin"),
    draws: showsErrors && env["TERM"] !== "dumb",
    drawsAnswers: isTerminal("stdout") && env["TERM"] !== "dumb",
    get columns() {
      return columnsOf(env);
    },
    colour: wantsColour(env, showsErrors),
    coloursAnswers: wantsColour(env, isTerminal("stdout")),
    ask,
    writeOut: (text) => writeAll(1, text),
    writeErr: (text) => writeAll(2, text),
  };
}

/**
 * NO_COLOR (no-color.org) and FORCE_COLOR as Node reads them: set and not empty counts, and FORCE_COLOR=0 means no.
 * FORCE_COLOR is the stronger one, because it is set by hand for one command.
 */
export function wantsColour(env: Variables, isTerminal: boolean): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  const refused = env["NO_COLOR"];
  if (refused !== undefined && refused !== "") return false;
  return isTerminal && env["TERM"] !== "dumb";
}

/** A terminal that doesn't know its width reports 0. */
function columnsOf(env: Variables): number {
  const told = widthOf("stderr") || widthOf("stdout") || Number(env["COLUMNS"]);
  return Number.isInteger(told) && told > 0 ? told : 80;
}

function widthOf(stream: "stdout" | "stderr"): number {
  return isTerminal(stream) ? process[stream].columns : 0;
}

async function ask(question: string): Promise<string> {
  if (!isTerminal("stdin") || !isTerminal("stderr")) throw inputNeeded(question);
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const stop = new AbortController();
  // Ctrl-D and Ctrl-C end the question; without this the promise would never settle.
  lines.once("close", () => stop.abort());
  lines.once("SIGINT", () => stop.abort());
  try {
    return await lines.question(question, { signal: stop.signal });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new VenvoyError("ABORTED", "The question was not answered", { cause: error });
  } finally {
    lines.close();
  }
}

function inputNeeded(question: string): VenvoyError {
  return new VenvoyError("INPUT_NEEDED", "This needs an answer, and there is no terminal to ask on", {
    hint: "Pass `--yes` to agree beforehand",
    data: { question },
  });
}

/**
 * Writes all of `text` before it returns, so that nothing is lost when the process ends or is replaced. A reader that
 * went away (`venvoy list | head -1`) is not a failure of ours.
 */
function writeAll(descriptor: number, text: string): void {
  let bytes: Uint8Array = Buffer.from(text);
  while (bytes.byteLength > 0) {
    try {
      bytes = bytes.subarray(writeSync(descriptor, bytes));
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EPIPE") return;
      // The other end set the terminal or pipe to non-blocking, and it is full: give it a moment.
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
