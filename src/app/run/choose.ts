import { isVenvoyError, printable, VenvoyError } from "../../base/index.ts";
import { type ActiveEnvironment, isDirectoryName, parseEnvName } from "../../env/index.ts";
import { findInterpreters } from "../../python/index.ts";
import type { HeaderVenv } from "../../script/index.ts";
import type { Context } from "../context.ts";
import type { RunRequest } from "../requests.ts";
import { withSharedName } from "../shared-packages.ts";
import { askOptions } from "../solve.ts";
import { type CarriedTree, carriedTree, checkServes, fitsCarried } from "../standalone/carried.ts";
import { headerAsks, pythonOf } from "./header-asks.ts";
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

const defaultName = "default";

export async function choose(context: Context, runnable: Runnable, request: RunRequest): Promise<Choice> {
  const choice = await firstThatApplies(context, runnable, request);
  if (choice.kind !== "named") return choice;
  const python = request.python ?? pythonOf(runnable.header);
  return { ...choice, name: await withSharedName(context, choice.name, { python, signal: request.signal }) };
}

async function firstThatApplies(context: Context, runnable: Runnable, request: RunRequest): Promise<Choice> {
  if (request.name !== undefined) {
    return {
      kind: "named",
      name: request.name,
      mayCreate: false,
      refuses: true,
      reason: `\`-n ${request.name}\` names the environment`,
    };
  }
  await checkLanguage(context, runnable);
  const carried = request.isolated === true || request.project === true ? undefined : await carriedTree(context);
  if (carried !== undefined) return fromCarried(context, carried, runnable, request);
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

/** venvoy lies in a tree with Python and packages: that is what it is there for. */
async function fromCarried(
  context: Context,
  tree: CarriedTree,
  runnable: Runnable,
  request: RunRequest,
): Promise<Choice> {
  const { label, header } = runnable;
  const wanted = request.python ?? pythonOf(header);
  if (wanted !== undefined && !fitsCarried(wanted, tree)) {
    throw new VenvoyError(
      "PYTHON_NOT_FOUND",
      `\`${label}\` asks for Python ${printable(wanted)}, and this tree of \`${tree.name}\` has ${tree.pythonVersion}`,
      { data: { request: wanted, version: tree.pythonVersion } },
    );
  }
  await checkServes(context, tree, { label, lines: headerAsks(runnable).lines });
  return {
    kind: "foreign",
    active: { kind: "foreign", root: tree.root, manager: "venv" },
    reason: `this venvoy lies in the tree of \`${tree.name}\``,
  };
}

function fromHeader({ header, label }: Runnable): Choice | undefined {
  if (header === undefined || header.kind === "none") return undefined;
  const { venv } = header;
  if (venv?.isName === true) {
    checkName(venv, label);
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
  if (header.kind === "declaration")
    return { kind: "own", reason: `${label} declares what it needs, so it gets an environment of its own` };
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

/** A script may not make directories where it likes, nor environments that a person could not make. */
function checkName({ text, line, column, endColumn }: HeaderVenv, label: string): void {
  const data = { file: label, line, column, endColumn };
  if (isDirectoryName(text)) {
    throw new VenvoyError(
      "HEADER_INVALID",
      `\`${label}\` line ${line}: \`${printable(text)}\` is a path, and a header names an environment`,
      {
        hint: "write a name, such as `# venv: tools`",
        data,
      },
    );
  }
  try {
    parseEnvName(text);
  } catch (error) {
    if (!isVenvoyError(error)) throw error;
    throw new VenvoyError("HEADER_INVALID", `\`${label}\` line ${line}: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      data,
    });
  }
}

/** Only a host runs other languages; Python 2 has no environments, but may be on this machine. */
async function checkLanguage(context: Context, { header, label }: Runnable): Promise<void> {
  const language = header?.language;
  if (language === undefined || (language.family === "python" && !language.version?.startsWith("2"))) return;
  if (language.family !== "python") {
    throw new VenvoyError(
      "HEADER_INVALID",
      `\`${label}\` line ${language.line} asks for \`${language.family}\`, which only its host can run`,
      { hint: "run it in the host's script editor" },
    );
  }
  const found = await findInterpreters(context, askOptions(context));
  const old = found.flatMap((one) => ("ok" in one && one.ok.version.startsWith("2.") ? [one.ok.executable] : []))[0];
  throw new VenvoyError(
    "PYTHON_UNSUPPORTED",
    `\`${label}\` line ${language.line} asks for Python 2, and environments are made for Python 3.8 to 3.14`,
    {
      hint:
        old === undefined ? "no Python 2.7 is on this machine; change the line to `#! python 3`" : `${old} ${label}`,
    },
  );
}
