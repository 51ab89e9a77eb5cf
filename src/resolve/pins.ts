import { compareCodePoints, isVenvoyError, mapLimit, type PackageName, parseSha256, SafeUrl } from "../base/index.ts";
import { hostFaultClause } from "../native/index.ts";
import { compareVersions, parseVersion, parseWheelName, type Target } from "../pep/index.ts";
import type { ListedFile, PackageSource } from "../pypi/index.ts";
import { tagsInWords } from "./failure/tag-words.ts";
import type { Lock, LockedFile, LockedPackage } from "./lock.ts";
import { isFile } from "./project.ts";
import type { ResolvePolicy } from "./request.ts";
import { type Unusable, WheelChooser } from "./wheel-choice.ts";

/** Exactly this version, whatever its metadata say. */
export interface Pin {
  readonly name: PackageName;
  readonly version: string;
  readonly dependencies: readonly PackageName[];
  readonly requested: boolean;
  /** The wheel itself, where it came from an address. */
  readonly wheel?: { readonly url: string; readonly sha256?: string };
}

export interface MissingPin {
  readonly name: PackageName;
  readonly version: string;
  /** A clause: "no index has that version". */
  readonly why: string;
}

export interface PinOptions extends Pick<ResolvePolicy, "build" | "noWheels"> {
  readonly target: Target;
  readonly source: PackageSource;
  /** A wheel of this version that is on this machine already, for the target. */
  readonly stored: (name: PackageName, version: string) => Promise<LockedFile | undefined>;
  /** Take what is stored and nothing else. */
  readonly offline: boolean;
  readonly signal?: AbortSignal;
}

const askedAtOnce = 16;

/**
 * A lock of versions that are known already: each is looked up by itself, nothing is resolved. What can't be had is told
 * with its reason. Throws the index's own failures.
 */
export async function lockOfPins(
  pins: readonly Pin[],
  options: PinOptions,
): Promise<{ readonly lock: Lock; readonly missing: readonly MissingPin[] }> {
  const chooser = new WheelChooser({ ...options, excludeNewerMs: undefined, unfit: new Map() });
  if (!options.offline) options.source.prefetchListings(pins.map(({ name }) => name));
  const answers = await mapLimit(pins, askedAtOnce, (pin) => lockedPin(pin, chooser, options));
  const missing = answers.filter((one): one is MissingPin => "why" in one);
  const packages = answers.filter((one): one is LockedPackage => !("why" in one));
  const present = new Set(packages.map(({ name }) => name));
  const kept = packages.map((one) => ({ ...one, dependencies: one.dependencies.filter((name) => present.has(name)) }));
  kept.sort((a, b) => compareCodePoints(a.name, b.name));
  return { lock: { packages: kept }, missing };
}

async function lockedPin(pin: Pin, chooser: WheelChooser, options: PinOptions): Promise<LockedPackage | MissingPin> {
  const { name, version, dependencies, requested } = pin;
  const plain = { name, version, dependencies, requested, extras: [] };
  if (pin.wheel !== undefined) {
    const url = SafeUrl.parse(pin.wheel.url);
    return { ...plain, wheel: addressed(pin.wheel, url), directUrl: url };
  }
  const found = options.offline
    ? ((await options.stored(name, version)) ?? "it is not on this machine, and the network may not be used")
    : await listedFile(pin, chooser, options);
  return typeof found === "string" ? { name, version, why: found } : { ...plain, wheel: found };
}

function addressed({ sha256 }: NonNullable<Pin["wheel"]>, url: SafeUrl): LockedFile {
  const filename = decodeURIComponent(new URL(url.reveal()).pathname.split("/").at(-1) ?? "");
  return { filename, sha256: sha256 === undefined ? undefined : parseSha256(sha256), url };
}

async function listedFile(
  { name, version }: Pin,
  chooser: WheelChooser,
  { source, stored, signal }: PinOptions,
): Promise<LockedFile | string> {
  const listing = await source.listing(name, signal).catch((error: unknown) => {
    if (isVenvoyError(error, "OFFLINE_MISSING")) return undefined;
    throw error;
  });
  const wanted = parseVersion(version);
  const release = listing?.releases.find((one) => compareVersions(one.version, wanted) === 0);
  const choice = release === undefined ? undefined : chooser.choose(release, { name, allowYanked: true });
  if (choice !== undefined && isFile(choice)) return lockedFile(choice);
  // An index forgets; the store doesn't.
  const here = await stored(name, version);
  if (here !== undefined) return here;
  if (listing === undefined) return "no index has a package of that name";
  return choice === undefined ? "no index has that version" : unusableWords(choice, chooser.target);
}

function lockedFile(file: ListedFile): LockedFile {
  const { sha256 } = file.hashes as { readonly sha256?: string };
  return {
    filename: file.filename,
    sha256: sha256 === undefined ? undefined : parseSha256(sha256),
    url: file.url,
    index: file.index,
    ...(file.sizeBytes === undefined ? {} : { sizeBytes: file.sizeBytes }),
  };
}

function unusableWords(fault: Unusable, target: Target): string {
  switch (fault.kind) {
    case "python":
      return `its files are for Python ${fault.requiresPython}`;
    case "platform":
      return `its wheels are for ${tagsInWords(fault.tags, target)}`;
    case "source":
      return "there are only sources of it, and building was ruled out";
    case "host":
      return hostFaultClause("its wheel", false, fault);
    case "yanked":
    case "too-new":
    case "no-files":
      return "the index lists no file of it";
  }
}

/** True when a wheel's name says this package and version, and the target can use it. */
export function isWheelFor(
  filename: string,
  { name, version }: Pick<Pin, "name" | "version">,
  target: Target,
): boolean {
  const wheel = parseWheelName(filename);
  if (wheel.name !== name || compareVersions(wheel.version, parseVersion(version)) !== 0) return false;
  const tags = new Set(target.tags);
  const [pythons = "", abis = "", platforms = ""] = wheel.tagText.split("-");
  return pythons
    .split(".")
    .some((python) =>
      abis.split(".").some((abi) => platforms.split(".").some((platform) => tags.has(`${python}-${abi}-${platform}`))),
    );
}
