import { type AbsPath, type PackageName, printable, VenvoyError } from "../base/index.ts";
import type { AskedFor } from "../env/index.ts";
import { readCondaFile } from "../exchange/index.ts";
import { parseRequirement, parseRequirementsFile, type Requirement, type RequirementsLine } from "../pep/index.ts";
import type { AskedRequirement } from "../resolve/index.ts";
import { isUnnamed } from "./asked.ts";
import type { Naming } from "./building/unnamed.ts";
import { packageNames } from "./choices.ts";
import { type Context, pathFrom, shownPath } from "./context.ts";
import { type AllowedHashes, type HashRules, hashInAddress, readHashes } from "./hashes.ts";
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

interface Gathering {
  readonly requirements: AskedFor[];
  readonly constraints: AskedRequirement[];
  readonly hashes: Map<PackageName, AllowedHashes>;
  /** Sources without a name in front; paths are absolute. */
  readonly unnamed: {
    readonly file: AbsPath;
    readonly line: number;
    readonly text: string;
    readonly hashes: readonly string[];
    /** Not a requirement but a project, whose needs only its build tells. */
    readonly project?: FileWish;
  }[];
  /** Digests that stand in addresses; they count where hashes are needed. */
  readonly addressHashes: Map<PackageName, AllowedHashes>;
  readonly problems: { readonly file: string; readonly line: number; readonly why: string }[];
  readonly extraIndexUrls: string[];
  readonly findLinks: string[];
  backend: string | undefined;
  indexUrl: string | undefined;
  noIndex: boolean;
  allowPrerelease: boolean;
  wish: FileWish;
  requireHashes: boolean;
  /** As pip writes them: names, `:all:`, `:none:`. */
  readonly noBinary: string[];
  readonly onlyBinary: string[];
  python: string | undefined;
  /** Takes what only conda has; without it such a line is a problem. */
  readonly condaLeftOut: string[] | undefined;
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
  for (const { file, line, text, hashes, project } of gathered.unnamed) {
    const problem = (why: string): void => {
      gathered.problems.push({ file: shownPath(context, file), line, why });
    };
    const texts =
      project === undefined
        ? await withNames(context, [text], naming)
        : await needsOfProject(context, context.fs.path.directory(file), naming, project);
    for (const named of texts) {
      gatherRequirement(context, gathered, "requirements", { file, line, text: named }, problem);
      if (hashes.length > 0)
        gatherHashes(context, gathered, file, { kind: "requirement", text: named, line, hashes }, problem);
    }
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
        hint: `venvoy sync ${shownPath(context, file)}`,
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

function gatherLine(
  context: Context,
  into: Gathering,
  file: AbsPath,
  role: "requirements" | "constraints",
  entry: Exclude<RequirementsLine, { kind: "file" }>,
): void {
  const problem = (why: string): void => {
    into.problems.push({ file: shownPath(context, file), line: entry.line, why });
  };
  switch (entry.kind) {
    case "problem":
      problem(entry.why);
      break;
    case "editable":
      into.unnamed.push({ file, line: entry.line, text: `-e ${fromFile(context, file, entry.text)}`, hashes: [] });
      break;
    case "option":
      gatherOption(context, into, file, entry);
      break;
    case "requirement":
      if (role === "requirements" && isUnnamed(entry.text)) {
        const text = fromFile(context, file, entry.text);
        into.unnamed.push({ file, line: entry.line, text, hashes: entry.hashes });
        break;
      }
      gatherRequirement(context, into, role, { file, line: entry.line, text: entry.text }, problem);
      if (entry.hashes.length > 0) gatherHashes(context, into, file, entry, problem);
  }
}

/** A path in a file counts from that file. */
function fromFile({ fs }: Context, file: AbsPath, text: string): string {
  return /^[a-z][\w+.-]+:/i.test(text) ? text : fs.path.resolve(fs.path.directory(file), text);
}

function gatherRequirement(
  context: Context,
  into: Gathering,
  role: "requirements" | "constraints",
  { file, line, text }: { readonly file: AbsPath; readonly line: number; readonly text: string },
  problem: (why: string) => void,
): void {
  try {
    const requirement = parseRequirement(text);
    const canonical = requirement.toString();
    const digest = hashInAddress(requirement.url);
    if (digest !== undefined) {
      const origin = `${shownPath(context, file)} line ${line}`;
      into.addressHashes.set(requirement.name, { sha256: new Set([digest]), origin, inAddress: true });
    }
    if (role === "requirements") into.requirements.push({ text: canonical, source: { kind: "file", file, line } });
    else {
      const origin = { kind: "file", file: shownPath(context, file), line, text: canonical } as const;
      into.constraints.push({ requirement, origin });
    }
  } catch (error) {
    if (!(error instanceof VenvoyError)) throw error;
    problem(error.message);
  }
}

function gatherHashes(
  context: Context,
  into: Gathering,
  file: AbsPath,
  { text, line, hashes }: Extract<RequirementsLine, { kind: "requirement" }>,
  problem: (why: string) => void,
): void {
  const sha256 = readHashes(hashes);
  const requirement = tryRequirement(text);
  if (typeof sha256 === "string") problem(sha256);
  else if (requirement !== undefined && !isOneFile(requirement))
    problem(`\`${requirement.name}\` has a \`--hash\`, which fits one version: pin it with ==`);
  else if (requirement?.url !== undefined && !/\.whl(?:#|$)/i.test(requirement.url))
    problem("the hash of sources at an address stands in it: `…/demo-1.0.tar.gz#sha256=1f…`");
  else if (requirement !== undefined) {
    // Lines with other markers, and constraints, may add to what is allowed.
    const before = into.hashes.get(requirement.name);
    into.hashes.set(requirement.name, {
      sha256: new Set([...(before?.sha256 ?? []), ...sha256]),
      origin: before?.origin ?? `${shownPath(context, file)} line ${line}`,
    });
  }
}

function isOneFile({ url, specifier }: Requirement): boolean {
  return url !== undefined || /^={2,3}[^*,]+$/.test(specifier.toString().trim());
}

/** A bad one was told already. */
function tryRequirement(text: string): Requirement | undefined {
  try {
    return parseRequirement(text);
  } catch (error) {
    if (error instanceof VenvoyError) return undefined;
    throw error;
  }
}

function gatherOption(
  context: Context,
  into: Gathering,
  file: AbsPath,
  { name, value = "" }: { readonly name: string; readonly value: string | undefined },
): void {
  if (name === "index-url") into.indexUrl = value;
  else if (name === "extra-index-url") into.extraIndexUrls.push(value);
  else if (name === "find-links") {
    // Relative to the file, as pip reads it.
    const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
    into.findLinks.push(isUrl ? value : context.fs.path.resolve(context.fs.path.directory(file), value));
  } else if (name === "no-index") into.noIndex = true;
  else if (name === "pre") into.allowPrerelease = true;
  else if (name === "require-hashes") into.requireHashes = true;
  else if (name === "no-binary") into.noBinary.push(...value.split(","));
  else if (name === "only-binary") into.onlyBinary.push(...value.split(","));
}

function gatherBuilt(into: Gathering, file: AbsPath, line: number): void {
  into.unnamed.push({ file, line, text: file, hashes: [], project: into.wish });
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
