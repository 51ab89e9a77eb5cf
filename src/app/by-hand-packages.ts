import { type AbsPath, isVenvoyError, type PackageName } from "../base/index.ts";
import { type Installed, placesOf } from "../env/index.ts";
import { type DirectUrl, parseDirectUrl, parseMetadata, parseRequirement, parseVersion } from "../pep/index.ts";
import type { FileMetadata } from "../pypi/index.ts";
import { type InstalledPlace, packedWheelName, packInstalled } from "../wheel/index.ts";
import type { Context } from "./context.ts";
import type { OwnPackage } from "./own-packages.ts";

/** A distribution that another tool installed, as it can go on into the next version. */
export type ReadInstalled =
  | {
      readonly kind: "carried";
      readonly installed: Installed;
      readonly own: OwnPackage;
      /** As a requirement names it. */
      readonly address: string | undefined;
      /** The address is a wheel on this machine that hasn't changed since: it is asked again, like any other. */
      readonly isWithinReach: boolean;
    }
  | { readonly kind: "lost"; readonly installed: Installed; readonly why: string };

/** Reads one distribution; nothing is packed before somebody wants it. */
export async function readInstalledPackage(
  context: Context,
  root: AbsPath,
  installed: Installed,
): Promise<ReadInstalled> {
  const lost = (why: string): ReadInstalled => ({ kind: "lost", installed, why });
  if (installed.form === "egg-link")
    return lost("it is an old form of editable install, which only its source can make");
  if (installed.form === "egg-info") return lost("it was installed in an old form that doesn't list its files");
  const { fs } = context;
  const tree = await placesOf(context, root);
  const text = async (file: string): Promise<string | undefined> => {
    const path = fs.path.join(tree.sitePackages, installed.entry, file);
    return (await fs.info(path))?.kind === "file" ? fs.readText(path) : undefined;
  };
  if ((await text("RECORD")) === undefined) return lost("it is only half installed");
  const direct = directUrlOf(installed);
  if (direct === "unreadable") return lost("its `direct_url.json` can't be read");
  try {
    const metadata = parseMetadata((await text("METADATA")) ?? "");
    const address = direct === undefined ? undefined : addressOf(direct);
    const place: InstalledPlace = {
      tree,
      distInfo: installed.entry,
      name: metadata.name,
      version: installed.version,
    };
    const own: OwnPackage = {
      name: metadata.name,
      version: parseVersion(installed.version).text,
      filename: packedWheelName(place, (await text("WHEEL")) ?? ""),
      metadata: resolverFacts(metadata),
      sha256: undefined,
      origin: installed.directUrl,
      address,
      bring: (to) => packInstalled(context, place, to),
    };
    const isWithinReach = direct !== undefined && (await isSameWheel(context, direct));
    return { kind: "carried", installed, own, address, isWithinReach };
  } catch (error) {
    if (isVenvoyError(error)) return lost("its metadata can't be read");
    throw error;
  }
}

function resolverFacts(metadata: ReturnType<typeof parseMetadata>): FileMetadata {
  const { name, version, requiresDist, requiresPython, providesExtra } = metadata;
  // What was built is as it is: nothing in it is still open.
  const facts = { name, version, requiresDist, providesExtra, dynamic: [] };
  return requiresPython === undefined ? facts : { ...facts, requiresPython };
}

function directUrlOf({ directUrl }: Installed): DirectUrl | undefined | "unreadable" {
  if (directUrl === undefined) return undefined;
  try {
    return parseDirectUrl(directUrl);
  } catch (error) {
    if (isVenvoyError(error)) return "unreadable";
    throw error;
  }
}

/** The address as pip takes it (PEP 440, 508, 610): with the commit, the digest and the directory inside. */
function addressOf({ url, vcs, archive, subdirectory }: DirectUrl): string {
  const [plain = "", fragment = ""] = url.split("#", 2);
  const sha256 = archive?.hashes?.["sha256"];
  const parts = [
    ...(fragment === "" ? [] : [fragment]),
    ...(sha256 === undefined || fragment.includes("sha256=") ? [] : [`sha256=${sha256}`]),
    ...(subdirectory === undefined || fragment.includes("subdirectory=") ? [] : [`subdirectory=${subdirectory}`]),
  ];
  const address = vcs === undefined ? plain : `${vcs.vcs}+${plain}@${vcs.commitId}`;
  return parts.length === 0 ? address : `${address}#${parts.join("&")}`;
}

async function isSameWheel({ fs }: Context, { url, archive }: DirectUrl): Promise<boolean> {
  const sha256 = archive?.hashes?.["sha256"];
  if (sha256 === undefined || !/^file:\/\/(?:localhost)?\/.*\.whl$/.test(url)) return false;
  const [found] = await fs.digests([fs.path.resolve(fs.path.directory("/" as AbsPath), filePath(url))]);
  return found === sha256;
}

function filePath(url: string): string {
  const { pathname } = new URL(url);
  const path = decodeURIComponent(pathname);
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}

/**
 * Which of the packages that came are there for others: pip marks what was asked for with REQUESTED. What is needed only
 * through an extra counts as asked for, because nobody notes which extras were.
 */
export async function neededBy(
  context: Context,
  installed: readonly Installed[],
  came: readonly Extract<ReadInstalled, { readonly kind: "carried" }>[],
): Promise<ReadonlySet<PackageName>> {
  const open = new Set(came.filter((one) => !one.installed.requested).map((one) => one.own.name));
  const needed = new Set<PackageName>();
  if (open.size === 0) return needed;
  const known = new Map(came.map((one) => [one.installed.entry, one.own.metadata.requiresDist]));
  for (const one of installed) {
    const lines = known.get(one.entry) ?? (await requiresOf(context, one));
    for (const line of lines) {
      const name = plainlyNeeded(line);
      if (name !== undefined && name !== one.name && open.has(name)) needed.add(name);
    }
  }
  return needed;
}

async function requiresOf({ fs }: Context, { at, form }: Installed): Promise<readonly string[]> {
  if (form !== "dist-info") return [];
  try {
    return parseMetadata(await fs.readText(fs.path.join(at, "METADATA"))).requiresDist;
  } catch {
    // What can't be read asks for nothing here.
    return [];
  }
}

function plainlyNeeded(line: string): PackageName | undefined {
  try {
    const { name, marker } = parseRequirement(line);
    return marker?.mentions("extra") === true ? undefined : name;
  } catch {
    return undefined;
  }
}
