import type { OpenProgram, Proc, ProcRequest, ProcResult, StartRequest, StartResult } from "../../src/ports/index.ts";
import { systemError } from "./memory-disk.ts";

/** What a pretended program answers; left out means exit 0 and silence. */
export interface FakeAnswer {
  readonly exit?: number;
  readonly killedBy?: string;
  readonly timedOut?: boolean;
  readonly stdout?: string | Uint8Array;
  readonly stderr?: string | Uint8Array;
}

/** Answers for the programs that it knows; `undefined`: there is no such program (ENOENT). */
export type FakeProgram = (request: ProcRequest | StartRequest) => FakeAnswer | undefined;

/** Starts nothing: asks the test's programs, and remembers what was asked. */
export class FakeProc implements Proc {
  readonly ran: ProcRequest[] = [];
  readonly started: StartRequest[] = [];
  readonly detached: StartRequest[] = [];
  readonly alive: Set<number>;
  readonly #program: FakeProgram;

  constructor(program: FakeProgram = () => undefined, alive: Iterable<number> = []) {
    this.#program = program;
    this.alive = new Set(alive);
  }

  async run(request: ProcRequest): Promise<ProcResult> {
    request.signal?.throwIfAborted();
    this.ran.push(request);
    const answer = this.#ask(request);
    const limit = request.maxOutputBytes ?? Number.POSITIVE_INFINITY;
    const isKilled = answer.killedBy !== undefined;
    return {
      exit: isKilled ? undefined : (answer.exit ?? 0),
      killedBy: answer.killedBy,
      timedOut: answer.timedOut ?? false,
      stdout: bytesOf(answer.stdout).slice(0, limit),
      stderr: bytesOf(answer.stderr).slice(0, limit),
    };
  }

  async start(request: StartRequest): Promise<StartResult> {
    this.started.push(request);
    return { exit: this.#ask(request).exit ?? 0 };
  }

  startDetached(request: StartRequest): void {
    this.detached.push(request);
  }

  async open(request: StartRequest): Promise<OpenProgram> {
    throw systemError("ENOSYS", "spawn", request.argv[0]);
  }

  isAlive(pid: number): boolean {
    return this.alive.has(pid);
  }

  #ask(request: ProcRequest | StartRequest): FakeAnswer {
    const answer = this.#program(request);
    if (answer === undefined) throw systemError("ENOENT", "spawn", request.argv[0]);
    return answer;
  }
}

function bytesOf(output: string | Uint8Array = ""): Uint8Array {
  return typeof output === "string" ? new TextEncoder().encode(output) : output;
}
