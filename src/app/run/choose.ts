import { VenvoyError } from "../../base/index.ts";
import type { ActiveEnvironment } from "../../env/index.ts";
import type { ScriptHeader } from "../../script/index.ts";
import type { Context } from "../context.ts";
import type { RunRequest } from "../requests.ts";
import { findProject, type Project } from "./project.ts";
import type { Runnable } from "./runnable.ts";

/** Which environment a run means, and why; the first that applies, in the order of the design. */
export type Choice =
  /** A named one; made when missing. `refuses` is false for `default`: what doesn't fit there gets one of its own. */
  | {
      readonly kind: "named";
      readonly name: string;
      readonly mayCreate: boolean;
      readonly refuses: boolean;
      readonly reason: string;
    }
  /** One of the script's own, keyed by its lock. */
  | { readonly kind: "own"; readonly reason: string }
  /** The project file's requirements, in one of their own. */
  | { readonly kind: "project"; readonly project: Project; readonly reason: string }
  /** An active environment that another tool made: used as it is. */
  | {
      readonly kind: "foreign";
      readonly active: Extract<ActiveEnvironment, { kind: "foreign" }>;
      readonly reason: string;
    };

export const defaultName = "default";

export async function choose(context: Context, runnable: Runnable, request: RunRequest): Promise<Choice> {
  if (request.name !== undefined) {
    return {
      kind: "named",
      name: request.name,
      mayCreate: false,
      refuses: true,
      reason: `\`-n ${request.name}\` names the environment`,
    };
  }
  const byHeader = fromHeader(runnable);
  if (byHeader !== undefined) return byHeader;
  if (request.isolated !== true) {
    const active = await context.home.active();
    if (active?.kind === "ours") {
      const { root, name, kind } = active.place;
      return {
        kind: "named",
        name: kind === "central" ? name : root,
        mayCreate: false,
        refuses: true,
        reason: `\`${name}\` is the active environment`,
      };
    }
    if (active?.kind === "foreign")
      return { kind: "foreign", active, reason: `\`${active.root}\` is the active environment` };
  }
  if (request.project === true) {
    const project = await findProject(context, runnable.script);
    if (project === undefined) {
      throw new VenvoyError("FILE_UNREADABLE", `No project file lies beside \`${runnable.label}\` or above it`, {
        hint: "leave --project out, or write a requirements.txt",
      });
    }
    return { kind: "project", project, reason: `\`${project.shown}\` is the project file` };
  }
  return {
    kind: "named",
    name: defaultName,
    mayCreate: true,
    refuses: false,
    reason: "nothing names an environment, so it is `default`",
  };
}

function fromHeader({ header, label }: Runnable): Choice | undefined {
  if (header === undefined || header.kind === "none") return undefined;
  checkLanguage(header, label);
  const { venv } = header;
  if (venv?.isName === true) {
    return {
      kind: "named",
      name: venv.text,
      mayCreate: true,
      refuses: true,
      reason: `${label} line ${venv.line} says \`venv: ${venv.text}\``,
    };
  }
  if (header.kind === "pep723")
    return { kind: "own", reason: `${label} has a PEP 723 block, so it gets an environment of its own` };
  if (header.kind === "both")
    return { kind: "own", reason: `${label} has a PEP 723 block and names no environment, so it gets one of its own` };
  const [first] = header.requirements;
  if (first === undefined) return undefined;
  return {
    kind: "named",
    name: defaultName,
    mayCreate: true,
    refuses: false,
    reason: `${label} line ${first.line} asks for packages and names no environment, so it is \`default\``,
  };
}

function checkLanguage(header: ScriptHeader, label: string): void {
  const { language } = header;
  if (language === undefined || (language.family === "python" && !language.version?.startsWith("2"))) return;
  if (language.family === "python") {
    throw new VenvoyError(
      "PYTHON_UNSUPPORTED",
      `\`${label}\` line ${language.line} asks for Python 2, and environments are made for Python 3.8 to 3.14`,
      {
        hint: "run it with a Python 2.7 directly, or change the line to `#! python 3`",
      },
    );
  }
  throw new VenvoyError(
    "HEADER_INVALID",
    `\`${label}\` line ${language.line} asks for \`${language.family}\`, which only its host can run`,
    {
      hint: "run it in the host's script editor",
    },
  );
}
