import { nodeTerminal } from "../../../src/node/index.ts";

/** Asks one question; says on standard output what the terminal is and what came back. */
const terminal = nodeTerminal();
const { interactive, draws, columns, colour } = terminal;
terminal.writeErr(`${JSON.stringify({ interactive, draws, columns, colour })}\n`);
try {
  terminal.writeErr(`answer: ${JSON.stringify(await terminal.ask("Go on? "))}\n`);
} catch (error) {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  terminal.writeOut(`no answer: ${code}\n`);
}
