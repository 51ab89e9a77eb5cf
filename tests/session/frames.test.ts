import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFrame, FrameReader, MalformedFrame } from "../../src/session/frames.ts";
import { Gate } from "../../src/session/gate.ts";
import { OutputReader } from "../../src/session/output.ts";

describe("frames", () => {
  test("whatever is sent arrives, however it is cut", () => {
    const frame = fc.record({
      message: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })),
      attachments: fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(frames.map((one) => encodeFrame(one as never)));
          const reader = new FrameReader();
          const read: unknown[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = cuts[turn % cuts.length] ?? 1;
            read.push(...reader.push(bytes.subarray(at, at + size)));
            at += size;
          }
          const plain = (list: readonly unknown[]): unknown =>
            JSON.parse(JSON.stringify(list, (_key, value) => (value instanceof Uint8Array ? [...value] : value)));
          expect(plain(read)).toEqual(plain(frames));
        },
      ),
    );
  });

  test.each([
    ["another beginning", Buffer.from("GET / HTTP/1.1\r\n")],
    ["a text that is too large", Buffer.from([0x56, 0x4c, 0, 0, 0xff, 0, 0, 0])],
    ["attachments that are too large", Buffer.from([0x56, 0x4c, 0, 1, 0, 0, 0, 2, 0xff, 0, 0, 0])],
    ["no JSON", Buffer.concat([Buffer.from([0x56, 0x4c, 0, 0, 0, 0, 0, 2]), Buffer.from("{x")])],
    ["no object", Buffer.concat([Buffer.from([0x56, 0x4c, 0, 0, 0, 0, 0, 2]), Buffer.from("[]")])],
  ])("%s is refused", (_what, bytes) => {
    expect(() => new FrameReader().push(bytes)).toThrow(MalformedFrame);
  });
});

describe("output", () => {
  test("text up to the marker is the run's, and what follows is late, however it is cut", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.string(),
        fc.integer({ min: 1, max: 7 }),
        (before, after, size) => {
          const told = { run: "", late: "" };
          const reader = new OutputReader((text, late) => {
            told[late ? "late" : "run"] += text;
          });
          void reader.begin("<marker>");
          const bytes = Buffer.from(`${before}<mark<marker>${after}`);
          for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
          expect(told.run).toBe(Buffer.from(`${before}<mark`).toString());
          expect(Buffer.from(after).toString().startsWith(told.late)).toBe(true);
        },
      ),
    );
  });

  test("a mark of the byte order is text like any other, of each run anew", () => {
    let told = "";
    const reader = new OutputReader((text) => {
      told += text;
    });
    for (let run = 0; run < 2; run++) {
      void reader.begin("<marker>");
      reader.push(Buffer.from("\u{feff}a\u{feff}<marker>"));
    }
    expect(told).toBe("\u{feff}a\u{feff}".repeat(2));
  });

  test("what is held back for a marker that doesn't come is told when the run ends", () => {
    let told = "";
    const reader = new OutputReader((text) => {
      told += text;
    });
    void reader.begin("<marker>");
    reader.push(Buffer.from("abc<mar"));
    expect(told).toBe("abc");
    reader.end();
    expect(told).toBe("abc<mar");
  });
});

test("a gate lets one in at a time, in order; who gives up makes room; closed, it lets nobody in", async () => {
  const gate = new Gate();
  expect(await gate.enter()).toBe(true);
  const stop = new AbortController();
  const order: string[] = [];
  const first = gate.enter(stop.signal).catch(() => order.push("gave up"));
  const second = gate.enter().then((isIn) => order.push(`second ${isIn}`));
  stop.abort();
  gate.leave();
  await Promise.all([first, second]);
  const third = gate.enter().then((isIn) => order.push(`third ${isIn}`));
  gate.close();
  await third;
  expect(order).toEqual(["gave up", "second true", "third false"]);
  expect(await gate.enter()).toBe(false);
});
