import type { AbsPath } from "../base/index.ts";
import { directUrlValue, normalizeName, parseDirectUrl, tryParseVersion } from "../pep/index.ts";
import type { Distribution } from "./foreign/distribution.ts";

/**
 * What `pip freeze` prints where these distributions are on the search path, first ones first: `name==version` with the
 * name as its author writes it, addresses as PEP 610 keeps them, sorted without regard to case, without what pip takes for
 * tools of its own.
 */
export function freezeText(distributions: readonly Distribution[], pythonVersion: string): string {
  const skipped = toolsOf(pythonVersion);
  const seen = new Map<string, { readonly name: string; readonly text: string }>();
  for (const one of distributions) {
    const key = normalizeName(one.displayName);
    if (!seen.has(key)) seen.set(key, { name: one.displayName, text: frozen(one) });
  }
  const lines = [...seen]
    .filter(([key]) => !skipped.has(key))
    .map(([, line]) => line)
    .sort((a, b) => compareTexts(a.name.toLowerCase(), b.name.toLowerCase()));
  return lines.map(({ text }) => `${text}\n`).join("");
}

/** pip leaves itself out, and up to Python 3.11 also what `venv` put there. */
function toolsOf(pythonVersion: string): ReadonlySet<string> {
  const minor = Number(pythonVersion.split(".")[1] ?? 0);
  const always = ["pip", "python", "wsgiref", "argparse"];
  return new Set(minor < 12 ? [...always, "setuptools", "distribute", "wheel"] : always);
}

function frozen(one: Distribution): string {
  const { displayName: name, directUrl, editableAt } = one;
  if (editableAt !== undefined) return editableText(one, editableAt);
  const direct = directUrl === undefined ? undefined : directReference(name, directUrl);
  return direct ?? nameAndVersion(one);
}

function nameAndVersion({ displayName, version }: Distribution): string {
  const known = tryParseVersion(version);
  return known === undefined ? `${displayName}===${version}` : `${displayName}==${known.text}`;
}

function editableText(one: Distribution, directory: AbsPath): string {
  return `# Editable install with no version control (${nameAndVersion(one)})\n-e ${directory}`;
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
