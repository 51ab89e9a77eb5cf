import { type AbsPath, type PackageName, printable } from "../../base/index.ts";
import { type DirectUrl, normalizeName, parseDirectUrl, tryParseVersion } from "../../pep/index.ts";
import type { Fs } from "../../ports/index.ts";
import { type CondaRecords, readCondaRecords } from "./conda.ts";
import { type Distribution, type LeftOut, readDistributions } from "./distribution.ts";
import type { ForeignPlace } from "./kinds.ts";

/** One package of a foreign environment that can be asked for again. */
export interface ForeignPackage {
  readonly name: PackageName;
  readonly displayName: string;
  /** Canonical text. */
  readonly version: string;
  /** `pip`, `uv`, `conda`; `hand` when nobody signed. */
  readonly installer: string;
  readonly requested: boolean;
  readonly requiresDist: readonly string[];
  /** The wheel that it was installed from by address. */
  readonly wheel?: { readonly url: string; readonly sha256?: string };
}

export interface ForeignEnvironment extends ForeignPlace {
  readonly packages: readonly ForeignPackage[];
  /** What can't be read, or can never be carried over. */
  readonly leftOut: readonly LeftOut[];
}

/** Reads what is installed in an environment of another tool. What can't be read is listed, and the rest is read. */
export async function readForeign(fs: Fs, place: ForeignPlace): Promise<ForeignEnvironment> {
  const { found, problems } =
    place.sitePackages === undefined ? { found: [], problems: [] } : await readDistributions(fs, place.sitePackages);
  const conda = place.kind === "conda" ? await readCondaRecords(fs, place.root) : undefined;
  const packages: ForeignPackage[] = [];
  const leftOut: LeftOut[] = [...problems, ...(conda?.problems ?? [])];
  for (const one of found) {
    const read = await carried(fs, place.root, one, conda);
    if ("why" in read) leftOut.push(read);
    else packages.push(read);
  }
  if (place.sitePackages === undefined)
    leftOut.push({ what: place.root, why: "it has no site-packages: only its Python is left" });
  for (const { name, version } of conda?.condaOnly ?? [])
    leftOut.push({ what: `${printable(name)} ${printable(version)}`, why: "only conda has it" });
  return { ...place, python: conda?.python ?? place.python, packages: withoutSeeds(packages, place), leftOut };
}

async function carried(
  fs: Fs,
  root: AbsPath,
  one: Distribution,
  conda: CondaRecords | undefined,
): Promise<ForeignPackage | LeftOut> {
  const what = printable(`${one.displayName} ${one.version}`, { newlines: false });
  if (one.editableAt !== undefined)
    return { what, why: `it is installed from the source tree ${printable(one.editableAt, { newlines: false })}` };
  const version = tryParseVersion(one.version)?.text;
  if (version === undefined) return { what, why: "its version is none that an index can have" };
  const byConda = conda?.entries.get(one.entry);
  const plain = {
    name: normalizeName(one.displayName),
    displayName: one.displayName,
    version,
    installer: one.installer || (byConda === undefined ? "hand" : "conda"),
    // uv writes the mark for every package: it says nothing.
    requested: byConda?.requested ?? (one.requested && one.installer !== "uv"),
    requiresDist: one.requiresDist,
  };
  // conda-build leaves the address of its own build directory behind: that is nobody's origin.
  if (one.directUrl === undefined || byConda !== undefined) return plain;
  const wheel = await wheelOf(fs, root, one.directUrl);
  return "why" in wheel ? { what, why: wheel.why } : { ...plain, wheel };
}

/** An archive that is a wheel can be had again, also one on this machine while it lies there. */
async function wheelOf(
  fs: Fs,
  root: AbsPath,
  text: string,
): Promise<NonNullable<ForeignPackage["wheel"]> | { readonly why: string }> {
  const direct = tryDirectUrl(text);
  if (direct === undefined) return { why: "where it was installed from can't be read" };
  const shown = printable(direct.url.replace(/\/\/[^/@]*@/, "//"), { newlines: false });
  const file = new URL(direct.url);
  if (direct.archive === undefined || !file.pathname.endsWith(".whl"))
    return { why: `it was installed from ${shown}, which is not a wheel` };
  if (file.protocol === "file:") {
    const path = fs.path.resolve(root, decodeURIComponent(file.pathname));
    if ((await fs.info(path)) === undefined) return { why: `it was installed from ${shown}, which is gone` };
  }
  const sha256 = direct.archive.hashes?.["sha256"];
  return { url: direct.url, ...(sha256 === undefined ? {} : { sha256 }) };
}

function tryDirectUrl(text: string): DirectUrl | undefined {
  try {
    const direct = parseDirectUrl(text);
    return URL.canParse(direct.url) ? direct : undefined;
  } catch {
    return undefined;
  }
}

/**
 * pip, and what `venv` and `virtualenv` put in before Python 3.12, came with the environment: nobody asked for them, unless
 * a package needs them.
 */
function withoutSeeds(packages: readonly ForeignPackage[], { kind }: ForeignPlace): readonly ForeignPackage[] {
  const needed = new Set(
    packages.flatMap(({ requiresDist }) =>
      requiresDist.map((line) => normalizeName(/^[\w.-]+/.exec(line)?.[0] ?? "x")),
    ),
  );
  const isSeed = ({ name }: ForeignPackage): boolean =>
    name === "pip" || ((name === "setuptools" || name === "wheel" || name === "distribute") && !needed.has(name));
  return kind === "directory of packages" ? packages : packages.filter((one) => !isSeed(one));
}
