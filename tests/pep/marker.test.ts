import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import {
  evaluateMarker,
  evaluateMarkerWith,
  type Marker,
  type MarkerEnvironment,
  markerText,
  parseMarker,
} from "../../src/pep/index.ts";
import { markerTexts } from "./arbitraries.ts";

const linux: MarkerEnvironment = {
  implementation_name: "cpython",
  implementation_version: "3.11.7",
  os_name: "posix",
  platform_machine: "x86_64",
  platform_python_implementation: "CPython",
  platform_release: "6.8.0-31-generic",
  platform_system: "Linux",
  platform_version: "#31-Ubuntu",
  python_full_version: "3.11.7",
  python_version: "3.11",
  sys_platform: "linux",
};

const holds = (text: string, extras?: readonly string[]): boolean =>
  evaluateMarker(parseMarker(text), linux, extras === undefined ? undefined : new Set(extras));

describe("evaluation", () => {
  test("versions compare as versions, everything else as text", () => {
    expect(holds("python_version >= '3.9'")).toBe(true);
    expect(holds("'3.9' <= python_version")).toBe(true);
    expect(holds("'3.12' <= python_version")).toBe(false);
    expect(holds("python_version in '3.10 3.11'")).toBe(true);
    expect(holds("python_full_version ~= '3.11.2'")).toBe(true);
    expect(holds("python_full_version == '3.11.*'")).toBe(true);
    expect(holds("platform_machine > 'a'")).toBe(false);
    expect(holds("sys.platform == 'linux' and python_implementation == 'CPython'")).toBe(true);
  });

  test("`and` binds tighter than `or`", () => {
    expect(holds("os_name == 'posix' or os_name == 'x' and os_name == 'y'")).toBe(true);
    expect(holds("(os_name == 'posix' or os_name == 'x') and os_name == 'y'")).toBe(false);
  });

  test("a marker on extras holds when one of the wanted extras makes it hold", () => {
    expect(holds("extra == 'Test_Suite'", ["docs", "test-suite"])).toBe(true);
    expect(holds("extra == 'test'")).toBe(false);
    expect(holds("extra == 'a' or python_version < '3'", ["b"])).toBe(false);
    expect(holds("os_name == 'posix'", ["a"])).toBe(true);
  });

  test("a Python built from a checkout has a version all the same", () => {
    const checkout = { ...linux, python_full_version: "3.13.0+" };
    expect(evaluateMarker(parseMarker("python_full_version >= '3.12'"), checkout)).toBe(true);
  });

  test("the sets of lock files", () => {
    const sets = { ...linux, extras: new Set(["GPU"]), dependency_groups: new Set<string>() };
    expect(evaluateMarkerWith(parseMarker("'gpu' in extras and 'dev' not in dependency_groups"), sets)).toBe(true);
  });

  test.each([
    ["os_name ~= 'posix'", "`~=` has no meaning between `posix` and `posix`"],
    ["'a' in extras", "`extras` has no value here"],
    ["'a' == 'b'", "`b` has no value here"],
  ])("%s can't be decided", (text, why) => {
    expect(() => holds(text)).toThrow(why);
  });

  test("does not depend on how the marker is printed", () => {
    const outcome = (marker: Marker, extra: string): boolean | "undecided" => {
      try {
        return evaluateMarkerWith(marker, { ...linux, extra });
      } catch (error) {
        if (isVenvoyError(error, "MARKER_INVALID")) return "undecided";
        throw error;
      }
    };
    fc.assert(
      fc.property(markerTexts, fc.constantFrom("", "foo-bar", "3"), (text, extra) => {
        const marker = parseMarker(text);
        expect(outcome(parseMarker(markerText(marker)), extra)).toBe(outcome(marker, extra));
      }),
    );
  });
});

describe("text", () => {
  test("is canonical: double quotes, current names, no parentheses that say nothing", () => {
    const text = "(os.name=='nt')and(sys_platform=='win32'or python_implementation!='x\"y')";
    expect(markerText(parseMarker(text))).toBe(
      `os_name == "nt" and (sys_platform == "win32" or platform_python_implementation != 'x"y')`,
    );
    expect(String(parseMarker("extra == 'Foo.Bar'"))).toBe('extra == "foo-bar"');
  });

  test("parsing what was printed gives the same marker", () => {
    fc.assert(
      fc.property(markerTexts, (text) => {
        const marker = parseMarker(text);
        const again = parseMarker(String(marker));
        expect(String(again)).toBe(String(marker));
      }),
    );
  });

  test("tells which variables it asks for", () => {
    const marker = parseMarker("os_name == 'nt' and (python_version < '3' or extra == 'a')");
    expect([marker.mentions("extra"), marker.mentions("platform_machine")]).toEqual([true, false]);
  });

  test.each([
    ["python_version >= 3.9", "quotes are missing around `3.9`", [18, 21]],
    ["pyhton_version >= '3'", "`pyhton_version` is not a marker variable", [0, 14]],
    ["os_name == 'x", "a quote is never closed", [11, 13]],
    ["(os_name == 'x'", "its parenthesis is never closed", [0, 15]],
    ["os_name = 'x'", "an operator such as `==`, `>=` or `in` is expected", [8, 9]],
    ["os_name == 'x' and", "a marker variable or a quoted text is expected, but the text ends", [18, 18]],
    ["os_name == 'a\\x'", "the quoted text is not a Python string", [11, 16]],
  ])("%s is refused in words", (text, why, span) => {
    expect(() => parseMarker(text)).toThrow(why);
    try {
      parseMarker(text);
    } catch (error) {
      expect(isVenvoyError(error, "MARKER_INVALID") && error.data).toEqual({ source: text, span });
    }
  });

  test("parentheses without end are refused, not followed", () => {
    expect(() => parseMarker("(".repeat(100_000))).toThrow("nested too deeply");
  });
});
