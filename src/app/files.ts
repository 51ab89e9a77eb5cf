import { type AbsPath, printable, typedWord, VenvoyError } from "../base/index.ts";
import type { AskedFor } from "../env/index.ts";
import { readCondaFile } from "../exchange/index.ts";
import { parseRequirement, parseRequirementsFile, type RequirementsLine } from "../pep/index.ts";
import type { AskedRequirement } from "../resolve/index.ts";
import type { Naming } from "./building/unnamed.ts";
import { packageNames } from "./choices.ts";
import { type Context, pathFrom, shownPath } from "./context.ts";
import { type Gathering, gatherLine, gatherNamed, gatherRequirement } from "./file-lines.ts";
import type { HashRules } from "./hashes.ts";
import { backendOfProject, projectLines } from "./project-file.ts";
import type { FileWish, ResolveChoices } from "./requests.ts";
import { isLockFile, readTextFile } from "./text-file.ts";

export { isLockFile, readTextFile };

/** What files of requirements say, joined. */
export interface RequirementFiles {
  readonly requirements: readonly AskedFor[];
  readonly constraints: readonly AskedRequirement[];
  /** What `--hash` allows; empty when no line has one. */
  readonly hashes: HashRules;
  /** Options in the files that choose an index; the caller's own go before. */
  readonly choices: ResolveChoices;
}

interface ReadOptions {
  readonly condaLeftOut?: string[];
  readonly naming?: Naming;
  /** Of a project's file. */
  readonly wish?: FileWish & Pick<ResolveChoices, "requireHashes">;
}

const deepestInclude = 20;

/**
 * Reads requirements files (pip's format, with `-r` and `-c`), `pyproject.toml` (`[project]` dependencies) and conda's
 * `environment.yml` (Python and the pip part; `condaLeftOut` takes the rest). All bad
 * lines are told in one error. Throws `FILE_UNREADABLE`, `REQUIREMENT_INVALID`.
 */
export async function readRequirementFiles(
  context: Context,
  paths: readonly string[],
  { condaLeftOut, naming, wish = {} }: ReadOptions = {},
): Promise<RequirementFiles> {
  const gathered = emptyGathering(condaLeftOut);
  gathered.requireHashes = wish.requireHashes ?? false;
  for (const path of paths) {
    // `pyproject.toml[fast,dev]` asks for extras, as a requirement does.
    const [, plain = path, extras] = /^(.*\.toml)\[([^\]]*)\]$/s.exec(path) ?? [];
    gathered.wish = withExtras(wish, extras);
    await gather(context, gathered, pathFrom(context, plain), "requirements", []);
  }
  await nameSources(context, gathered, naming);
  return finish(gathered);
}

function withExtras(wish: FileWish, written: string | undefined): FileWish {
  const { extras = [] } = wish;
  if (written === undefined || extras === "all") return wish;
  return { ...wish, extras: [...extras, ...written.split(",").flatMap((one) => one.trim() || [])] };
}

/** Paths, addresses and editable installs, which say their names themselves. */
async function nameSources(context: Context, gathered: Gathering, naming: Naming | undefined): Promise<void> {
  if (gathered.unnamed.length === 0 || gathered.problems.length > 0) return;
  if (naming === undefined) {
    for (const { file, line, text } of gathered.unnamed) {
      const why = `\`${printable(text)}\` has no package name in front`;
      gathered.problems.push({ file: shownPath(context, file), line, why });
    }
    return;
  }
  const { withNames } = await import("./building/unnamed.ts");
  const { needsOfProject } = await import("./building/project-needs.ts");
  for (const { file, line, text, hashes, settings, project } of gathered.unnamed) {
    const texts =
      project === undefined
        ? await withNames(context, [text], naming)
        : await needsOfProject(context, context.fs.path.directory(file), naming, project);
    for (const named of texts)
      gatherNamed(context, gathered, { file, role: "requirements", line, text: named, hashes, settings });
  }
}

/** The names that requirements files ask for, each once. */
export async function requirementNames(context: Context, paths: readonly string[]): Promise<readonly string[]> {
  const { requirements } = await readRequirementFiles(context, paths);
  return [...new Set(requirements.map(({ text }) => parseRequirement(text).displayName))];
}

/** Files whose requirements only limit versions, or replace others'. */
export async function readLimits(
  context: Context,
  paths: readonly string[] | undefined,
): Promise<readonly AskedRequirement[]> {
  const gathered = emptyGathering();
  for (const path of paths ?? []) await gather(context, gathered, pathFrom(context, path), "constraints", []);
  return finish(gathered).constraints;
}

function emptyGathering(condaLeftOut?: string[]): Gathering {
  return {
    condaLeftOut,
    requirements: [],
    constraints: [],
    hashes: new Map(),
    unnamed: [],
    addressHashes: new Map(),
    settings: {},
    problems: [],
    extraIndexUrls: [],
    findLinks: [],
    ...{ indexUrl: undefined, backend: undefined, python: undefined },
    ...{ noIndex: false, allowPrerelease: false, requireHashes: false },
    wish: {},
    noBinary: [],
    onlyBinary: [],
  };
}

