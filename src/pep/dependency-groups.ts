import { VenvoyError } from "../base/index.ts";
import { quoted } from "./errors.ts";
import { normalizeName } from "./name.ts";
import { parseRequirement, type Requirement } from "./requirement.ts";

/** A member of a group: a requirement, or another group that is included there. */
export type DependencyGroupItem =
  | { readonly kind: "requirement"; readonly requirement: Requirement }
  | { readonly kind: "include"; readonly group: string };

/** The `[dependency-groups]` table of a `pyproject.toml` (PEP 735). Groups are parsed when they are asked for. */
export class DependencyGroups {
  readonly #raw: ReadonlyMap<string, unknown>;
  readonly #names: readonly string[];

  constructor(raw: ReadonlyMap<string, unknown>, names: readonly string[]) {
    this.#raw = raw;
    this.#names = names;
  }

  /** The names as they were written, in order. */
  get names(): readonly string[] {
    return this.#names;
  }

  has(group: string): boolean {
    return this.#raw.has(normalizeName(group));
  }

  /** What one group holds, includes unresolved. Throws `GROUP_INVALID`, `GROUP_UNKNOWN`, `REQUIREMENT_INVALID`. */
  lookup(group: string): readonly DependencyGroupItem[] {
    const raw = this.#raw.get(normalizeName(group));
    if (!this.has(group)) throw groupUnknown(group, this.#names);
    if (!Array.isArray(raw)) throw groupInvalid(group, "it is not a list");
    return raw.map((item: unknown, i) => readItem(group, item, i));
  }

  /**
   * The requirements of a group with those of its includes in their places; repetitions stay (PEP 735). Throws
   * `GROUP_INVALID` when includes form a circle, and as `lookup` does.
   */
  resolve(group: string): readonly Requirement[] {
    return this.#resolve(group, [], new Map());
  }

  #resolve(group: string, path: readonly string[], done: Map<string, readonly Requirement[]>): readonly Requirement[] {
    const name = normalizeName(group);
    const known = done.get(name);
    if (known !== undefined) return known;
    if (path.includes(name)) {
      throw groupInvalid(
        group,
        `its includes form a circle: ${[...path.slice(path.indexOf(name)), name].join(" -> ")}`,
      );
    }
    const found: Requirement[] = [];
    for (const item of this.lookup(group)) {
      if (item.kind === "requirement") found.push(item.requirement);
      else for (const requirement of this.#resolve(item.group, [...path, name], done)) found.push(requirement);
      // Groups that include groups twice, level upon level, double at each one.
      if (found.length > maxMembers) throw groupInvalid(group, `it has more than ${maxMembers} members`);
    }
    done.set(name, found);
    return found;
  }
}

const maxMembers = 100_000;

/** Reads the table's value; throws `GROUP_INVALID` when two names are one after normalisation. */
export function readDependencyGroups(table: unknown): DependencyGroups {
  if (typeof table !== "object" || table === null || Array.isArray(table)) {
    throw new VenvoyError("GROUP_INVALID", "`dependency-groups` is not a table");
  }
  const raw = new Map<string, unknown>();
  for (const [name, value] of Object.entries(table)) {
    const normal = normalizeName(name);
    if (raw.has(normal)) throw groupInvalid(name, "another group has the same name in a different spelling");
    raw.set(normal, value);
  }
  return new DependencyGroups(raw, Object.keys(table));
}

function readItem(group: string, item: unknown, index: number): DependencyGroupItem {
  if (typeof item === "string") return { kind: "requirement", requirement: parseRequirement(item) };
  const keys = typeof item === "object" && item !== null ? Object.keys(item) : [];
  if (keys.length !== 1 || keys[0] !== "include-group") {
    throw groupInvalid(group, `item ${index + 1} is neither a requirement nor an \`include-group\``);
  }
  const include = (item as { readonly "include-group": unknown })["include-group"];
  if (typeof include !== "string") throw groupInvalid(group, `item ${index + 1} includes something that is not a name`);
  return { kind: "include", group: include };
}

function groupInvalid(group: string, why: string): VenvoyError {
  return new VenvoyError("GROUP_INVALID", `The dependency group ${quoted(group)} can't be used: ${why}`, {
    data: { group, why },
  });
}

function groupUnknown(group: string, names: readonly string[]): VenvoyError {
  const hint = names.length === 0 ? "the file defines no groups" : `the groups are ${names.map(quoted).join(", ")}`;
  return new VenvoyError("GROUP_UNKNOWN", `There is no dependency group ${quoted(group)}`, {
    hint,
    data: { group, groups: names },
  });
}
