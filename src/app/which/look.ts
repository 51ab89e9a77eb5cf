import { type AbsPath, printable, typedWord, VenvoyError } from "../../base/index.ts";
import { readReceipt } from "../../env/index.ts";
import type { Context } from "../context.ts";
import { whichProgram } from "./program.ts";
import type { Subject } from "./subject.ts";

/** What put an entry on the search path, as far as Python's start-up or the files tell. */
export type How =
  | { readonly kind: "pth"; readonly file: string; readonly line: number | null }
  | { readonly kind: "site" }
  | { readonly kind: "customize" };

export interface Entry {
  readonly path: string;
  readonly how: How | null;
  readonly is_file: boolean;
  readonly exists: boolean;
}

export interface Finder {
  readonly module: string;
  readonly name: string;
  /** The `.pth` file whose code put it there. */
  readonly file: string | null;
}

export interface Place {
  readonly kind: "module" | "package" | "namespace" | "extension" | "built-in" | "frozen";
  readonly file: string | null;
  readonly folders?: readonly string[];
}

/** One look at an environment: its search path, and what a name leads to there. */
export interface Look {
  readonly version: string | undefined;
  /** `null`: a setting (`PYTHONSAFEPATH`) keeps the script's directory off the path. */
  readonly first: string | null;
  readonly path: readonly Entry[];
  readonly finders: readonly Finder[];
  readonly user: string | null;
  readonly found: (Place & { readonly finder: Finder | null; readonly real: string; readonly loaded: boolean }) | null;
  /** What the name would load from each entry of the path, in its order. */
  readonly copies: readonly (Place & { readonly entry: string })[];
}

const answerTimeoutMs = 30_000;

/** The program that answers for an environment; a link that leads nowhere is a Python that is gone. */
export async function pythonOf(context: Context, tree: AbsPath): Promise<AbsPath> {
  const receipt = await readReceipt(context.fs, tree);
  if (receipt?.layout === "plain") return context.fs.path.join(receipt.base.link, ...receipt.base.program.split("/"));
  return context.fs.path.join(
    tree,
    ...(context.system.os === "windows" ? ["Scripts", "python.exe"] : ["bin", "python"]),
  );
}

/** Asks the environment's Python, which imports nothing of what it is asked about. Throws `ENV_BROKEN`. */
export async function askPython(context: Context, subject: Subject, module: string | undefined): Promise<Look> {
  const result = await context.proc.run({
    argv: [await pythonOf(context, subject.tree), "-S", "-c", whichProgram, module ?? "", subject.first.path],
    env: { ...subject.env, PYTHONIOENCODING: "utf-8" },
    timeoutMs: answerTimeoutMs,
  });
  const line = new TextDecoder().decode(result.stdout).trimEnd().split("\n").at(-1) ?? "";
  if (result.exit === 0 && line.startsWith("{")) return JSON.parse(line) as Look;
  const said = printable(new TextDecoder().decode(result.stderr)).trim().split("\n").at(-1) ?? "";
  throw new VenvoyError("ENV_BROKEN", `The Python of \`${subject.label}\` can't look for modules: ${said}`, {
    hint: `venvoy show ${typedWord(subject.label)}`,
  });
}
