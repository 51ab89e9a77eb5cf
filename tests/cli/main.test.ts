import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ChangeReport, Venvoy } from "../../src/app/index.ts";
import { VenvoyError } from "../../src/base/index.ts";
import { type CliHost, commands, foreignWords, runCli } from "../../src/cli/index.ts";

interface Screen {
  readonly out: string[];
  readonly err: string[];
  readonly host: CliHost;
}

function screen(venvoy: Partial<Venvoy> = {}, answers: readonly string[] = []): Screen {
  const out: string[] = [];
  const err: string[] = [];
  const left = [...answers];
  const host: CliHost = {
    version: "9.9.9",
    signal: new AbortController().signal,
    clock: { now: () => 1_000_000, elapsed: () => 0, sleep: async () => {} },
    terminal: {
      interactive: answers.length > 0,
      draws: false,
      columns: 80,
      colour: false,
      ask: async (question) => {
        err.push(question);
        return left.shift() ?? "";
      },
      writeOut: (text) => out.push(text),
      writeErr: (text) => err.push(text),
    },
    openVenvoy: async () => venvoy as Venvoy,
    start: async () => 0,
    readStdin: async () => "",
    typedLines: async () => ({ next: async () => ({ kind: "end" as const }), close: () => {} }),
    canvas: async () => ({ draw: () => {}, clear: () => {} }),
  };
  return { out, err, host };
}

test("venvoy alone prints a dozen commands and where the rest is", async () => {
  const { out, host } = screen();
  expect(await runCli([], host)).toBe(0);
  const text = out.join("");
  for (const word of ["run", "create", "list", "show", "delete", "add", "remove", "undo"])
    expect(text).toMatch(new RegExp(`^  ${word} `, "m"));
  expect(text).toContain("venvoy help all");
  expect(text.split("\n").length).toBeLessThan(20);
});

test("every command explains itself with examples that name it", async () => {
  for (const { spec } of commands) {
    const { out, host } = screen();
    expect(await runCli(["help", ...spec.path.split(" ")], host)).toBe(0);
    expect(out.join("")).toContain(spec.summary);
    for (const line of spec.examples) expect(line).toContain(`venvoy ${spec.path}`);
  }
});

test.each(Object.entries(foreignWords).filter(([, ours]) => commands.some((one) => one.spec.path === ours)))(
  "%s is answered with %s",
  async (word, ours) => {
    const { err, out, host } = screen();
    expect(await runCli([word, "numpy"], host)).toBe(2);
    expect(out).toEqual([]);
    expect(err.join("")).toContain(`\`${word}\` is called \`${ours}\` here`);
    expect(err.join("")).toContain(`hint: venvoy ${ours}`);
  },
);

test("a mistyped command is answered with the nearest", async () => {
  const { err, host } = screen();
  expect(await runCli(["craete", "demo"], host)).toBe(2);
  expect(err.join("")).toContain("hint: venvoy create demo");
});

test("a failure is worded on standard error, or is data with --json", async () => {
  const failing: Partial<Venvoy> = {
    show: async () => {
      throw new VenvoyError("ENV_UNKNOWN", "No environment is named `dmo`", {
        hint: "venvoy show demo",
        data: { near: ["demo"] },
      });
    },
  };
  const human = screen(failing);
  expect(await runCli(["show", "dmo"], human.host)).toBe(2);
  expect(human.out).toEqual([]);
  expect(human.err.join("")).toBe("error: No environment is named `dmo`\nhint: venvoy show demo\n");
  const machine = screen(failing);
  expect(await runCli(["show", "dmo", "--json"], machine.host)).toBe(2);
  expect(JSON.parse(machine.out.join(""))).toEqual({
    error: {
      code: "ENV_UNKNOWN",
      message: "No environment is named `dmo`",
      hint: "venvoy show demo",
      data: { near: ["demo"] },
    },
  });
});

test("a cause is told where it says more than the failure", async () => {
  const said = async (message: string): Promise<string> => {
    const show = async () => {
      throw new VenvoyError("INDEX_UNREACHABLE", "`a.example` can't be reached: no answer", {
        cause: new Error(message),
      });
    };
    const { err, host } = screen({ show } as Partial<Venvoy>);
    await runCli(["show", "x"], host);
    return err.join("");
  };
  expect(await said("no answer")).not.toContain("because");
  expect(await said("the cable is cut")).toContain("  because: the cable is cut\n");
});

test("text from outside can't steer the terminal", async () => {
  const failing: Partial<Venvoy> = {
    show: async () => {
      throw new VenvoyError("ENV_UNKNOWN", "No environment is named `\u001b[2J`");
    },
  };
  const { err, host } = screen(failing);
  await runCli(["show", "x"], host);
  expect(err.join("")).not.toContain("\u001b[2J");
});

test("our own bug ends with 70 and asks for a report", async () => {
  const failing: Partial<Venvoy> = {
    list: async () => {
      throw new Error("assertion failed: x");
    },
  };
  const { err, host } = screen(failing);
  expect(await runCli(["list"], host)).toBe(70);
  expect(err.join("")).toContain("bug");
});

test("a data directory that the system doesn't let be read is no bug", async () => {
  const failing: Partial<Venvoy> = {
    list: async () => {
      readdirSync(join(process.execPath, "envs"));
      return [];
    },
  };
  const { err, host } = screen(failing);
  expect(await runCli(["list"], host)).toBe(1);
  expect(err.join("")).toContain(`/envs\` can't be read: a part of its path is no directory\nhint: `);
});

