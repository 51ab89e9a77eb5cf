import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import { fits, type Interpreter, parsePythonRequest, requiresPythonRequest } from "../../src/python/index.ts";

const python = (version: string, over: Partial<Interpreter> = {}): Interpreter =>
  ({
    version,
    versionInfo: version
      .split(/[^0-9]+/)
      .slice(0, 3)
      .map(Number),
    implementation: "cpython",
    freeThreaded: false,
    debug: false,
    ...over,
  }) as unknown as Interpreter;

describe("parsePythonRequest", () => {
  test.each([
    ["3", { kind: "version", release: [3] }],
    ["3.11", { kind: "version", release: [3, 11], implementation: undefined }],
    ["3.11.7", { kind: "version", release: [3, 11, 7] }],
    [" 3.11 ", { kind: "version", release: [3, 11] }],
    ["311", { kind: "version", release: [3, 11] }],
    ["python3.11", { kind: "version", release: [3, 11], implementation: undefined }],
    ["python3", { kind: "version", release: [3] }],
    ["cpython@3.12", { kind: "version", release: [3, 12], implementation: "cpython" }],
    ["cpython-3.12", { kind: "version", release: [3, 12], implementation: "cpython" }],
    ["pypy@3.10", { kind: "version", release: [3, 10], implementation: "pypy" }],
    ["pypy3.10", { kind: "version", release: [3, 10], implementation: "pypy" }],
    ["pypy", { kind: "version", release: [], implementation: "pypy" }],
    ["PyPy@3.10", { kind: "version", release: [3, 10], implementation: "pypy" }],
    ["3.13t", { kind: "version", release: [3, 13], freeThreaded: true, debug: false }],
    ["3.13td", { kind: "version", release: [3, 13], freeThreaded: true, debug: true }],
    ["3.13+freethreaded", { kind: "version", release: [3, 13], freeThreaded: true }],
    ["3.14.0rc1", { kind: "version", release: [3, 14, 0], exact: "3.14.0rc1" }],
    [">=3.9,<3.13", { kind: "range", implementation: undefined }],
    ["~=3.10", { kind: "range" }],
    ["==3.11.*", { kind: "range" }],
    ["pypy@>=3.9", { kind: "range", implementation: "pypy" }],
    ["any", { kind: "any" }],
    ["python", { kind: "any" }],
    ["/usr/bin/python3", { kind: "path", path: "/usr/bin/python3" }],
    ["./env", { kind: "path", path: "./env" }],
    ["~/envs/x", { kind: "path", path: "~/envs/x" }],
    ["C:\\Python311\\python.exe", { kind: "path" }],
    ["python.exe", { kind: "path" }],
    [".", { kind: "path" }],
    ["cpython-3.12.4-linux-x86_64-gnu", { kind: "version", release: [3, 12, 4], implementation: "cpython" }],
    ["cpython-3.13.0+freethreaded-macos-aarch64-none", { kind: "version", release: [3, 13, 0], freeThreaded: true }],
    ["pypy3.10-7.3.17", { kind: "version", release: [3, 10], implementation: "pypy" }],
    ["3.14-dev", { kind: "version", release: [3, 14] }],
    ["3.13t-dev", { kind: "version", release: [3, 13], freeThreaded: true }],
    ["mayapy", { kind: "command", name: "mayapy" }],
    ["hython3.10", { kind: "command", name: "hython3.10" }],
  ])("%s", (text, expected) => {
    expect(parsePythonRequest(text)).toMatchObject(expected);
  });

  test.each([
    "",
    "  ",
    "3.x",
    "3.",
    "3..1",
    "3.11.7.1",
    "cpython@",
    "pypy@x",
    "@3.11",
    ">=3.x",
    ">=",
    "3.11 3.12",
    "a b",
    "a\0b",
    "3.11;rm",
  ])("%j is refused", (text) => {
    try {
      parsePythonRequest(text);
      expect.unreachable();
    } catch (error) {
      expect(isVenvoyError(error, "PYTHON_REQUEST_INVALID")).toBe(true);
    }
  });

  test("text of any kind is a request or a clear refusal", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(parsePythonRequest(text).kind).toBeTypeOf("string");
        } catch (error) {
          expect(isVenvoyError(error, "PYTHON_REQUEST_INVALID")).toBe(true);
        }
      }),
    );
  });

  test("every version that is written plainly is read back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 99 }), (minor, micro) => {
        expect(parsePythonRequest(`3.${minor}.${micro}`)).toMatchObject({
          kind: "version",
          release: [3, minor, micro],
        });
      }),
    );
  });
});

describe("fits", () => {
  test.each([
    ["3", "3.11.7", true],
    ["3.11", "3.11.7", true],
    ["3.1", "3.11.7", false],
    ["3.11.7", "3.11.8", false],
    [">=3.9,<3.13", "3.12.4", true],
    [">=3.9,<3.13", "3.13.0", false],
    [">=3.14", "3.14.0rc1", false],
    [">=3.14.0rc1", "3.14.0rc2", true],
    ["3.14", "3.14.0rc1", true],
    ["3.14.0rc1", "3.14.0rc2", false],
    ["!=3.11.7", "3.11.7", false],
    ["2.7", "2.7.18", true],
    [">=3.8", "3.12.0+", true],
  ])("%s and %s: %s", (request, version, expected) => {
    expect(fits(parsePythonRequest(request), python(version))).toBe(expected);
  });

  test("a free-threaded or debug build must be asked for", () => {
    const threaded = python("3.13.0", { freeThreaded: true });
    expect(fits(parsePythonRequest("3.13"), threaded)).toBe(false);
    expect(fits(parsePythonRequest(">=3.13"), threaded)).toBe(false);
    expect(fits(parsePythonRequest("any"), threaded)).toBe(false);
    expect(fits(parsePythonRequest("3.13t"), threaded)).toBe(true);
    expect(fits(parsePythonRequest("3.13t"), python("3.13.0"))).toBe(false);
    expect(fits(parsePythonRequest("3.13d"), python("3.13.0", { debug: true }))).toBe(true);
    expect(fits(parsePythonRequest("3.13"), python("3.13.0", { debug: true }))).toBe(false);
  });

  test("an implementation that is named must be that one", () => {
    const pypy = python("3.10.14", { implementation: "pypy" });
    expect(fits(parsePythonRequest("3.10"), pypy)).toBe(true);
    expect(fits(parsePythonRequest("pypy@3.10"), pypy)).toBe(true);
    expect(fits(parsePythonRequest("cpython@3.10"), pypy)).toBe(false);
    expect(fits(parsePythonRequest("pypy@>=3.11"), pypy)).toBe(false);
  });

  test("requires-python as found in the wild", () => {
    expect(fits(requiresPythonRequest(">= 3.9, < 4, "), python("3.12.1"))).toBe(true);
    expect(fits(requiresPythonRequest(">=3.9"), python("3.8.18"))).toBe(false);
    expect(() => requiresPythonRequest("three")).toThrow("not written as PEP 440");
  });
});
