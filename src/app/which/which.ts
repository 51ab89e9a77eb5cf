import { type AbsPath, printable, VenvoyError } from "../../base/index.ts";
import { parsePackageName, parseRequirement } from "../../pep/index.ts";
import { originText } from "../asked.ts";
import { livingBaseOf } from "../bases.ts";
import type { Context } from "../context.ts";
import type { AskedFor, WhyReport } from "../outcomes.ts";
import type { OperationOptions } from "../requests.ts";
import { chainsFor } from "../tree.ts";
import { askPython, type Look, type Place, pythonOf } from "./look.ts";
import { lookAtFiles } from "./look-at-files.ts";
import { type Owned, Owners } from "./owners.ts";
import {
  explainFinders,
  explainPath,
  finderOwner,
  ownerOfEntry,
  type PathFinder,
  type SearchEntry,
  sitesOf,
} from "./search-path.ts";
import { type Subject, subjectOf } from "./subject.ts";
import { moduleUnknown } from "./unknown-module.ts";

export type { PathFinder, SearchEntry } from "./search-path.ts";

export interface WhichRequest extends OperationOptions {
  /** The environment; else that of the script, else the active one. */
  readonly name?: string;
  /** A script: the environment that `run` would start it in, with its own directory first on the path. */
  readonly script?: string;
}

export interface WhichReport {
  readonly environment: { readonly name: string; readonly path: AbsPath };
  /** Missing for an environment whose Python nobody knows. */
  readonly python: string | undefined;
  /** Missing when only the search path was asked for. */
  readonly found?: FoundModule;
  /** In the order in which Python looks. */
  readonly searchPath: readonly SearchEntry[];
  /** What finds modules besides the search path. */
  readonly finders: readonly PathFinder[];
  readonly notes: readonly string[];
}

export interface FoundModule {
  readonly module: string;
  /** The name that it has itself, where that is another: `os.path` is `posixpath`. */
  readonly realName?: string;
  readonly kind: Place["kind"];
  /** None for namespaces and for what is part of the interpreter. */
  readonly file: AbsPath | undefined;
  /** Where parts of a namespace lie. */
  readonly folders: readonly AbsPath[];
  /** Whose directory of the search path it was found in. */
  readonly owner: string;
  readonly distribution: { readonly name: string; readonly version: string; readonly editable: boolean } | undefined;
  readonly askedFor: readonly AskedFor[];
  /** From something that was asked for down to the package; the shortest first. */
  readonly neededBy: WhyReport["chains"];
  /** What the name would load from further down the path, if this one were not there. */
  readonly hides: readonly Hidden[];
}

export interface Hidden {
  readonly path: AbsPath;
  readonly owner: string;
  readonly distribution: { readonly name: string; readonly version: string } | undefined;
  /** A module of Python itself is hidden, which breaks whatever counts on it. */
  readonly isPythons: boolean;
}

/**
 * Which file an import loads, the package it belongs to, who asked for that, what it hides, and the search path with
 * the reason for every entry. Nothing is imported. Throws `MODULE_UNKNOWN`.
 */
export async function which(
  context: Context,
  module: string | undefined,
  request: WhichRequest = {},
): Promise<WhichReport> {
  if (module !== undefined && !/^[^\W\d]\w*(\.[^\W\d]\w*)*$/u.test(module)) {
    throw new VenvoyError("ARGUMENT_INVALID", `\`${printable(module)}\` is not the name of a module`, {
      hint: "venvoy which numpy",
    });
  }
  const subject = await subjectOf(context, request);
  const isAlive = await canAnswer(context, subject);
  const look = await (isAlive ? askPython : lookAtFiles)(context, subject, module);
  let owners = new Owners(context, []);
  const searchPath = await explainPath(context, subject, look, (entries) => {
    owners = new Owners(context, sitesOf(entries));
    return owners;
  });
  const facts = { subject, look, owners, searchPath };
  return {
    environment: { name: subject.label, path: subject.environment?.root ?? subject.tree },
    python: look.version,
    ...(module === undefined ? {} : { found: await foundModule(context, module, facts) }),
    searchPath,
    finders: await explainFinders(context, look, owners),
    notes: isAlive
      ? []
      : [`Python ${subject.pythonVersion ?? ""} is gone, so this is what the files of ${subject.label} tell`],
  };
}

