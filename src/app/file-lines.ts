import { type AbsPath, type PackageName, printable, VenvoyError } from "../base/index.ts";
import type { AskedFor } from "../env/index.ts";
import { parseRequirement, type Requirement, type RequirementsLine } from "../pep/index.ts";
import type { AskedRequirement } from "../resolve/index.ts";
import { isUnnamed } from "./asked.ts";
import { readSettings } from "./choices.ts";
import { type Context, shownPath } from "./context.ts";
import { type AllowedHashes, hashInAddress, readHashes } from "./hashes.ts";
import type { FileWish } from "./requests.ts";

type NamedLine = Extract<RequirementsLine, { kind: "requirement" | "editable" }>;

/** What is collected while files are read. */
export interface Gathering {
  readonly requirements: AskedFor[];
  readonly constraints: AskedRequirement[];
  readonly hashes: Map<PackageName, AllowedHashes>;
  /** Sources without a name in front; paths are absolute. */
  readonly unnamed: {
    readonly file: AbsPath;
    readonly line: number;
    readonly text: string;
    readonly hashes: readonly string[];
    readonly settings: readonly string[];
    /** Not a requirement but a project, whose needs only its build tells. */
    readonly project?: FileWish;
  }[];
  /** Digests that stand in addresses; they count where hashes are needed. */
  readonly addressHashes: Map<PackageName, AllowedHashes>;
  /** Of builds, by package. */
  readonly settings: Record<string, Record<string, string | readonly string[]>>;
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

/** Takes one line of a requirements file. */
export function gatherLine(
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
      into.unnamed.push({ ...entry, file, text: `-e ${fromFile(context, file, entry.text)}` });
      break;
    case "option":
      gatherOption(context, into, file, entry);
      break;
    case "requirement":
      if (role === "requirements" && isUnnamed(entry.text)) {
        into.unnamed.push({ ...entry, file, text: fromFile(context, file, entry.text) });
        break;
      }
      gatherNamed(context, into, { ...entry, file, role });
  }
}

/** One requirement with a name, and what its line says of its files and its build. */
export function gatherNamed(
  context: Context,
  into: Gathering,
  entry: Pick<NamedLine, "text" | "line" | "hashes" | "settings"> & {
    readonly file: AbsPath;
    readonly role: "requirements" | "constraints";
  },
): void {
  const { file, role, line, text, hashes, settings } = entry;
  const problem = (why: string): void => {
    into.problems.push({ file: shownPath(context, file), line, why });
  };
  gatherRequirement(context, into, role, { file, line, text }, problem);
  if (hashes.length > 0) gatherHashes(context, into, file, entry, problem);
  if (settings.length > 0) gatherSettings(into, entry, problem);
}

function gatherSettings(
  into: Gathering,
  { text, settings }: Pick<NamedLine, "text" | "settings">,
  problem: (why: string) => void,
): void {
  const requirement = tryRequirement(text);
  const read = readSettings(settings);
  if (typeof read === "string") problem(`\`--config-settings\` takes KEY=VALUE, not \`${printable(read)}\``);
  else if (requirement !== undefined) into.settings[requirement.name] = { ...into.settings[requirement.name], ...read };
}

/** A path in a file counts from that file. */
function fromFile({ fs }: Context, file: AbsPath, text: string): string {
  return /^[a-z][\w+.-]+:/i.test(text) ? text : fs.path.resolve(fs.path.directory(file), text);
}

export function gatherRequirement(
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
      into.addressHashes.set(requirement.name, { digests: new Set([`sha256:${digest}`]), origin, inAddress: true });
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
  { text, line, hashes }: Pick<NamedLine, "text" | "line" | "hashes">,
  problem: (why: string) => void,
): void {
  const digests = readHashes(hashes);
  const requirement = tryRequirement(text);
  if (typeof digests === "string") problem(digests);
  else if (requirement !== undefined && !isOneFile(requirement))
    problem(`\`${requirement.name}\` has a \`--hash\`, which fits one version: pin it with ==`);
  else if (requirement?.url !== undefined && !/\.whl(?:#|$)/i.test(requirement.url))
    problem("the hash of sources at an address stands in it: `…/demo-1.0.tar.gz#sha256=1f…`");
  else if (requirement !== undefined) {
    // Lines with other markers, and constraints, may add to what is allowed.
    const before = into.hashes.get(requirement.name);
    into.hashes.set(requirement.name, {
      digests: new Set([...(before?.digests ?? []), ...digests]),
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
