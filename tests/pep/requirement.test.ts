import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import { parseRequirement, splitRequirements } from "../../src/pep/index.ts";
import { cpuMs } from "../kit/cpu-time.ts";
import { requirementText } from "./arbitraries.ts";

describe("one requirement", () => {
  test("has these parts", () => {
    const found = parseRequirement(" Foo.Bar [B_c, a,b-c] ( >= 1.0, <2 ) ; python_version < '3.9'");
    expect(found).toMatchObject({ name: "foo-bar", displayName: "Foo.Bar", extras: ["a", "b-c"], url: undefined });
    expect(String(found)).toBe('Foo.Bar[B_c,a,b-c]<2,>=1.0; python_version < "3.9"');
    expect(found.specifier.contains("1.5")).toBe(true);
  });

  test("may be a URL, which ends at white space only", () => {
    const found = parseRequirement("pip @ https://files.example/a;b,c.whl ; os_name == 'nt'");
    expect(found.url).toBe("https://files.example/a;b,c.whl");
    expect(String(found)).toBe('pip @ https://files.example/a;b,c.whl ; os_name == "nt"');
    expect(found.specifier.isEmpty).toBe(true);
  });

  test("parsing what was printed gives the same requirement", () => {
    fc.assert(
      fc.property(requirementText, (text) => {
        const found = parseRequirement(text);
        const again = parseRequirement(String(found));
        expect(String(again)).toBe(String(found));
        expect([again.name, again.extras, again.url]).toEqual([found.name, found.extras, found.url]);
      }),
    );
  });

  test.each([
    ["", "An empty text is not a requirement", [0, 0]],
    ["numpy=1.2", "write `==` in place of `=`", [5, 9]],
    ["numpy 1.2", "an operator such as `>=` is missing before `1.2`", [6, 9]],
    ["numpy scipy", "a comma is missing before `scipy`", [6, 11]],
    ["numpy, scipy", "one requirement may stand here, not a list", [5, 6]],
    ["numpy[extra", "the bracket of its extras is never closed", [5, 11]],
    ["numpy[a b]", "`,` or `]` is expected, but `b` stands there", [8, 9]],
    ["numpy (>=1", "its parenthesis is never closed", [6, 10]],
    ["numpy>=1; python_version > 3", "quotes are missing around `3`", [27, 28]],
    ["https://h/x.whl", "a URL needs the package's name before it", [0, 15]],
    ["./x.whl", "a path needs the package's name before it", [0, 1]],
    ["-r x.txt", "options can't stand here", [0, 2]],
    ["numpy @", "a URL after `@` is expected, but the text ends", [7, 7]],
    ["numpy\n", "a line break stands there", [5, 6]],
  ])("%j is refused in words", (text, why, span) => {
    expect(() => parseRequirement(text)).toThrow(why);
    try {
      parseRequirement(text);
    } catch (error) {
      expect(isVenvoyError(error, "REQUIREMENT_INVALID") && error.data).toEqual({ source: text, span });
    }
  });

  test("no password of a URL is shown", () => {
    const text = "a @ https://user:p@ss@h/x y";
    expect(() => parseRequirement(text)).toThrow("`a @ https://*********@h/x y`");
    try {
      parseRequirement(text);
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain("p@ss");
    }
    expect(JSON.stringify([parseRequirement("a @ https://u:p@h/x")])).toBe('["a @ https://***@h/x"]');
    expect(parseRequirement("a @ https://u:p@h/x").toString()).toContain("u:p");
  });
});

describe("a list", () => {
  const split = (text: string): string[] =>
    splitRequirements(text).map(({ requirement, start, end }) => `${requirement} <- ${text.slice(start, end)}`);

  test("commas separate requirements and join clauses", () => {
    expect(split("numpy>=1.2,<2, scipy, jax[cpu]")).toEqual([
      "numpy<2,>=1.2 <- numpy>=1.2,<2",
      "scipy <- scipy",
      "jax[cpu] <- jax[cpu]",
    ]);
    expect(split("a (>=1, <2) , b ==1.0,c===x,d")).toEqual([
      "a<2,>=1 <- a (>=1, <2)",
      "b==1.0 <- b ==1.0",
      "c===x <- c===x",
      "d <- d",
    ]);
  });

  test("a URL ends before a comma that white space follows, and keeps its own", () => {
    expect(split("a @ https://h/x,y.whl, b")).toEqual(["a @ https://h/x,y.whl <- a @ https://h/x,y.whl", "b <- b"]);
    expect(split("a @ https://h/x ; os_name=='nt', b")).toEqual([
      `a @ https://h/x ; os_name == "nt" <- a @ https://h/x ; os_name=='nt'`,
      "b <- b",
    ]);
  });

  test("markers end at a comma, but not at one in quotes", () => {
    expect(split("a; os_name in 'x,y', b")).toEqual([`a; os_name in "x,y" <- a; os_name in 'x,y'`, "b <- b"]);
  });

  test("empty members are passed over", () => {
    expect([split(""), split(" , ,"), split(",a,,b,")]).toEqual([[], [], ["a <- a", "b <- b"]]);
  });

  test("a bad member names its place in the whole text", () => {
    try {
      splitRequirements("numpy, scipy 1.2");
      expect.unreachable();
    } catch (error) {
      expect(isVenvoyError(error, "REQUIREMENT_INVALID") && error.data["span"]).toEqual([13, 16]);
    }
  });

  test("joined requirements come apart again", () => {
    const joinable = requirementText.filter((text) => !text.includes("==="));
    fc.assert(
      fc.property(fc.array(joinable, { maxLength: 4 }), (texts) => {
        const found = splitRequirements(texts.join(" , ")).map((member) => String(member.requirement));
        expect(found).toEqual(texts.map((text) => String(parseRequirement(text))));
      }),
    );
  });
});

test("hostile texts cost one pass", () => {
  const size = 200_000;
  const hostile = [
    `a${",".repeat(size)}`,
    `a${">=1,".repeat(size)}`,
    `a[${"b,".repeat(size)}`,
    `a; ${"(".repeat(size)}`,
    `a; os_name == '${"\\".repeat(size)}`,
    `a @ ${"x,".repeat(size)}`,
    "a-".repeat(size),
    `a @ ${"://@".repeat(size)} x`,
  ];
  const start = cpuMs();
  for (const text of hostile) {
    for (const parse of [parseRequirement, splitRequirements]) {
      try {
        parse(text);
      } catch (error) {
        if (!isVenvoyError(error)) throw error;
      }
    }
  }
  expect(cpuMs() - start).toBeLessThan(20_000);
});