/** A Python that moved is followed; one that is gone for good leaves the files. */
async function canAnswer(context: Context, { tree, environment }: Subject): Promise<boolean> {
  const isThere = async (): Promise<boolean> => (await context.fs.info(await pythonOf(context, tree))) !== undefined;
  if (await isThere()) return true;
  return environment !== undefined && (await livingBaseOf(context, environment)) !== undefined ? isThere() : false;
}

interface Facts {
  readonly subject: Subject;
  readonly look: Look;
  readonly owners: Owners;
  readonly searchPath: readonly SearchEntry[];
}

async function foundModule(context: Context, module: string, facts: Facts): Promise<FoundModule> {
  const { subject, look, owners, searchPath } = facts;
  const { found } = look;
  if (found === null) throw await moduleUnknown(context, module, { ...facts, sites: sitesOf(searchPath) });
  const file = (found.file ?? undefined) as AbsPath | undefined;
  const place = (file ?? found.folders?.[0]) as AbsPath | undefined;
  const owner =
    (place === undefined || isInterpreters(found) ? undefined : await owners.of(place)) ??
    (found.finder === null ? undefined : await finderOwner(found.finder, owners));
  const own = look.copies.find((copy) => samePlace(copy, found))?.entry;
  return {
    module,
    ...(found.real === module || found.real === "" ? {} : { realName: found.real }),
    kind: found.kind,
    file,
    folders: found.kind === "namespace" ? ((found.folders ?? []) as readonly AbsPath[]) : [],
    owner: ownerOf(context, facts, own),
    distribution: owner === undefined ? undefined : distributionOf(owner),
    askedFor: subject.asked
      .filter((item) => owner !== undefined && parseRequirement(item.text).name === parsePackageName(owner.name))
      .map((item) => ({ text: item.text, origin: originText(context, item) })),
    neededBy: await neededBy(context, facts, owner),
    hides: await hidden(context, facts),
  };
}

function isInterpreters({ kind }: Place): boolean {
  return kind === "built-in" || kind === "frozen";
}

function ownerOf(context: Context, { look, searchPath }: Facts, entry: string | undefined): string {
  const { found } = look;
  if (found === null) return "";
  if (found.finder !== null) return `the finder ${found.finder.module}.${found.finder.name}`;
  if (isInterpreters(found) || found.loaded)
    return `Python ${look.version} itself, which has it before it looks anywhere`;
  return entry === undefined ? "code that runs when Python starts" : ownerOfEntry(context, searchPath, entry);
}

async function neededBy(context: Context, { subject }: Facts, owner: Owned | undefined): Promise<WhyReport["chains"]> {
  if (owner === undefined || subject.environment === undefined) return [];
  return chainsFor(context, subject.environment, parsePackageName(owner.name));
}

/** Other copies of the name. Parts of a namespace don't hide each other, and one never wins over a real module. */
async function hidden(context: Context, { look, searchPath, owners }: Facts): Promise<readonly Hidden[]> {
  const { found } = look;
  if (found === null || found.kind === "namespace") return [];
  const others = look.copies.filter((copy) => copy.kind !== "namespace" && !samePlace(copy, found));
  return Promise.all(
    others.map(async (copy) => {
      const owner = await owners.of(copy.file as AbsPath);
      const entry = searchPath.find(({ path }) => path === copy.entry);
      return {
        path: copy.file as AbsPath,
        owner: ownerOfEntry(context, searchPath, copy.entry),
        distribution: owner === undefined ? undefined : { name: owner.displayName, version: owner.version },
        isPythons: entry?.kind === "python",
      };
    }),
  );
}

function samePlace(a: Place, b: Place): boolean {
  return a.file === b.file && (a.file !== null || a.folders?.[0] === b.folders?.[0]);
}

function distributionOf(owner: Owned): NonNullable<FoundModule["distribution"]> {
  return {
    name: owner.displayName,
    version: owner.version,
    editable: /"editable"\s*:\s*true/.test(owner.directUrl ?? ""),
  };
}
