import { printable } from "../../base/index.ts";
import type { Clock, Event, OpId, OpKind, OpStart, Reporter, Terminal } from "../../ports/index.ts";
import { bytes, count } from "./quantity.ts";

interface Running {
  readonly start: OpStart;
  done: number;
}

/** Where a frame is drawn: `log-update` on a terminal, an array in tests. */
export interface Canvas {
  draw(frame: string): void;
  clear(): void;
}

export interface ProgressReporter extends Reporter {
  /** Makes room for a line of text; drawing goes on with the next event. */
  pause(): void;
  /** The end: whatever is told later is not drawn. */
  stop(): void;
}

const verbs: Readonly<Record<OpKind, string>> = {
  resolve: "resolving",
  fetch: "downloading",
  unpack: "unpacking",
  link: "linking",
  compile: "compiling",
  build: "building",
  pack: "packing",
  wait: "waiting for",
};

const frameIntervalMs = 80;
const shownDownloads = 4;

/** Live progress on a terminal: one line per kind of work, and the largest downloads below. */
export function liveReporter(
  io: { readonly clock: Clock; readonly terminal: Terminal },
  canvas: Canvas,
): ProgressReporter {
  const running = new Map<OpId, Running>();
  const finished = new Map<OpKind, number>();
  let next = 0;
  let drawnMs = Number.NEGATIVE_INFINITY;
  let isStopped = false;
  const redraw = (): void => {
    if (isStopped) return;
    const nowMs = io.clock.elapsed();
    if (nowMs - drawnMs < frameIntervalMs) return;
    drawnMs = nowMs;
    const frame = progressFrame([...running.values()], finished, io.terminal.columns);
    if (frame === "") canvas.clear();
    else canvas.draw(frame);
  };
  return {
    nextOp: () => ++next,
    emit(event: Event): void {
      switch (event.type) {
        case "op:start":
          running.set(event.id, { start: event, done: 0 });
          break;
        case "op:progress": {
          const op = running.get(event.id);
          if (op !== undefined) op.done = event.done;
          break;
        }
        case "op:end": {
          const op = running.get(event.id);
          running.delete(event.id);
          if (op !== undefined && event.ok) finished.set(op.start.kind, (finished.get(op.start.kind) ?? 0) + 1);
          break;
        }
        case "notice":
          canvas.clear();
          io.terminal.writeErr(`  ${event.level === "warn" ? "note: " : ""}${printable(event.text)}\n`);
          return;
      }
      redraw();
    },
    pause: () => canvas.clear(),
    stop: () => {
      isStopped = true;
      canvas.clear();
    },
  };
}

/** For pipes: notices only, one line each. */
export function plainReporter(terminal: Terminal, { quiet }: { readonly quiet: boolean }): ProgressReporter {
  let next = 0;
  return {
    nextOp: () => ++next,
    emit(event) {
      if (event.type === "notice" && (!quiet || event.level === "warn"))
        terminal.writeErr(`${printable(event.text)}\n`);
      if (event.type === "op:start" && event.kind === "wait" && !quiet)
        terminal.writeErr(`waiting for ${printable(event.label)}\n`);
    },
    pause: () => {},
    stop: () => {},
  };
}

/** For programs: every event as one line of JSON. */
export function eventReporter(terminal: Terminal): ProgressReporter {
  let next = 0;
  return {
    nextOp: () => ++next,
    emit: (event) => terminal.writeErr(`${JSON.stringify(event)}\n`),
    pause: () => {},
    stop: () => {},
  };
}

/** `numpy-2.4.6-cp311-….whl` is `numpy 2.4.6` to a person; other labels stay. */
function fileLabel(label: string): string {
  const wheel = /^([^-\s]+)-([^-\s]+)-\S+\.whl$/.exec(label);
  return printable(wheel === null ? label : `${wheel[1]} ${wheel[2]}`, { newlines: false });
}

/** One frame; exported for its test. */
export function progressFrame(
  running: readonly { readonly start: OpStart; readonly done: number }[],
  finished: ReadonlyMap<OpKind, number>,
  width: number,
): string {
  const lines: string[] = [];
  for (const kind of Object.keys(verbs) as OpKind[]) {
    const of = running.filter((op) => op.start.kind === kind);
    if (of.length === 0) continue;
    if (kind !== "fetch") {
      const label = of.length === 1 ? (of[0]?.start.label ?? "") : count(of.length, "package");
      const total = of[0]?.start.total;
      const shown = (value: number): string => (kind === "pack" ? bytes(value) : String(value));
      const amount = of.length === 1 && total !== undefined ? ` ${shown(of[0]?.done ?? 0)}/${shown(total)}` : "";
      lines.push(`  ${verbs[kind]} ${fileLabel(label)}${amount}`);
      continue;
    }
    const totalBytes = of.reduce((sum, op) => sum + (op.start.total ?? 0), 0);
    const doneBytes = of.reduce((sum, op) => sum + op.done, 0);
    const done = finished.get("fetch") ?? 0;
    lines.push(
      `  downloading ${count(of.length, "file")}${done > 0 ? `, ${done} done` : ""}  ${bytes(doneBytes)}${totalBytes > 0 ? ` of ${bytes(totalBytes)}` : ""}`,
    );
    if (of.length === 1 && totalBytes === 0) {
      lines[lines.length - 1] = `  downloading ${fileLabel(of[0]?.start.label ?? "")}  ${bytes(doneBytes)}`;
      continue;
    }
    const largest = [...of].sort((a, b) => (b.start.total ?? 0) - (a.start.total ?? 0)).slice(0, shownDownloads);
    for (const op of largest) {
      const total = op.start.total === undefined ? "" : ` of ${bytes(op.start.total)}`;
      lines.push(`    ${fileLabel(op.start.label)}  ${bytes(op.done)}${total}`);
    }
  }
  return lines.map((line) => [...line].slice(0, Math.max(10, width - 1)).join("")).join("\n");
}
