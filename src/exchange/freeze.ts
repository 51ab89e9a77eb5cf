import type { AbsPath } from "../base/index.ts";
import { directUrlValue, normalizeName, parseDirectUrl, tryParseVersion } from "../pep/index.ts";
import type { Distribution } from "./foreign/distribution.ts";

export interface FreezeOptions {
  /** Also pip itself, and what `venv` puts beside it. */
  readonly all?: boolean;
  /** Normalised names that are left out. */
  readonly exclude?: ReadonlySet<string>;
  readonly excludeEditable?: boolean;
  /** Texts of requirements files, whose order and comments are kept; what else is installed follows. */
  readonly follow?: readonly string[];
  /** What editable projects are under version control, by their directory. */
  readonly repositories?: ReadonlyMap<AbsPath, Repository>;
}

/** Where a project's repository can be had again; else why not. */
export type Repository =
  | { readonly kind: "remote"; readonly url: string; readonly commit: string; readonly subdirectory: string }
  | { readonly kind: "no-remote" }
  | { readonly kind: "bad-remote"; readonly url: string }
  | { readonly kind: "unknown" };

/**
 * What `pip freeze` prints where these distributions are on the search path, first ones first: `name==version` with the
 * name as its author writes it, addresses as PEP 610 keeps them, sorted without regard to case, without what pip takes for
 * tools of its own.
 */
export function freezeText(
  distributions: readonly Distribution[],
  pythonVersion: string,
  { all = false, exclude, excludeEditable = false, follow = [], repositories }: FreezeOptions = {},
): string {
  const skipped = new Set([...(all ? interpreterParts : toolsOf(pythonVersion)), ...(exclude ?? [])]);
  const seen = new Map<string, { readonly name: string; readonly text: string }>();
  for (const one of distributions) {
    const key = normalizeName(one.displayName);
    if (seen.has(key) || (excludeEditable && one.editableAt !== undefined)) continue;
    seen.set(key, { name: one.displayName, text: frozen(one, repositories) });
  }
  const first = follow.length === 0 ? [] : followed(follow, seen);
  const lines = [...seen]
    .filter(([key]) => !skipped.has(key))
    .map(([, line]) => line)
    .sort((a, b) => compareTexts(a.name.toLowerCase(), b.name.toLowerCase()));
  return [...first, ...lines.map(({ text }) => text)].map((text) => `${text}\n`).join("");
}

/** Lines of files, with what is installed in the place of what they ask for; those are taken out of `seen`. */
function followed(texts: readonly string[], seen: Map<string, { readonly text: string }>): string[] {
  const lines: string[] = [];
  const told = new Set<string>();
  for (const line of texts.flatMap((text) => text.replace(/\n$/, "").split(/\r?\n/))) {
    if (/^\s*(#|$)/.test(line) || /^(-r|-f|-i|--(?!editable))/.test(line)) {
      const plain = line.trimEnd();
      if (!told.has(plain)) lines.push(plain);
      told.add(plain);
      continue;
    }
    const name = /^\s*([\w.-]*\w)/.exec(line)?.[1];
    const found = name === undefined ? undefined : seen.get(normalizeName(name));
    if (name === undefined || found === undefined) continue;
    lines.push(found.text);
    seen.delete(normalizeName(name));
  }
  return [...lines, "## The following requirements were added by pip freeze:"];
}

/** Parts of Python's own that old tools wrote metadata for. */
const interpreterParts = ["python", "wsgiref", "argparse"];

/** pip leaves itself out, and up to Python 3.11 also what `venv` put there. */
function toolsOf(pythonVersion: string): ReadonlySet<string> {
  const minor = Number(pythonVersion.split(".")[1] ?? 0);
  const always = ["pip", ...interpreterParts];
  return new Set(minor < 12 ? [...always, "setuptools", "distribute", "wheel"] : always);
}

function frozen(one: Distribution, repositories: FreezeOptions["repositories"]): string {
  const { displayName: name, directUrl, editableAt } = one;
  if (editableAt !== undefined) return editableText(one, editableAt, repositories?.get(editableAt));
  const direct = directUrl === undefined ? undefined : directReference(name, directUrl);
  return direct ?? nameAndVersion(one);
}

function nameAndVersion({ displayName, version }: Distribution): string {
  const known = tryParseVersion(version);
  return known === undefined ? `${displayName}===${version}` : `${displayName}==${known.text}`;
}

function editableText(one: Distribution, directory: AbsPath, repository: Repository | undefined): string {
  const what = nameAndVersion(one);
  const here = `-e ${directory}`;
  switch (repository?.kind) {
    case undefined:
      return `# Editable install with no version control (${what})\n${here}`;
    case "no-remote":
      return `# Editable Git install with no remote (${what})\n${here}`;
    case "bad-remote":
      return `# Editable Git install (${what}) with either a deleted local remote or invalid URI:\n# '${repository.url}'\n${here}`;
    case "unknown":
      return `## !! Could not determine repository location\n${here}`;
    case "remote": {
      const { url, commit, subdirectory } = repository;
      const place = subdirectory === "" ? "" : `&subdirectory=${subdirectory}`;
      return `-e git+${url}@${commit}#egg=${one.displayName.replaceAll("-", "_")}${place}`;
    }
  }
}

/** `undefined` for a file that is not written as PEP 610 says: pip falls back to the version, too. */
function directReference(name: string, text: string): string | undefined {
  try {
    const direct = parseDirectUrl(text);
    const { url } = directUrlValue(direct) as { readonly url: string };
    const fragments = direct.archive === undefined ? [] : archiveHash(text);
    if (direct.subdirectory !== undefined) fragments.push(`subdirectory=${direct.subdirectory}`);
    const tail = fragments.length === 0 ? "" : `#${fragments.join("&")}`;
    if (direct.vcs !== undefined) return `${name} @ ${direct.vcs.vcs}+${url}@${direct.vcs.commitId}${tail}`;
    return `${name} @ ${url}${tail}`;
  } catch {
    return undefined;
  }
}

/** pip prints the older form of the digest only, where the file has it. */
function archiveHash(text: string): string[] {
  const { archive_info: info } = JSON.parse(text) as { readonly archive_info?: { readonly hash?: unknown } };
  return typeof info?.hash === "string" ? [info.hash] : [];
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
