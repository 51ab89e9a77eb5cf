import { printable, VenvoyError } from "../base/index.ts";
import { parseToml } from "../codec/index.ts";
import { normalizeName, parseRequirement, readDependencyGroups } from "../pep/index.ts";
import type { FileWish } from "./requests.ts";

/** What a `pyproject.toml` asks for: requirements as written, or what is wrong with one. `line` counts from 1. */
export type ProjectLine =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly why: string }
  /** Dependencies and extras that only the project's build can tell. */
  | { readonly line: number; readonly isBuilt: true };

type Table = Readonly<Record<string, unknown>>;

/**
 * The dependencies of a project (PEP 621) with the extras and groups (PEP 735) that are wanted; extras that name the
 * project itself are followed. Throws `FILE_UNREADABLE`, `GROUP_UNKNOWN`, `GROUP_INVALID`, `ARGUMENT_INVALID`.
 */
export function projectLines(text: string, label: string, wish: FileWish): readonly ProjectLine[] {
  const file = parseToml(text, { label, code: "FILE_UNREADABLE" });
  const lines = text.split("\n");
  const at = (item: string): number =>
    Math.max(
      0,
      lines.findIndex((line) => line.includes(item)),
    ) + 1;
  const project = tableOf(file["project"]);
  const found: ProjectLine[] = [];
  const line = wish.onlyGroups === true ? undefined : builtAt(project, at);
  if (line !== undefined) found.push({ line, isBuilt: true });
  else {
    if (wish.onlyGroups !== true) found.push(...ownLines(project, file, at));
    for (const item of extraItems(project, label, wish)) found.push(lineOf(item, at));
  }
  const groups = readDependencyGroups(file["dependency-groups"] ?? {});
  for (const group of wish.groups === "all" ? groups.names : (wish.groups ?? []))
    for (const one of groups.resolve(group)) found.push({ line: at(one.displayName), text: one.toString() });
  return found;
}

/** `[tool.venvoy] backend`: the build for hardware that the project wants. */
export function backendOfProject(text: string, label: string): string | undefined {
  const { backend } = tableOf(tableOf(parseToml(text, { label, code: "FILE_UNREADABLE" })["tool"])["venvoy"]);
  return typeof backend === "string" ? backend : undefined;
}

/** Where a project says that its build makes what it needs. */
function builtAt({ dynamic }: Table, at: (item: string) => number): number | undefined {
  const isBuilt =
    Array.isArray(dynamic) && (dynamic.includes("dependencies") || dynamic.includes("optional-dependencies"));
  return isBuilt ? at("dynamic") : undefined;
}

function ownLines(project: Table, file: Table, at: (item: string) => number): ProjectLine[] {
  const { dependencies } = project;
  const ofPoetry = tableOf(tableOf(file["tool"])["poetry"])["dependencies"];
  if (dependencies === undefined && file["project"] === undefined && ofPoetry !== undefined) {
    return [
      { line: at("tool.poetry"), why: "it has dependencies of Poetry alone; `venvoy sync poetry.lock` takes its lock" },
    ];
  }
  if (dependencies === undefined) return [];
  return Array.isArray(dependencies)
    ? dependencies.map((item) => lineOf(item, at))
    : [{ line: at("dependencies"), why: "`dependencies` must be a list of texts" }];
}

function lineOf(item: unknown, at: (item: string) => number): ProjectLine {
  if (typeof item === "string") return { line: at(item), text: item };
  return { line: 1, why: "`dependencies` must be a list of texts" };
}

/** The members of the wanted extras; one that is the project itself with other extras stands for those. */
function extraItems(project: Table, label: string, { extras = [] }: FileWish): readonly unknown[] {
  const known = new Map(
    Object.entries(tableOf(project["optional-dependencies"])).map(([name, items]) => [normalizeName(name), items]),
  );
  const own = typeof project["name"] === "string" ? normalizeName(project["name"]) : undefined;
  const queue: string[] = (extras === "all" ? [...known.keys()] : [...extras]).map((name) => normalizeName(name));
  const found: unknown[] = [];
  const done = new Set<string>();
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (done.has(name)) continue;
    done.add(name);
    const items = [...known].find(([key]) => key === name)?.[1];
    if (items === undefined) {
      throw new VenvoyError(
        "ARGUMENT_INVALID",
        `\`${label}\` has no extra \`${printable(name, { newlines: false })}\``,
        {
          hint: known.size === 0 ? "it has none" : `it has ${[...known.keys()].join(", ")}`,
        },
      );
    }
    for (const item of Array.isArray(items) ? items : [items]) {
      const inner = typeof item === "string" ? ownExtras(item, own) : undefined;
      if (inner === undefined) found.push(item);
      else queue.push(...inner);
    }
  }
  return found;
}

/** The extras of `demo[fast]` in the project `demo`; `undefined` for other packages. */
function ownExtras(item: string, own: string | undefined): readonly string[] | undefined {
  try {
    const { name, extras } = parseRequirement(item);
    return name === own && extras.length > 0 ? extras : undefined;
  } catch {
    // Whoever takes the line tells what is wrong with it.
    return undefined;
  }
}

function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}
