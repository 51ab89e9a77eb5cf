import { type PackageName, VenvoyError } from "../../base/index.ts";
import type { MarkerEnvironment } from "../../pep/index.ts";

/** What is wanted of a lock beside a project's own dependencies. Names are normalised. */
export interface LockWish {
  readonly markers: MarkerEnvironment;
  readonly extras: ReadonlySet<string> | "all";
  /** Besides the groups that the lock's own tool installs when nobody says anything. */
  readonly groups: ReadonlySet<string> | "all";
  /** False: only the groups that are named. */
  readonly defaultGroups: boolean;
  /** The `pyproject.toml` beside the lock, which says which groups are installed by default. */
  readonly project?: Table | undefined;
}

/** A file of a package; what a lock leaves out, an index knows. */
export interface OtherFile {
  readonly filename?: string;
  /** An address, or a path relative to the lock. */
  readonly place?: string;
  readonly sha256?: string;
  readonly sizeBytes?: number;
}

/** A package that another tool's lock wants on one target. */
export interface OtherLocked {
  readonly name: PackageName;
  readonly version: string | undefined;
  /** One of these is installed. */
  readonly files: readonly OtherFile[];
  /** The file was asked for by its address, not by an index. */
  readonly direct?: boolean;
  /** Sources in place of files: `git+https://…@commit#subdirectory=x`, an address, or a path relative to the lock. */
  readonly from?: { readonly url: string; readonly isPath: boolean; readonly editable: boolean };
  /** The index that the lock names for it. */
  readonly index?: string;
  readonly dependencies: readonly PackageName[];
  readonly extras: readonly string[];
}

/** What another tool's lock says for one target. */
export interface OtherLock {
  /** A specifier, `>=3.11`. */
  readonly requiresPython: string | undefined;
  readonly packages: readonly OtherLocked[];
  /** Groups and extras that the lock knows, for a wish that names another. */
  readonly groups: readonly string[];
  readonly extras: readonly string[];
}

export type Table = Readonly<Record<string, unknown>>;

export function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

export function tablesOf(value: unknown): readonly Table[] {
  return Array.isArray(value) ? value.map(tableOf) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** The digest of `sha256:…`; `undefined` for another algorithm. */
export function sha256Of(value: unknown): { readonly sha256?: string } {
  const digest = /^sha256[:=]([0-9a-f]{64})$/i.exec(textOf(value) ?? "")?.[1]?.toLowerCase();
  return digest === undefined ? {} : { sha256: digest };
}

export function filenameOf(place: string | undefined): { readonly filename?: string } {
  const last = place?.split(/[#?]/)[0]?.split("/").at(-1);
  return last === undefined || last === "" ? {} : { filename: decodeURIComponent(last) };
}

export function isWanted(wish: ReadonlySet<string> | "all", name: string): boolean {
  return wish === "all" || wish.has(name);
}

/** Sources in a repository, as a requirement's address names them. */
export function gitAddress(git: string, commit: string | undefined, subdirectory: string | undefined): string {
  const repository = git.replace(/^git\+/, "");
  return `git+${repository}${commit === undefined ? "" : `@${commit}`}${subdirectory === undefined ? "" : `#subdirectory=${subdirectory}`}`;
}

/** True for a group that is named, or that the lock's own tool takes by itself. */
export function isGroupWanted(
  { groups, defaultGroups }: Pick<LockWish, "groups" | "defaultGroups">,
  name: string,
  isDefault: boolean,
): boolean {
  return (defaultGroups && isDefault) || isWanted(groups, name);
}

export function lockUnreadable(label: string, why: string): VenvoyError {
  return new VenvoyError("LOCK_INVALID", `\`${label}\`: ${why}`, { data: { file: label } });
}
