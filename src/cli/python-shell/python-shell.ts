import type { HostFace, Session as Lanes, PathsReport, SessionEvent, ShellHistory } from "../../app/index.ts";
import type { TypedLines } from "../../ports/index.ts";
import { failureText } from "../render/failure.ts";
import { type Style, terminalStyle } from "../render/style.ts";
import type { Session } from "../session.ts";
import { pipLine } from "./pip-line.ts";

export interface PythonShellSetup {
  readonly session: Session;
  readonly host: HostFace;
  readonly environment: string | undefined;
  /** Runs pip's words in the environment; answers what pip would print. */
  pip(words: readonly string[], environment: string): Promise<string>;
}

const leaving = /^\s*(?:exit|quit)\s*(?:\(\s*(\d*)\s*\))?\s*$/;
const outside = /^\s*[!%]/;

/** A Python shell in a lane. Answers the exit status that was asked for. */
export async function pythonShell(setup: PythonShellSetup): Promise<number> {
  const shell = new PythonShell(setup, await setup.host.shellHistory());
  return shell.run();
}

class PythonShell {
  readonly #setup: PythonShellSetup;
  readonly #style: Style;
  readonly #history: ShellHistory;
  readonly #typed: string[];
  #lines: TypedLines | undefined;
  /** From a line's end until the next prompt: an interrupt in between is for it, also before it has begun. */
  #working: AbortController | undefined;
  #toldInterrupt = false;
  #buffer: readonly string[] = [];
  #python = "";

  constructor(setup: PythonShellSetup, history: ShellHistory) {
    this.#setup = setup;
    this.#style = terminalStyle(setup.session.terminal);
    this.#history = history;
    this.#typed = [...history.lines];
  }

  async run(): Promise<number> {
    const { host, environment, session } = this.#setup;
    await using lanes = await host.open({
      ...(environment === undefined ? {} : { environment }),
      spares: false,
      // What a person has made at the prompt is not given up because a machine is slow to hear of Ctrl-C.
      limits: { graceMs: 30_000 },
      onEvent: (event) => this.#tell(event),
    });
    const stop = (): void => void lanes.close();
    session.signal.addEventListener("abort", stop, { once: true });
    try {
      // An empty statement brings the process up, so that the first Tab has something to ask.
      await lanes.evaluate("", { signal: session.signal });
      const place = await lanes.paths();
      if (session.terminal.interactive) session.say(this.#greeting(place));
      return await this.#talk(lanes, place.environment.name);
    } finally {
      session.signal.removeEventListener("abort", stop);
      this.#lines?.close();
    }
  }

  async #talk(lanes: Lanes, environment: string): Promise<number> {
    for (;;) {
      this.#lines ??= await this.#open(lanes);
      const typed = await this.#lines.next(this.#buffer.length === 0 ? ">>> " : "... ");
      if (typed.kind === "end" || this.#setup.session.signal.aborted) {
        if (this.#setup.session.terminal.interactive) this.#setup.session.terminal.writeOut("\n");
        return 0;
      }
      if (typed.kind === "interrupted") {
        this.#buffer = [];
        continue;
      }
      const working = new AbortController();
      this.#working = working;
      this.#toldInterrupt = false;
      this.#typed.push(typed.text);
      await this.#history.add(typed.text);
      const exit = await this.#take(lanes, typed.text, { environment, signal: working.signal });
      this.#working = undefined;
      if (exit !== undefined) return exit;
      // Python says so itself where the line was already at work.
      if (working.signal.aborted && !this.#toldInterrupt) this.#setup.session.terminal.writeErr("KeyboardInterrupt\n");
    }
  }

  /** Answers an exit status when the line ends the shell. */
  async #take(
    lanes: Lanes,
    line: string,
    { environment, signal }: { readonly environment: string; readonly signal: AbortSignal },
  ): Promise<number | undefined> {
    if (signal.aborted) {
      this.#buffer = [];
      return undefined;
    }
    if (this.#buffer.length === 0) {
      const left = leaving.exec(line);
      if (left !== null) return Number(left[1] || 0);
      const pip = pipLine(line);
      if (pip !== undefined) {
        await this.#pip(pip, environment);
        return undefined;
      }
      if (outside.test(line)) {
        this.#setup.session.say(
          `\`${line.trim().slice(0, 1)}\` runs pip alone here; import subprocess for other programs`,
        );
        return undefined;
      }
      if (line.trim() === "") return undefined;
    }
    const text = [...this.#buffer, line].join("\n");
    const isWhole = await this.#evaluate(lanes, text, signal);
    this.#buffer = isWhole ? [] : [...this.#buffer, line];
    return undefined;
  }

  /** False when more lines are needed. A failure is told, and the shell goes on. */
  async #evaluate(lanes: Lanes, text: string, signal: AbortSignal): Promise<boolean> {
    try {
      const { complete } = await lanes.evaluate(text, { signal });
      return complete;
    } catch (error) {
      if (!signal.aborted) this.#setup.session.say(failureText(error, this.#style));
      return true;
    }
  }

  /** Its questions need the terminal as it is for every command. */
  async #pip(words: readonly string[], environment: string): Promise<void> {
    const { session } = this.#setup;
    if (session.terminal.interactive) {
      this.#lines?.close();
      this.#lines = undefined;
    }
    try {
      const text = await this.#setup.pip(words, environment);
      if (text !== "") session.terminal.writeOut(`${text}\n`);
    } catch (error) {
      session.say(failureText(error, this.#style));
    }
  }

  #open(lanes: Lanes): Promise<TypedLines> {
    return this.#setup.session.typedLines({
      history: this.#typed,
      complete: async (before) => {
        if (before.trim() === "") return { start: before.length, words: [`${before}    `.slice(before.length)] };
        const above = this.#buffer.map((line) => `${line}\n`).join("");
        const found = await lanes.complete(above + before, above.length + before.length);
        return { start: found.start - above.length, words: found.words };
      },
      // A line and a Ctrl-C that come in one piece are told before whoever waits for the line has it.
      onInterrupt: () => queueMicrotask(() => this.#working?.abort()),
    });
  }

  #greeting({ environment, sitePackages }: PathsReport): string {
    const version = environment.version === undefined ? "" : ` (version ${environment.version})`;
    const [place = environment.path] = sitePackages;
    return [
      `Python ${this.#python} in ${this.#style.bold(environment.name)}${version}`,
      this.#style.dim(`pip install NAME puts packages into ${place}`),
      this.#style.dim(
        `as a new version of ${environment.name}, for every later run in it (venvoy undo -n ${environment.name} takes it back). Ctrl-D leaves`,
      ),
    ].join("\n");
  }

  #tell(event: SessionEvent): void {
    const { terminal } = this.#setup.session;
    if (event.type === "stdout") terminal.writeOut(event.text);
    if (event.type === "stderr") {
      terminal.writeErr(event.text);
      this.#toldInterrupt ||= event.text.includes("KeyboardInterrupt");
    }
    if (event.type === "lane:started") this.#python = event.python;
    if (event.type === "notice") terminal.writeErr(`${this.#style.dim(event.text)}\n`);
  }
}
