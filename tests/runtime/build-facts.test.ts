import { expect, test } from "vitest";
import { movableConfigScript, movableSysconfigVars } from "../../src/runtime/movable/build-facts.ts";

const prefix = "/build/python-3.14.0";

test("the variables of a build as JSON are told from the file's own place, and no search path of that day is left", () => {
  const text = JSON.stringify({
    prefix,
    LIBDIR: `${prefix}/lib`,
    LDFLAGS: `-L${prefix}/lib -Wl,-rpath,${prefix}/lib -O2`,
    OTHER: `${prefix}-debug/lib`,
    VERSION: "3.14",
  });
  expect(JSON.parse(movableSysconfigVars(text, prefix))).toEqual({
    prefix: "../..",
    LIBDIR: "../../lib",
    LDFLAGS: "-L../../lib -O2",
    OTHER: `${prefix}-debug/lib`,
    VERSION: "3.14",
  });
});

test("python-config finds itself in a place with blanks", () => {
  const text = `RESULT=$(dirname $(cd $(dirname "$1") && pwd -P))\nprefix_real=$(installed_prefix "$0")\nprefix="${prefix}"\n`;
  expect(movableConfigScript(text, prefix)).toBe(
    'RESULT=$(dirname "$(cd "$(dirname "$1")" && pwd -P)")\nprefix_real=$(installed_prefix "$0")\nprefix="${prefix_real}"\n',
  );
});
