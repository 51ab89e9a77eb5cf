import { expect, test } from "vitest";
import {
  formatMemo,
  type LaunchMemo,
  memoName,
  parseMemo,
  type WarmFacts,
  warmLaunch,
} from "../../src/launch/index.ts";

const script = { path: "/home/ann/plot.py", sizeBytes: 120, modifiedMs: 1000, inode: 7 };
const python = { path: "/data/generations/3/bin/python", sizeBytes: 9, modifiedMs: 5, inode: 8 };
const memo: LaunchMemo = {
  format: 1,
  script,
  files: [python],
  links: [{ path: "/data/envs/plots-ab12cd34/current", target: "generations/3" }],
  variables: { VENVOY_PYTHON: null },
  python: python.path,
  bin: "/data/generations/3/bin",
  environment: "/data/envs/plots",
  set: { VENVOY_HINT: "[]" },
  useMark: "/data/envs/plots-ab12cd34/used",
};

interface World {
  readonly memoText?: string;
  readonly env?: Record<string, string | undefined>;
  readonly link?: string;
  readonly files?: Record<string, { sizeBytes: number; modifiedMs: number; inode: number }>;
}

function facts(world: World = {}): WarmFacts {
  const files = world.files ?? {
    [script.path]: script,
    [python.path]: python,
    [memo.useMark]: { sizeBytes: 0, modifiedMs: 90_000_000, inode: 1 },
  };
  return {
    env: world.env ?? { PATH: "/usr/bin", PYTHONHOME: "/elsewhere" },
    nowMs: 90_000_500,
    memoDir: "/cache/launch",
    pathSeparator: ":",
    resolve: (path) => (path.startsWith("/") ? path : `/home/ann/${path}`),
    stat: (path) => files[path],
    readText: (path) =>
      path === `/cache/launch/${memoName(script.path)}` ? (world.memoText ?? formatMemo(memo)) : undefined,
    readLink: (path) => (path === "/data/envs/plots-ab12cd34/current" ? (world.link ?? "generations/3") : undefined),
  };
}

test("a memo that holds starts the program with its environment and the words as typed", () => {
  const launch = warmLaunch(["plot.py", "--size", "3", "-n"], facts());
  expect(launch?.argv).toEqual([python.path, "plot.py", "--size", "3", "-n"]);
  expect(launch?.env["PATH"]).toBe("/data/generations/3/bin:/usr/bin");
  expect(launch?.env["VIRTUAL_ENV"]).toBe("/data/envs/plots");
  expect(launch?.env["PYTHONHOME"]).toBeUndefined();
  expect(launch?.env["VENVOY_HINT"]).toBe("[]");
  expect(launch?.stale).toBeUndefined();
});

test.each<[string, string[], World]>([
  ["another form of run", ["-n", "demo", "plot.py"], {}],
  ["a URL", ["https://index.example/plot.py"], {}],
  ["nothing to run", [], {}],
  ["another script", ["other.py"], {}],
  [
    "an edited script",
    ["plot.py"],
    { files: { [script.path]: { ...script, modifiedMs: 1001 }, [python.path]: python } },
  ],
  ["a replaced script", ["plot.py"], { files: { [script.path]: { ...script, inode: 70 }, [python.path]: python } }],
  ["a base Python that is gone", ["plot.py"], { files: { [script.path]: script } }],
  ["a pointer that was flipped", ["plot.py"], { link: "generations/4" }],
  ["a variable that took part", ["plot.py"], { env: { VENVOY_PYTHON: "3.12" } }],
  ["PYTHONPATH", ["plot.py"], { env: { PYTHONPATH: "/lib" } }],
  ["a damaged memo", ["plot.py"], { memoText: '{"format":1,"script":' }],
  ["a memo of another form", ["plot.py"], { memoText: JSON.stringify({ ...memo, format: 2 }) }],
  ["a memo with holes", ["plot.py"], { memoText: JSON.stringify({ ...memo, files: [{ path: 1 }] }) }],
  [
    "a memo of another script with the same name",
    ["plot.py"],
    { memoText: formatMemo({ ...memo, script: { ...script, path: "/home/bob/plot.py" } }) },
  ],
])("takes the full way for %s", (_, words, world) => {
  expect(warmLaunch(words, facts(world))).toBeUndefined();
});

test("an old use mark is named, so that it can be touched", () => {
  const files = {
    [script.path]: script,
    [python.path]: python,
    [memo.useMark]: { sizeBytes: 0, modifiedMs: 1, inode: 1 },
  };
  expect(warmLaunch(["plot.py"], facts({ files }))?.stale).toBe(memo.useMark);
});

test("a memo survives printing", () => {
  expect(parseMemo(formatMemo(memo))).toEqual(memo);
});
