import { type ErrorCode, errorCodes } from "./error-codes.ts";

export interface VenvoyErrorOptions {
  /** The next command to type, or the next thing to do; one sentence without a final period. */
  readonly hint?: string;
  /** Facts for `--json` and for callers that branch on them; JSON-serialisable. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one class for failures that a user can meet. Callers branch on `code` and `data`, never on the text. */
export class VenvoyError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: VenvoyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "VenvoyError";
    this.code = code;
    this.hint = options.hint;
    this.data = options.data ?? {};
  }

  /** The exit status that the command line ends with. */
  get exit(): number {
    return errorCodes[this.code].exit;
  }

  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(Object.keys(this.data).length === 0 ? {} : { data: this.data }),
    };
  }
}

export function isVenvoyError(error: unknown, code?: ErrorCode): error is VenvoyError {
  return error instanceof VenvoyError && (code === undefined || error.code === code);
}

/** True for an operating-system error with one of these codes (`ENOENT`, `EEXIST`, …). */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code);
}
