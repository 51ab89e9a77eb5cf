import { expect, test } from "vitest";
import type { CheckedScript, CheckReport } from "../../src/app/index.ts";
import { absPath } from "../../src/base/index.ts";
import { checkText } from "../../src/cli/render/check.ts";
import { visibleWidth } from "../../src/cli/render/columns.ts";
import { terminalStyle } from "../../src/cli/render/style.ts";

const plain = terminalStyle({ colour: false });

function script(name: string, lane: number, environment: string, ...asks: string[]): CheckedScript {
  return {
    script: name,
    path: absPath(`/w/${name}`),
    header: "rhino",
    asks: asks.map((text, index) => ({ text, line: index + 2 })),
    environment,
    lane,
  };
}

const report: CheckReport = {
  together: false,
  scripts: [
    script("a.py", 1, "default", "numpy<2", "rich"),
    script("b.py", 1, "default", "numpy"),
    script("c.py", 2, "default", "numpy>=2"),
  ],
  environments: [
    {
      name: "default",
      kind: "named",
      exists: false,
      python: "3.11.7",
      scripts: ["a.py", "b.py", "c.py"],
      holdsAll: false,
      packages: [],
    },
  ],
  clashes: [
    {
      kind: "install",
      about: "package",
      scripts: ["a.py", "c.py"],
      package: "numpy",
      alsoDiffering: [],
      sentence: "a.py and c.py can't be in one environment: no version of numpy serves both",
      chains: [
        { script: "a.py", line: 2, asks: "numpy<2", steps: [{ name: "numpy", version: "1.26.4" }] },
        { script: "c.py", line: 2, asks: "numpy>=2", steps: [{ name: "numpy", version: "2.4.6" }] },
      ],
    },
  ],
  lanes: [
    {
      number: 1,
      python: "3.11.7",
      scripts: ["a.py", "b.py"],
      environments: ["default"],
      packages: [
        { name: "numpy", version: "1.26.4" },
        { name: "pygments", version: "2.1" },
        { name: "rich", version: "14.0" },
      ],
    },
    {
      number: 2,
      python: "3.11.7",
      scripts: ["c.py"],
      environments: ["default"],
      packages: [{ name: "numpy", version: "2.4.6" }],
    },
  ],
  fewest: { exact: true, atLeast: 2 },
  solved: 5,
  lines: [],
  prepared: [],
  notes: [],
};

test("the picture has a box for each process", () => {
  expect(checkText(report, plain, { columns: 60 })).toBe(
    [
      "┌─ process 1 · Python 3.11.7 ─────────────────────────────┐",
      "│ a.py ─┬─ default ── numpy 1.26.4, rich 14.0             │",
      "│ b.py ─┘                                                 │",
      "└─────────────────────────────────────────────────────────┘",
      "┌─ process 2 · Python 3.11.7 ─────────────────────────────┐",
      "│ c.py ─── default ── numpy 2.4.6                         │",
      "└─────────────────────────────────────────────────────────┘",
      "",
      "✗ a.py and c.py can't be in one environment: no version of numpy serves both",
      "  a.py line 2 asks for numpy<2 → numpy 1.26.4",
      "  c.py line 2 asks for numpy>=2 → numpy 2.4.6",
      "",
      "✗ 3 scripts need 2 processes",
      "--write puts those that can't be in one environment apart, with a # venv: line",
    ].join("\n"),
  );
});

test("the disputed package is red, and only in colour", () => {
  const coloured = checkText(report, terminalStyle({ colour: true }), { columns: 60 });
  expect(coloured).toContain("\u001b[31mnumpy 1.26.4\u001b[39m");
  expect(coloured).toContain(", \u001b[22mrich 14.0");
  expect(checkText(report, plain, { columns: 60 })).not.toContain("\u001b");
});

test("in a pipe there are sentences instead", () => {
  expect(checkText(report, plain, { columns: undefined }).split("\n").slice(0, 2)).toEqual([
    "process 1, Python 3.11.7: a.py (default), b.py (default)",
    "process 2, Python 3.11.7: c.py (default)",
  ]);
});

test.each([20, 41, 60, 80, 200])(
  "boxes of a terminal with %i columns stay whole, whatever the names are",
  (columns) => {
    const long = "a/very/long/directory/with/many/parts/脚本/日本語のスクリプト.py";
    const crowded: CheckReport = {
      ...report,
      scripts: [script(long, 1, "default", "numpy", "rich", "pygments"), script("b\u001b[31m.py", 1, "default")],
      lanes: report.lanes.slice(0, 1).map((lane) => ({ ...lane, scripts: [long, "b\u001b[31m.py"] })),
      clashes: [],
    };
    const text = checkText(crowded, plain, { columns });
    expect(text).not.toContain("\u001b");
    const box = text.split("\n").filter((line) => /^[┌│└]/.test(line));
    expect(new Set(box.map(visibleWidth)).size).toBe(1);
    expect(visibleWidth(box[0] ?? "")).toBe(Math.max(40, Math.min(100, columns - 1)));
  },
);

test("where the fewest are not proven, the bound is told", () => {
  const text = checkText({ ...report, fewest: { exact: false, atLeast: 1 } }, plain, { columns: undefined });
  expect(text).toContain("✗ 3 scripts need 2 processes (at least 1 are needed; fewer than 2 were not found)");
});
