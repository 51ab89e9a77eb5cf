import type { AbsPath } from "../../base/index.ts";
import { type Context, shownPath } from "../context.ts";
import type { Entry, Finder, Look } from "./look.ts";
import type { Owned, Owners } from "./owners.ts";
import type { Subject } from "./subject.ts";

/** One entry of `sys.path`. */
export interface SearchEntry {
  readonly path: AbsPath;
  readonly kind:
    | "script"
    | "working-directory"
    | "header"
    | "PYTHONPATH"
    | "python"
    | "environment"
    | "user"
    | "base"
    | "shared"
    | "pth"
    | "customize"
    | "other";
  /** Whose it is: "the environment demo", "Python 3.11.7 itself". */
  readonly owner: string;
  /** Why it is there. */
  readonly why: string;
  /** The file or directory is there. */
  readonly exists: boolean;
}

/** Something that finds modules before or after the search path: an editable install's finder, `six`'s. */
export interface PathFinder {
  readonly finder: string;
  readonly owner: string;
  readonly why: string;
}

/** Directories among the entries whose distributions can own a file. */
export function sitesOf(entries: readonly SearchEntry[]): readonly AbsPath[] {
  return entries.filter(({ kind }) => ["environment", "user", "base", "shared"].includes(kind)).map(({ path }) => path);
}

/** Names each entry's owner, and the reason why it is there. */
export async function explainPath(
  context: Context,
  subject: Subject,
  look: Look,
  owners: (entries: readonly SearchEntry[]) => Owners,
): Promise<readonly SearchEntry[]> {
  const plain = look.path.map((entry, index): SearchEntry => {
    const said = whose(context, subject, look, entry, index === 0);
    const zip = entry.is_file ? ", a zip file" : "";
    return { path: entry.path as AbsPath, ...said, why: `${said.why}${zip}`, exists: entry.exists };
  });
  const known = owners(plain);
  return Promise.all(
    plain.map(async (entry, index) => {
      const how = look.path[index]?.how;
      if (entry.kind !== "pth" || how?.kind !== "pth") return entry;
      return { ...entry, owner: ownerText(await known.of(how.file as AbsPath)) };
    }),
  );
}

/** The same for finders; `site` reads the `.pth` files of a virtual environment twice, and each time adds what they add. */
export async function explainFinders(context: Context, look: Look, owners: Owners): Promise<readonly PathFinder[]> {
  const different = new Map(look.finders.map((one) => [`${one.module}.${one.name}`, one]));
  return Promise.all(
    [...different.values()].map(async ({ module, name, file }) => ({
      finder: `${module}.${name}`,
      owner: file === null ? "a module that start-up imported" : ownerText(await owners.of(file as AbsPath)),
      why: file === null ? "code put it there" : `${context.fs.path.name(file)} put it there`,
    })),
  );
}

/** The distribution of the code that put a finder there. */
export function finderOwner(finder: Finder, owners: Owners): Promise<Owned | undefined> {
  return finder.file === null ? Promise.resolve(undefined) : owners.of(finder.file as AbsPath);
}

type Said = Pick<SearchEntry, "kind" | "owner" | "why">;

function whose(context: Context, subject: Subject, look: Look, { path, how }: Entry, isFirst: boolean): Said {
  const { fs } = context;
  if (isFirst && path === look.first) return firstEntry(subject);
  if (how?.kind === "pth") return byFile(context, subject, { file: how.file, line: how.line, path });
  if (how?.kind === "customize")
    return { kind: "customize", owner: "sitecustomize or usercustomize", why: "its code runs when Python starts" };
  if (how?.kind === "site") return siteDirectory(context, subject, look, path as AbsPath);
  if (subject.headerPaths.includes(path as AbsPath))
    return { kind: "header", owner: "the script's header", why: "an `env:` line" };
  if (subject.pythonPath.includes(fs.path.resolve(context.system.cwd, path)))
    return { kind: "PYTHONPATH", owner: "PYTHONPATH", why: "a variable of the shell or of the environment" };
  return { kind: "python", owner: `Python ${look.version} itself`, why: pythonPart(path) };
}

function firstEntry({ first }: Subject): Said {
  return first.kind === "script"
    ? { kind: "script", owner: "the script's directory", why: "what lies beside a script comes first" }
    : { kind: "working-directory", owner: "the working directory", why: "first for the prompt, -c and -m" };
}

function byFile(
  context: Context,
  subject: Subject,
  { file, line, path }: { readonly file: string; readonly line: number | null; readonly path: string },
): Said {
  const name = context.fs.path.name(file);
  const why = `${name} ${line === null ? "adds it" : `line ${line}`}`;
  if (name !== "zz_venvoy_shared.pth") return { kind: "pth", owner: "", why };
  const shared = `site-packages-${(subject.pythonVersion ?? "").split(".").slice(0, 2).join(".")}`;
  const isShared = context.fs.path.isInside(context.layout.envs, path as AbsPath);
  return isShared
    ? { kind: "shared", owner: `the environment ${shared}`, why: "all environments of this Python share it" }
    : { kind: "pth", owner: "venvoy", why };
}

function siteDirectory(context: Context, subject: Subject, look: Look, path: AbsPath): Said {
  const { fs } = context;
  if (fs.path.isInside(subject.tree, path))
    return { kind: "environment", owner: `the environment ${subject.label}`, why: "its packages" };
  if (look.user !== null && path === look.user)
    return { kind: "user", owner: "the user site", why: "`pip install --user` puts packages there" };
  const seen = subject.environment?.intent.systemSitePackages === true;
  return {
    kind: "base",
    owner: "the base Python's packages",
    why: seen ? "the environment was made with --system-site-packages" : "pyvenv.cfg lets them in",
  };
}

function pythonPart(path: string): string {
  if (path.endsWith(".zip")) return "its library as one zip file; rarely there";
  return /(lib-dynload|DLLs)$/.test(path) ? "its compiled modules" : "its library";
}

function ownerText(owner: Owned | undefined): string {
  return owner === undefined ? "no package: somebody put the file there" : `${owner.displayName} ${owner.version}`;
}

/** For a person: whose directory a file lies in. */
export function ownerOfEntry(context: Context, entries: readonly SearchEntry[], path: string): string {
  return entries.find((entry) => entry.path === path)?.owner ?? shownPath(context, path);
}
