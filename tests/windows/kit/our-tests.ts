import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../kit/binary.ts";
import { type Machine, withLinks } from "./machine.ts";

export interface TestResult {
  readonly file: string;
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly message: string;
}

/** Runs files of this repository's tests by Bun's test runner for Windows. */
export async function ourTests(windows: Machine, files: readonly string[]): Promise<readonly TestResult[]> {
  const report = join(windows.c, "junit.xml");
  const ended = await windows.run(
    windows.bun,
    ["test", "--timeout=120000", "--reporter=junit", `--reporter-outfile=C:\\junit.xml`, ...files],
    { cwd: repository, env: { ...withLinks(windows.prefix), PYENV_ROOT: "" } },
  );
  try {
    return casesOf(readFileSync(report, "utf8"));
  } catch (error) {
    throw new Error(`the tests left no report: ${ended.out}${ended.err}`, { cause: error });
  }
}

function casesOf(xml: string): TestResult[] {
  return [...xml.matchAll(/<testcase ([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(
    ([, attributes = "", inside = ""]) => {
      const value = (key: string): string => plain(new RegExp(`(?:^|\\s)${key}="([^"]*)"`).exec(attributes)?.[1] ?? "");
      const group = value("classname");
      const outcome = /<(failure|error)\b/.test(inside) ? "failed" : /<skipped/.test(inside) ? "skipped" : "passed";
      return {
        file: value("file").replaceAll("\\", "/"),
        name: group === "" ? value("name") : `${group}: ${value("name")}`,
        outcome,
        message: plain(inside.replace(/<[^>]*>/g, "").trim()),
      };
    },
  );
}

function plain(text: string): string {
  const named: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(lt|gt|quot|apos|amp|#\d+);/g, (all, name: string) =>
    name.startsWith("#") ? String.fromCodePoint(Number(name.slice(1))) : (named[name] ?? all),
  );
}
