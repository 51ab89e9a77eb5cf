import { type AbsPath, isVenvoyError, type PackageName, printable } from "../../base/index.ts";
import type { Environment } from "../../env/index.ts";
import { type Interpreter, type PythonRequest, parsePythonRequest } from "../../python/index.ts";
import type { AskedRequirement } from "../../resolve/index.ts";
import type { ScriptHeader } from "../../script/index.ts";
import { type Context, shownPath } from "../context.ts";
import type { OwnPackages } from "../own-packages.ts";
import type { ResolveChoices, RunRequest } from "../requests.ts";
import { choose } from "../run/choose.ts";
import { askedByHeader, type HeaderAsks, headerAsks } from "../run/header-asks.ts";
import { type Runnable, runnableOf } from "../run/runnable.ts";
import type { HeaderLine } from "../script-edit.ts";
import type { CheckedScript, ScriptProblem } from "./check-types.ts";

/** An environment that scripts of the check go to. */
export interface ItemEnvironment {
  readonly key: string;
  readonly name: string;
  readonly kind: "named" | "own" | "foreign";
  /** A script that doesn't fit is refused; else it gets an environment of its own. */
  readonly refuses: boolean;
  readonly found?: Environment;
  /** Its Python, when it exists: scripts that want another can't be there. */
  readonly python?: Interpreter;
  /** What was typed into it: every script that runs there counts on that. */
  readonly typed: readonly AskedRequirement[];
  /** Claims of scripts that are not part of the check. */
  readonly others: readonly AskedRequirement[];
  /** The versions that it holds. */
  readonly holds: ReadonlyMap<PackageName, string>;
  /** What limits whatever comes into it: what its host brings. */
  readonly limits: readonly AskedRequirement[];
  /** Packages of it that no index has. */
  readonly own: OwnPackages;
  /** The machine and hardware that it is for, where that was said once. */
  readonly remembered: Pick<ResolveChoices, "backend" | "forHost">;
}

/** A script that venvoy can be asked to serve. */
export interface CheckItem {
  readonly label: string;
  readonly path: AbsPath;
  readonly runnable: Runnable;
  readonly asks: HeaderAsks;
  readonly environment: ItemEnvironment;
  /** What the environment must hold for it. */
  readonly needs: readonly AskedRequirement[];
  readonly python: (HeaderLine & { readonly request: PythonRequest }) | undefined;
  readonly platform: HeaderLine | undefined;
}

/** What reading a script came to: an item, or the line of the report that says why not. */
export type ReadScript =
  | { readonly kind: "item"; readonly runnable: Runnable; readonly asks: HeaderAsks; readonly where: Where }
  | { readonly kind: "report"; readonly report: CheckedScript };

/** Which environment a run would take. */
export type Where =
  | { readonly kind: "named"; readonly name: string; readonly refuses: boolean }
  | { readonly kind: "own" }
  | { readonly kind: "foreign"; readonly root: AbsPath };

/** Reads one script. Never throws for what the script holds or is. */
export async function readScript(
  context: Context,
  path: AbsPath,
  request: Pick<RunRequest, "signal" | "python">,
): Promise<ReadScript> {
  const label = shownPath(context, path);
  let header: ScriptHeader | undefined;
  try {
    const runnable = await runnableOf(context, { target: { kind: "file", path } });
    header = runnable.header;
    const foreign = otherLanguage(runnable);
    if (foreign !== undefined)
      return { kind: "report", report: { ...blank(label, path, header), leftToHost: foreign } };
    const choice = await choose(context, runnable, { ...request, target: { kind: "file", path } });
    const asks = headerAsks(runnable);
    const where: Where =
      choice.kind === "named"
        ? { kind: "named", name: choice.name, refuses: choice.refuses }
        : choice.kind === "foreign"
          ? { kind: "foreign", root: choice.active.root }
          : { kind: "own" };
    return { kind: "item", runnable, asks, where };
  } catch (error) {
    if (!isVenvoyError(error) || error.code === "ABORTED") throw error;
    return { kind: "report", report: { ...blank(label, path, header), problem: problemOf(error) } };
  }
}

export function itemOf(
  read: Extract<ReadScript, { kind: "item" }>,
  path: AbsPath,
  environment: ItemEnvironment,
): CheckItem {
  const { runnable, asks } = read;
  const { header, label } = runnable;
  return {
    label,
    path,
    runnable,
    asks,
    environment,
    needs: [...askedByHeader(label, asks), ...environment.typed],
    python: asks.python === undefined ? undefined : pythonAsked(asks.python, header),
    platform: header?.platform === undefined ? undefined : { text: header.platform.text, line: header.platform.line },
  };
}

/** What the report says of a script whatever comes of it. */
export function blank(label: string, path: AbsPath, header: ScriptHeader | undefined): CheckedScript {
  const asks = (header?.requirements ?? []).map(({ text, line }) => ({ text: printable(text), line }));
  const platform = header?.platform;
  return {
    script: label,
    path,
    header: header?.kind ?? "none",
    asks,
    ...(platform === undefined ? {} : { platform: { text: printable(platform.text), line: platform.line } }),
  };
}

export function problemOf(error: unknown): ScriptProblem {
  if (!isVenvoyError(error)) throw error;
  const { code, message, hint, data } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }), data };
}

function pythonAsked(text: string, header: ScriptHeader | undefined): CheckItem["python"] {
  const line = header?.requiresPython?.line ?? header?.language?.line ?? 1;
  return { text, line, request: parsePythonRequest(text) };
}

/** Python 2 is no other language: nothing of venvoy runs it, and it is told as a script that can't be served. */
function otherLanguage({ header, label, starts }: Runnable): string | undefined {
  const language = header?.language;
  if (language !== undefined && language.family !== "python")
    return `${label} line ${language.line} asks for ${printable(language.family)}, which its host runs`;
  return starts === "itself" ? `${label} is no Python script` : undefined;
}