test("delete asks on a terminal, and declining deletes nothing", async () => {
  const calls: boolean[] = [];
  const fake: Partial<Venvoy> = {
    delete: async (names, options) => {
      calls.push(options?.dryRun === true);
      return names.map((name) => ({
        name,
        id: undefined,
        path: "/x" as never,
        python: "3.11.7",
        packages: 1,
        version: 1,
        createdMs: 0,
        usedMs: 0,
      }));
    },
  };
  const declined = screen(fake, ["n"]);
  expect(await runCli(["delete", "demo"], declined.host)).toBe(0);
  expect(calls).toEqual([true]);
  expect(declined.err.at(-1)).toBe("Are you sure? [y/N] ");
  const agreed = screen(fake, ["y"]);
  expect(await runCli(["delete", "demo"], agreed.host)).toBe(0);
  expect(calls).toEqual([true, true, false]);
});

const plotsPlan: ChangeReport = {
  environment: { name: "plots", id: "abcdefgh" as never, path: "/x" as never },
  version: 1,
  previousVersion: undefined,
  changed: true,
  dryRun: false,
  python: "3.11.7",
  changes: [],
  packageCount: 11,
  cost: { downloadBytes: 24_000_000, downloads: 11, unknownSizes: 0, reused: 0, reusedBytes: 0 },
  elapsedMs: 3100,
  askedBy: { script: "plot.py", packages: ["numpy", "matplotlib"], lines: [2, 3], own: false },
  notes: [],
};

function running(plan: ChangeReport): Partial<Venvoy> {
  return {
    run: async ({ confirm }) => {
      if ((await confirm?.(plan)) === false) throw new VenvoyError("ABORTED", "no");
      const environment = { name: "plots", path: "/x" as never, version: plan.version };
      return { argv: ["python"], env: {}, environment, reasons: [], change: plan, notes: [] };
    },
  };
}

test("on a terminal a run shows who asks, what it costs, and how to go back", async () => {
  const shown = screen(running(plotsPlan));
  const host = { ...shown.host, terminal: { ...shown.host.terminal, draws: true } };
  expect(await runCli(["run", "plot.py"], host)).toBe(0);
  expect(shown.err.join("")).toBe(
    [
      "  plot.py asks for numpy, matplotlib in the environment `plots` (lines 2, 3)",
      "  Python 3.11.7 · 11 packages · 24 MB to download · 0 MB already here",
      "  ✓ plots is ready in 3.1 s   go back: venvoy delete plots",
      "",
    ].join("\n"),
  );
  const piped = screen(running(plotsPlan));
  expect(await runCli(["run", "plot.py"], piped.host)).toBe(0);
  expect(piped.err).toEqual([]);
});

test("a command that is stopped by Ctrl-C says so, and is no bug", async () => {
  const stop = new AbortController();
  const stopped = async (): Promise<never> => {
    stop.abort();
    stop.signal.throwIfAborted();
    throw new Error("not stopped");
  };
  const shown = screen({ list: stopped });
  expect(await runCli(["list"], { ...shown.host, signal: stop.signal })).toBe(130);
  expect(shown.err).toEqual(["error: The command was interrupted\n"]);
  expect(await runCli(["list", "--json"], { ...shown.host, signal: stop.signal })).toBe(130);
  expect(JSON.parse(shown.out.join(""))).toMatchObject({ error: { code: "ABORTED" } });
});

test("a run that takes something away asks on a terminal, and shows what goes", async () => {
  const change = { name: "numpy" as never, from: "2.0", to: "1.26", requested: true, downgrade: true };
  const plan = { ...plotsPlan, version: 2, previousVersion: 1, changes: [change] };
  const asked = screen(running(plan), ["n"]);
  const host = { ...asked.host, terminal: { ...asked.host.terminal, draws: true } };
  expect(await runCli(["run", "plot.py"], host)).toBe(130);
  expect(asked.err.join("")).toContain("  ~ numpy 2.0 → 1.26\n");
  expect(asked.err.join("")).toContain("This takes 1 package back to an older version. Do it? [y/N]");
});

test("every bad line of a file is told", async () => {
  const issues = [
    { file: "r.txt", line: 2, why: "first" },
    { file: "r.txt", line: 3, why: "second" },
  ];
  const failing: Partial<Venvoy> = {
    sync: async () => {
      throw new VenvoyError("REQUIREMENT_INVALID", "`r.txt` line 2: first (and 1 more)", { data: { issues } });
    },
  };
  const { err, host } = screen(failing);
  await runCli(["sync", "r.txt"], host);
  expect(err.join("")).toContain("\n  r.txt line 2: first\n  r.txt line 3: second\n");
});

test("an answer that goes into a file has no colours in it, though the terminal beside it has", async () => {
  const { out, err, host } = screen({ list: async () => [] });
  const coloured = { ...host, terminal: { ...host.terminal, colour: true, coloursAnswers: false } };
  expect(await runCli(["help", "list"], coloured)).toBe(0);
  expect(await runCli(["nonsense"], coloured)).toBe(2);
  const esc = String.fromCharCode(27);
  expect(out.join("")).not.toContain(esc);
  expect(err.join("")).toContain(esc);
});
