import type { Typed, TypedLines, TypedLinesOptions } from "../ports/index.ts";

const mostHistory = 2000;

/** Node's line editor: arrow keys, Ctrl-R, completion. */
export async function typedLines({ history, complete, onInterrupt }: TypedLinesOptions): Promise<TypedLines> {
  const { createInterface } = await import("node:readline");
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    ...(isTerminal ? { output: process.stdout } : {}),
    terminal: isTerminal,
    history: history.slice(-mostHistory).reverse(),
    historySize: mostHistory,
    removeHistoryDuplicates: true,
    completer: (before: string, answer: (error: null, found: [string[], string]) => void) => {
      complete(before).then(
        ({ start, words }) => answer(null, [[...words], before.slice(start)]),
        () => answer(null, [[], ""]),
      );
    },
  });
  // Lines that come while nobody waits (a paste, a pipe) are kept.
  const typed: Typed[] = [];
  let waiting: ((one: Typed) => void) | undefined;
  const take = (one: Typed): void => {
    if (waiting === undefined) {
      typed.push(one);
      return;
    }
    waiting(one);
    waiting = undefined;
  };
  lines.on("line", (text) => take({ kind: "line", text }));
  lines.on("close", () => take({ kind: "end" }));
  lines.on("SIGINT", () => {
    if (waiting === undefined) {
      onInterrupt();
      return;
    }
    // What was typed so far is given up: its end, then all before.
    lines.write("", { ctrl: true, name: "e" });
    lines.write("", { ctrl: true, name: "u" });
    process.stdout.write("\n");
    take({ kind: "interrupted" });
  });
  return {
    next: (prompt) => {
      const found = typed.shift();
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve) => {
        waiting = resolve;
        if (!isTerminal) return;
        // A question in between has left the terminal as it is for every program.
        process.stdin.setRawMode(true);
        lines.setPrompt(prompt);
        lines.prompt();
      });
    },
    close: () => lines.close(),
  };
}
