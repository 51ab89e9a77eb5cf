import { describe, expect, it } from "vitest";
import { parseSpecifierSet } from "../../src/pep/index.ts";
import { type HeaderRequirement, readHeader } from "../../src/script/index.ts";
import { vectorsBeside } from "./vectors.ts";

interface Parsed {
  readonly input: string;
  readonly valid: boolean;
  readonly name?: string;
  readonly extras?: string[];
  readonly specifier?: string;
  readonly url?: string | null;
}

interface Case {
  readonly kind: "pep723" | "rhino";
  readonly text: string;
  readonly expected: Record<string, unknown> & { readonly result?: string; readonly metadata?: unknown };
  readonly dependencies?: Parsed[];
  readonly requirements_parsed?: Parsed[];
  readonly requires_python_ok?: boolean;
}

// Other people's scripts: read where they lie, never copied.
const beside = vectorsBeside<Case>("headers/script_headers");
if (beside === undefined) process.stderr.write("skipped: the script header vectors are not on this machine\n");
const cases = beside?.cases ?? [];

function expectParsed(items: readonly HeaderRequirement[], parsed: readonly Parsed[]): void {
  for (const item of items) {
    const wanted = parsed.find((entry) => entry.input === item.text);
    expect(item.requirement !== undefined).toBe(wanted?.valid);
    if (item.requirement === undefined || wanted === undefined) continue;
    expect(item.requirement.displayName).toBe(wanted.name);
    expect(item.requirement.specifier.toString()).toBe(parseSpecifierSet(wanted.specifier ?? "").toString());
    expect(item.requirement.url ?? null).toBe(wanted.url ?? null);
    if (wanted.extras !== undefined) expect(item.requirement.displayExtras).toEqual(wanted.extras);
  }
}

describe("headers of real scripts", () => {
  it("has cases, or says that they are absent", () => {
    expect(cases.length > 0).toBe(beside !== undefined);
  });

  for (const [index, { kind, text, expected, dependencies, requirements_parsed }] of cases.entries()) {
    it(`reads ${kind} case ${index}`, () => {
      const header = readHeader(text);
      const lines = text.split(/\r\n|\n/);
      for (const { line, column, endColumn, text: shown } of header.requirements) {
        expect(lines[line - 1]?.slice(column - 1, endColumn - 1)).toContain(shown);
      }
      if (kind === "rhino") {
        expect({
          language: header.language?.name ?? null,
          venv: header.venv?.text ?? null,
          requirements: header.requirements.map((item) => item.text),
          env_paths: header.envPaths.map((item) => item.text),
          flags: header.flags.map((item) => item.text),
          async: header.async ?? null,
          platform: header.platform?.text ?? null,
        }).toEqual(expected);
        expectParsed(header.requirements, requirements_parsed ?? []);
        return;
      }
      const errors = header.problems.filter((problem) => problem.severity === "error");
      if (expected.result === "error") {
        expect(errors).not.toEqual([]);
        expect(header.metadata).toBeUndefined();
      } else if (expected.result === "none") expect(header.metadata).toBeUndefined();
      else {
        expect(JSON.parse(JSON.stringify(header.metadata))).toEqual(expected.metadata);
        expect(errors).toEqual([]);
        if (dependencies !== undefined) expectParsed(header.requirements, dependencies);
      }
    });
  }
});
