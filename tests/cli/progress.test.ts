import { expect, test } from "vitest";
import { liveReporter, progressFrame } from "../../src/cli/index.ts";
import type { Terminal } from "../../src/ports/index.ts";

test("downloads are summed, and the largest are named", () => {
  const running = [
    { start: { kind: "fetch" as const, label: "numpy", total: 20_000_000 }, done: 5_000_000 },
    { start: { kind: "fetch" as const, label: "idna", total: 60_000 }, done: 0 },
  ];
  expect(progressFrame(running, new Map([["fetch", 3]]), 80)).toBe(
    ["  downloading 2 files, 3 done  5.0 MB of 20 MB", "    numpy  5.0 MB of 20 MB", "    idna  0 B of 60 kB"].join(
      "\n",
    ),
  );
});

test("a frame is never wider than the terminal", () => {
  const running = [{ start: { kind: "unpack" as const, label: "x".repeat(200) }, done: 0 }];
  expect(progressFrame(running, new Map(), 40).length).toBeLessThan(40);
});

test("events draw frames, and a notice stays above them", () => {
  const drawn: string[] = [];
  const written: string[] = [];
  let nowMs = 0;
  const terminal = { columns: 80, writeErr: (text: string) => written.push(text) } as unknown as Terminal;
  const clock = { now: () => 0, elapsed: () => (nowMs += 100), sleep: async () => {} };
  const reporter = liveReporter(
    { clock, terminal },
    { draw: (frame) => drawn.push(frame), clear: () => drawn.push("") },
  );
  const id = reporter.nextOp();
  reporter.emit({ type: "op:start", id, kind: "resolve", label: "3 requirements" });
  reporter.emit({ type: "notice", level: "warn", code: "X", text: "careful\u001b[2J" });
  reporter.emit({ type: "op:end", id, ok: true });
  expect(drawn[0]).toBe("  resolving 3 requirements");
  expect(drawn.at(-1)).toBe("");
  expect(written).toEqual(["  note: careful\\x1b[2J\n"]);
});

test("nothing is drawn after the end, but a pause is only a pause", () => {
  const drawn: string[] = [];
  let nowMs = 0;
  const terminal = { columns: 80, writeErr: () => {} } as unknown as Terminal;
  const clock = { now: () => 0, elapsed: () => (nowMs += 100), sleep: async () => {} };
  const reporter = liveReporter({ clock, terminal }, { draw: (frame) => drawn.push(frame), clear: () => {} });
  const start = (label: string) => reporter.emit({ type: "op:start", id: reporter.nextOp(), kind: "unpack", label });
  start("one");
  reporter.pause();
  start("two");
  reporter.stop();
  start("three");
  expect(drawn).toEqual(["  unpacking one", "  unpacking 2 packages"]);
});
