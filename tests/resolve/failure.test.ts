import { describe, expect, it } from "vitest";
import { isVenvoyError, type VenvoyError } from "../../src/base/index.ts";
import { parseRequirement } from "../../src/pep/index.ts";
import { silentReporter } from "../../src/ports/index.ts";
import { defaultPolicy, resolve } from "../../src/resolve/index.ts";
import { memorySource } from "./memory-source.ts";
import { type Asking, inFile, linuxTarget, resolveIn, typed } from "./targets.ts";

async function failure(asking: Asking): Promise<VenvoyError> {
  try {
    await resolveIn(asking);
  } catch (error) {
    if (isVenvoyError(error)) return error;
    throw error;
  }
  throw new Error("it resolved");
}

async function told(asking: Asking): Promise<string> {
  const { code, message, hint } = await failure(asking);
  return `${code}: ${message}\nhint: ${hint}`;
}

describe("a failed resolution", () => {
  it("names what was asked, where, and the package that stands between", async () => {
    const index = {
      numpy: { "1.26": {}, "2.0": {}, "2.1": {} },
      pandas: { "2.0": { requires: ["numpy"] }, "3.0": { requires: ["numpy>=2"] }, "3.1": { requires: ["numpy>=2"] } },
    };
    expect(await told({ index, asked: [...typed("pandas>=3"), inFile("a.py", 3, "numpy<2")] })).toMatchInlineSnapshot(`
      "RESOLUTION_IMPOSSIBLE: \`pandas>=3\` and \`numpy<2\` (a.py line 3) can't be installed together: \`pandas\` from 3.0 on needs \`numpy>=2\`
      hint: change or drop one of these requirements"
    `);
  });

  it("says so when two people ask for what no version is", async () => {
    const index = { a: { "1": {}, "2": {} } };
    expect(await told({ index, asked: [inFile("a.py", 1, "a<2"), inFile("b.py", 7, "a>=2")] })).toMatchInlineSnapshot(`
      "RESOLUTION_IMPOSSIBLE: \`a<2\` (a.py line 1) and \`a>=2\` (b.py line 7) can't be installed together: no version of \`a\` satisfies all of them
      hint: change or drop one of these requirements"
    `);
  });

  it("suggests near names for one that no index has", async () => {
    const error = await failure({ index: { requests: { "2": {} } }, asked: typed("reqeusts>=2") });
    expect(error).toMatchObject({
      code: "PACKAGE_UNKNOWN",
      message: "`reqeusts>=2` can't be installed: no index has a package named `reqeusts`",
      hint: "did you mean `requests`?",
      data: { nearest: ["requests"] },
    });
  });

  it("says which versions there are", async () => {
    expect(await told({ index: { a: { "1.0": {}, "2.4": {} } }, asked: typed("a>=99") })).toMatchInlineSnapshot(`
      "RESOLUTION_IMPOSSIBLE: \`a>=99\` can't be installed: there is no such version: they go from 1.0 to 2.4
      hint: change or drop one of these requirements"
    `);
  });

  it("says which Python would do", async () => {
    const index = { a: { "1.0": { requiresPython: ">=3.13" }, "2.0": { requiresPython: ">=3.13" } } };
    expect(await told({ index, asked: typed("a") })).toMatchInlineSnapshot(`
      "RESOLUTION_IMPOSSIBLE: \`a\` can't be installed: every version of \`a\` needs Python 3.13 or newer, and this is Python 3.12.1
      hint: Python 3.13 or newer would do: add \`--python 3.13\`"
    `);
  });

  it("says which tags exist, and which versions have a wheel", async () => {
    const index = { a: { "1.0": { wheelTags: ["cp311-cp311-win_amd64", "cp312-cp312-win_amd64"] }, "2.0": {} } };
    expect(await told({ index, asked: typed("a<2") })).toMatchInlineSnapshot(`
      "RESOLUTION_IMPOSSIBLE: \`a<2\` can't be installed: \`a\` 1.0 has no wheel for CPython 3.12 on Linux x86_64, only for \`win_amd64\`
      hint: these have a wheel for Python 3.12: 2.0"
    `);
  });

  it("is blocked where only a source archive would do", async () => {
    const index = { a: { "1.0": { wheelTags: [], hasSource: true }, "1.1": { wheelTags: [], hasSource: true } } };
    expect(await told({ index, asked: typed("a") })).toMatchInlineSnapshot(`
      "PACKAGE_BLOCKED: \`a\` can't be installed: every version of \`a\` comes as source only, which can't be built here
      hint: put a wheel of \`a\` into a directory and name it with \`--find-links DIR\`"
    `);
  });

  it("names constraints and overrides as what they are", async () => {
    const index = { a: { "1": { requires: ["b>=2"] } }, b: { "1": {}, "2": {} } };
    const constraints = [
      {
        requirement: parseRequirement("b<2"),
        origin: { kind: "file", file: "limits.txt", line: 4, text: "b<2" } as const,
      },
    ];
    expect(await told({ index, asked: typed("a"), constraints })).toMatchInlineSnapshot(`
      "RESOLUTION_IMPOSSIBLE: \`a\` and \`b<2\` (limits.txt line 4) can't be installed together:
        - \`a\` 1 needs \`b>=2\`
        - limits.txt line 4 allows only \`b<2\`
      hint: change or drop one of these requirements"
    `);
  });

  it("tells a chain of several packages in the order in which they are reached", async () => {
    const index = {
      app: { "1": { requires: ["left", "right"] } },
      left: { "1": { requires: ["core<2"] }, "2": { requires: ["core<2"] } },
      right: { "1": { requires: ["core>=2"] } },
      core: { "1": {}, "2": {} },
    };
    expect(await told({ index, asked: typed("app") })).toMatchInlineSnapshot(`
      "RESOLUTION_IMPOSSIBLE: \`app\` can't be installed:
        - \`app\` 1 needs \`left\`
        - \`app\` 1 needs \`right\`
        - every version of \`left\` needs \`core<2\`
        - \`right\` 1 needs \`core>=2\`
      hint: change or drop one of these requirements"
    `);
  });

  it("joins what many versions of one package want of another", async () => {
    const versions = [1, 2, 3, 4, 5, 6];
    const index = {
      app: Object.fromEntries(versions.map((n) => [`1.${n}`, { requires: [`core==1.${n}`] }])),
      core: Object.fromEntries([...versions, 9].map((n) => [`1.${n}`, {}])),
    };
    expect(await told({ index, asked: typed("app>=1.2", "core>=1.9") })).toMatchInlineSnapshot(`
      "RESOLUTION_IMPOSSIBLE: \`app>=1.2\` and \`core>=1.9\` can't be installed together: \`app\` from 1.2 on needs another \`core\` for each version, from \`core==1.2\` to \`core==1.6\`
      hint: change or drop one of these requirements"
    `);
  });

  it("does not let pre-releases confuse the story", async () => {
    const index = {
      a: { "1.0": { requires: ["b<1"] }, "1.1rc1": { requires: ["b<1"] }, "1.1": { requires: ["b<1"] } },
      b: { "0.9": {}, "1": {} },
    };
    expect(await told({ index, asked: typed("a", "b>=1") })).toMatchInlineSnapshot(`
      "RESOLUTION_IMPOSSIBLE: \`a\` and \`b>=1\` can't be installed together: every version of \`a\` needs \`b<1\`
      hint: change or drop one of these requirements"
    `);
    expect(
      await told({ index: { a: { "1rc1": {} } }, asked: typed("a"), policy: { prerelease: "disallow" } }),
    ).toMatchInlineSnapshot(`
      "RESOLUTION_IMPOSSIBLE: \`a\` can't be installed: \`a\` 1rc1 is a pre-release, and those are not allowed
      hint: change or drop one of these requirements"
    `);
  });

  it("says when the network is what is missing", async () => {
    const error = await resolve(
      { reporter: silentReporter() },
      {
        requirements: typed("a"),
        constraints: [],
        overrides: [],
        target: linuxTarget("3.12.1"),
        policy: defaultPolicy,
        source: memorySource({ a: { "1": {} } }, { absent: ["a-1-py3-none-any.whl"] }),
      },
    ).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "OFFLINE_MISSING",
      message: "`a` can't be installed: `a` 1 is not on this machine, and the network is not used",
      hint: "run the command again without `--offline`",
    });
  });

  it("carries the whole derivation as data", async () => {
    const index = { a: { "1": { requires: ["b>=2"] } }, b: { "1": {}, "2": {} } };
    const { data } = await failure({ index, asked: typed("a", "b<2") });
    expect(JSON.parse(JSON.stringify(data))).toMatchInlineSnapshot(`
      {
        "asked": [
          {
            "origin": {
              "kind": "typed",
              "text": "a",
            },
            "requirement": "a",
          },
          {
            "origin": {
              "kind": "typed",
              "text": "b<2",
            },
            "requirement": "b<2",
          },
        ],
        "derivation": {
          "nodes": [
            {
              "because": [],
              "id": 0,
              "says": "you ask for \`b<2\`",
            },
            {
              "because": [],
              "id": 1,
              "says": "you ask for \`a\`",
            },
            {
              "because": [],
              "id": 2,
              "says": "\`a\` 1 needs \`b>=2\`",
            },
            {
              "because": [
                2,
                1,
              ],
              "id": 3,
              "says": "\`b\` 2 is needed",
            },
            {
              "because": [
                3,
                0,
              ],
              "id": 4,
              "says": "what is asked for is impossible",
            },
          ],
        },
        "disputed": [
          "b",
        ],
        "reasons": [
          "\`a\` 1 needs \`b>=2\`",
        ],
      }
    `);
  });

  it("makes text from outside printable", async () => {
    const index = { a: { "1": { yanked: "bad\u001b[31m\nthing" } } };
    const { message } = await failure({ index, asked: [inFile("x\u001b.py", 1, "a")] });
    expect(message).toBe(
      "`a` (x\\x1b.py line 1) can't be installed: `a` 1 was withdrawn by the authors (bad\\x1b[31m\\x0athing)",
    );
  });
});
