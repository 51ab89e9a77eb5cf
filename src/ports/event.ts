export type OpId = number;

export type OpKind = "resolve" | "fetch" | "unpack" | "link" | "compile" | "wait" | "build" | "pack";

export interface OpStart {
  readonly parent?: OpId;
  readonly kind: OpKind;
  /** What a person reads: a package name, a file name; already printable. */
  readonly label: string;
  /** Bytes for `fetch` and `pack`, files for `unpack` and `link`, packages for `resolve`. */
  readonly total?: number;
}

/** Everything that an operation tells while it runs. One closed union for all rooms; renderers word it. */
export type Event =
  | ({ readonly type: "op:start"; readonly id: OpId } & OpStart)
  | { readonly type: "op:progress"; readonly id: OpId; readonly done: number }
  | { readonly type: "op:end"; readonly id: OpId; readonly ok: boolean }
  | { readonly type: "notice"; readonly level: "warn" | "info"; readonly code: string; readonly text: string };

export interface Reporter {
  emit(event: Event): void;
  nextOp(): OpId;
}

/** Brackets `body` with `op:start` and `op:end`; the end is always told. */
export async function inOp<T>(reporter: Reporter, start: OpStart, body: (id: OpId) => Promise<T>): Promise<T> {
  const id = reporter.nextOp();
  reporter.emit({ type: "op:start", id, ...start });
  let ok = false;
  try {
    const value = await body(id);
    ok = true;
    return value;
  } finally {
    reporter.emit({ type: "op:end", id, ok });
  }
}

/** A reporter that tells nothing; for library callers that don't listen. */
export function silentReporter(): Reporter {
  let next = 0;
  return { emit: () => {}, nextOp: () => ++next };
}
