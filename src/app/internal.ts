import { type AbsPath, parseSha256, type Sha256, typedWord } from "../base/index.ts";
import { activeEnvironment, readReceipt } from "../env/index.ts";
import type { Ports } from "../ports/index.ts";
import { findInterpreters, inspect } from "../python/index.ts";
import { type CrashFacts, crashHint, type HintFacts } from "../script/index.ts";
import { openStore } from "../store/index.ts";
import { compileNow } from "./compile.ts";
import { type Context, type OpenOptions, openContext } from "./context.ts";
import { askOptions } from "./solve.ts";
import { tidyLater } from "./tidy.ts";
import { modulesIn } from "./which/owners.ts";

/** What the hook in an environment sends after a crash. */
interface CrashReport extends CrashFacts {
  readonly prefix?: string;
  /** The Python that ran, `3.11.7`. */
  readonly pythonVersion?: string;
  /** The program as it was started; not always a file. */
  readonly script?: string;
}

/** Errors that another Python may be the answer to. */
const ofAnotherPython: ReadonlySet<string> = new Set(["SyntaxError", "TabError", "IndentationError", "NameError"]);

/** One helpful line after a crash, or nothing. Never fails: the program's own error has been shown already. */
export async function hint(ports: Ports, options: OpenOptions, reportText: string): Promise<string | undefined> {
  const context = openContext(ports, options);
  const report = JSON.parse(reportText) as CrashReport;
  const { prefix, pythonVersion } = report;
  const { glibc } = { glibc: context.system.libc?.kind === "glibc" ? context.system.libc.version : undefined };
  const facts: HintFacts = {
    ...(prefix === undefined
      ? {}
      : { installed: await installedModules(context, prefix), ...(await addCommand(context, report, prefix)) }),
    ...(pythonVersion === undefined ? {} : { pythonVersion }),
    ...([report, ...(report.causes ?? [])].some(({ exceptionType }) => ofAnotherPython.has(exceptionType))
      ? { pythons: await knownPythons(context) }
      : {}),
    ...(glibc === undefined ? {} : { glibc }),
  };
  return crashHint(report, facts);
}

async function installedModules(context: Context, prefix: string): Promise<NonNullable<HintFacts["installed"]>> {
  const { fs } = context;
  if (!fs.path.isAbsolute(prefix)) return [];
  const root = fs.path.resolve(context.system.cwd, prefix);
  const receipt = await readReceipt(fs, root);
  if (receipt === undefined) return [];
  const site = fs.path.join(root, ...receipt.sitePackages.split("/"));
  return modulesIn(context, site);
}

/** The command that gives the environment that crashed one more package: `venvoy add -n demo`. */
async function addCommand(context: Context, { script }: CrashReport, prefix: string): Promise<Pick<HintFacts, "add">> {
  const { fs, layout, system } = context;
  const active = await activeEnvironment(context, context.env, { VIRTUAL_ENV: prefix });
  if (active?.kind === "ours") {
    const { kind, name, root } = active.place;
    return { add: `venvoy add -n ${typedWord(kind === "central" ? name : root)}` };
  }
  if (!(await liesBelow(context, prefix, layout.scripts))) return {};
  // What a header made is changed by its header; standard input, addresses and `-c` have none that lasts.
  if (script === undefined || script === "") return { add: "venvoy run --with" };
  const file = fs.path.resolve(system.cwd, script);
  const lasts = (await fs.info(file))?.kind === "file" && !(await liesBelow(context, file, layout.cache));
  return { add: lasts ? `venvoy add --script ${typedWord(script)}` : "venvoy run --with" };
}

async function liesBelow({ fs }: Context, path: string, directory: AbsPath): Promise<boolean> {
  const below = (top: string): boolean => path.startsWith(`${top}${fs.path.separator}`);
  return below(directory) || ((await fs.info(directory)) !== undefined && below(await fs.realPath(directory)));
}

async function knownPythons(context: Context): Promise<NonNullable<HintFacts["pythons"]>> {
  const reports = await findInterpreters(context, askOptions(context));
  return reports.flatMap((one) => ("ok" in one ? [{ version: one.ok.version, executable: one.ok.executable }] : []));
}

/**
 * Makes bytecode for stored packages behind a command's answer, and links it into the tree that the command has made.
 * Words: the Python, the tree or `-`, the packages' digests.
 */
export async function compile(ports: Ports, options: OpenOptions, words: readonly string[]): Promise<void> {
  const context = openContext(ports, options);
  const [python = "", tree = "-", ...digests] = words;
  const pathOf = (text: string) => context.fs.path.resolve(context.system.cwd, text);
  const answer = await inspect(context, pathOf(python), askOptions(context));
  if ("reason" in answer) return;
  const store = openStore(context, context.layout);
  const wanted: Sha256[] = digests.map(parseSha256);
  const missing = (await Promise.all(wanted.map((sha256) => store.find(sha256)))).filter((one) => one !== undefined);
  await compileNow(context, { missing, interpreter: answer.ok, tree: tree === "-" ? undefined : pathOf(tree) });
}

/** What a command leaves to do when its answer is out. */
export function behindAnswer(ports: Ports, options: OpenOptions): Promise<void> {
  return tidyLater(openContext(ports, options));
}