function finish(gathered: Gathering): RequirementFiles {
  const [first, ...others] = gathered.problems;
  if (first !== undefined) {
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    throw new VenvoyError("REQUIREMENT_INVALID", `\`${first.file}\` line ${first.line}: ${first.why}${more}`, {
      data: { issues: gathered.problems },
    });
  }
  return {
    requirements: gathered.requirements,
    constraints: gathered.constraints,
    hashes:
      gathered.hashes.size > 0 || gathered.requireHashes
        ? new Map([...gathered.addressHashes, ...gathered.hashes])
        : gathered.hashes,
    choices: {
      ...(gathered.indexUrl === undefined ? {} : { indexUrl: gathered.indexUrl }),
      ...(gathered.extraIndexUrls.length === 0 ? {} : { extraIndexUrls: gathered.extraIndexUrls }),
      ...(gathered.findLinks.length === 0 ? {} : { findLinks: gathered.findLinks }),
      ...(gathered.noIndex ? { noIndex: true } : {}),
      ...(gathered.python === undefined ? {} : { python: gathered.python }),
      ...(gathered.allowPrerelease ? { prerelease: "allow" } : {}),
      ...(gathered.requireHashes ? { requireHashes: true } : {}),
      ...(Object.keys(gathered.settings).length === 0 ? {} : { packageSettings: gathered.settings }),
      ...(gathered.backend === undefined ? {} : { backend: gathered.backend }),
      ...chosenNames("noBinary", gathered.noBinary),
      ...chosenNames("noBuild", gathered.onlyBinary),
    },
  };
}

function chosenNames<K extends "noBinary" | "noBuild">(key: K, words: readonly string[]): Pick<ResolveChoices, K> {
  const names = packageNames(words);
  return (names === undefined ? {} : { [key]: names }) as Pick<ResolveChoices, K>;
}

async function gather(
  context: Context,
  into: Gathering,
  file: AbsPath,
  role: "requirements" | "constraints",
  above: readonly AbsPath[],
): Promise<void> {
  if (above.includes(file) || above.length > deepestInclude) {
    throw new VenvoyError("FILE_UNREADABLE", `\`${shownPath(context, file)}\` includes itself`, { data: { file } });
  }
  if (isLockFile(context, file)) {
    throw new VenvoyError(
      "FILE_UNREADABLE",
      `\`${shownPath(context, file)}\` is a lock file, which can't be joined with anything`,
      {
        hint: `venvoy sync ${typedWord(shownPath(context, file))}`,
        data: { file },
      },
    );
  }
  const text = await readTextFile(context, file);
  if (context.fs.path.name(file) === "pyproject.toml") return gatherProject(context, into, file, text);
  if (/^setup\.(py|cfg)$/.test(context.fs.path.name(file))) return gatherBuilt(into, file, 1);
  if (/\.ya?ml$/i.test(file)) return gatherConda(context, into, { file, role, above }, text);
  await gatherEntries(context, into, { file, role, above }, parseRequirementsFile(text, context.system.env));
}

interface GatheredFile {
  readonly file: AbsPath;
  readonly role: "requirements" | "constraints";
  readonly above: readonly AbsPath[];
}

async function gatherEntries(
  context: Context,
  into: Gathering,
  { file, role, above }: GatheredFile,
  entries: readonly RequirementsLine[],
): Promise<void> {
  for (const entry of entries) {
    if (entry.kind === "file" && /^https?:/i.test(entry.path)) {
      const why = `\`${printable(entry.path)}\` is an address; download the file, and name that`;
      into.problems.push({ file: shownPath(context, file), line: entry.line, why });
    } else if (entry.kind === "file") {
      const next = context.fs.path.resolve(context.fs.path.directory(file), entry.path);
      await gather(context, into, next, role === "constraints" ? "constraints" : entry.role, [...above, file]);
    } else gatherLine(context, into, file, role, entry);
  }
}

/** Python and the pip part of an `environment.yml`. What only conda has is refused here; `import` lists it. */
async function gatherConda(context: Context, into: Gathering, from: GatheredFile, text: string): Promise<void> {
  const label = shownPath(context, from.file);
  const { python, pip, conda } = await readCondaFile(text, label);
  into.python ??= python;
  for (const one of into.condaLeftOut === undefined ? conda : [])
    into.problems.push({
      file: label,
      line: one.line,
      why: `\`${printable(one.text)}\` is a conda package, which can't be installed yet; \`venvoy import\` takes the rest`,
    });
  into.condaLeftOut?.push(...conda.map((one) => one.text));
  for (const { text: entry, line } of pip) {
    const entries = parseRequirementsFile(entry, context.system.env).map((one) => ({ ...one, line }));
    await gatherEntries(context, into, from, entries);
  }
}

function gatherBuilt(into: Gathering, file: AbsPath, line: number): void {
  into.unnamed.push({ file, line, text: file, hashes: [], settings: [], project: into.wish });
}

function gatherProject(context: Context, into: Gathering, file: AbsPath, text: string): void {
  const label = shownPath(context, file);
  into.backend = backendOfProject(text, label) ?? into.backend;
  for (const found of projectLines(text, label, into.wish)) {
    const { line } = found;
    const problem = (why: string): void => {
      into.problems.push({ file: label, line, why });
    };
    if ("why" in found) problem(found.why);
    else if ("isBuilt" in found) gatherBuilt(into, file, line);
    else gatherRequirement(context, into, "requirements", { file, line, text: found.text }, problem);
  }
}
