import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareCodePoints,
  errorCodes,
  mapLimit,
  nearest,
  onAbort,
  printable,
  SafeUrl,
  toolVersion,
  VenvoyError,
} from "../../src/base/index.ts";

test("every code has a subject first, and an exit that the design knows", () => {
  const codes = Object.keys(errorCodes);
  expect(codes).toEqual([...codes].sort());
  for (const code of codes) expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
});

test("an error prints as data without empty fields", () => {
  expect(JSON.parse(JSON.stringify(new VenvoyError("ENV_UNKNOWN", "No environment is named `x`")))).toEqual({
    code: "ENV_UNKNOWN",
    message: "No environment is named `x`",
  });
});

test("order is by code point, total and antisymmetric", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      const points = (text: string): number[] => [...text].map((char) => char.codePointAt(0) ?? 0);
      const [x, y] = [points(a), points(b)];
      const at = x.findIndex((point, index) => point !== y[index]);
      const expected =
        at === -1 ? Math.sign(x.length - y.length) : y[at] === undefined ? 1 : Math.sign((x[at] ?? 0) - (y[at] ?? 0));
      expect(compareCodePoints(a, b)).toBe(expected);
      expect(compareCodePoints(b, a)).toBe(expected === 0 ? 0 : -expected);
    }),
  );
});

test("credentials never show, but are there for the request", () => {
  const url = SafeUrl.parse("https://ann:secret@index.example/simple/");
  expect(`${url} ${JSON.stringify({ url })}`).not.toContain("secret");
  expect(url.reveal()).toContain("ann:secret@");
  expect(url.withoutCredentials().reveal()).toBe("https://index.example/simple/");
  expect(SafeUrl.parse("../x", url).reveal()).toBe("https://ann:secret@index.example/x");
});

test("printable text can't move a cursor or turn text around", () => {
  expect(printable("a\u001b[31mb\r\u202ec\u0000")).toBe("a\\x1b[31mb\\x0d\\u{202e}c\\x00");
  expect(printable("naïve — 漢字 🐍\n")).toBe("naïve — 漢字 🐍\n");
});

test("near names come best first", () => {
  expect(nearest("reqeusts", ["requests", "request", "rest", "numpy"])).toEqual(["requests", "request"]);
  expect(nearest("numpy", ["pandas"])).toEqual([]);
});

test("work in lanes keeps order, its limit, and its first failure", async () => {
  let running = 0;
  let most = 0;
  const square = async (n: number): Promise<number> => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    return n * n;
  };
  expect(await mapLimit([1, 2, 3, 4, 5], 2, square)).toEqual([1, 4, 9, 16, 25]);
  expect(most).toBe(2);
  await expect(mapLimit([1, 2, 3], 2, async (n) => Promise.reject(new Error(`no ${n}`)))).rejects.toThrow("no 1");
});

test("the version is the package's", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(toolVersion).toBe(version);
});

test("hundreds may wait for one signal; whoever stopped listening is not called", () => {
  const controller = new AbortController();
  const called: number[] = [];
  const stops = Array.from({ length: 300 }, (_, at) => onAbort(controller.signal, () => called.push(at)));
  stops[7]?.();
  controller.abort("enough");
  controller.abort("again");
  expect(called.length).toBe(299);
  expect(called).not.toContain(7);
  onAbort(controller.signal, (reason) => expect(reason).toBe("enough"));
  onAbort(undefined, () => called.push(-1));
  expect(called.length).toBe(299);
});
