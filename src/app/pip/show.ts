import { type AbsPath, hasCode } from "../../base/index.ts";
import {
  type MarkerEnvironment,
  normalizeName,
  parseMetadataFields,
  parseRecord,
  type RawMetadata,
} from "../../pep/index.ts";
import { markersFor } from "../bases.ts";
import type { Context } from "../context.ts";
import { type Seen, seenFrom } from "../installed.ts";
import type { OperationOptions } from "../requests.ts";
import { targetEnvironment } from "../targets.ts";
import { needsOf } from "./list.ts";

export interface PackageInfoRequest extends OperationOptions {
  /** The environment; else the active one. */
  readonly name?: string;
  readonly packages: readonly string[];
}

/** What an installed distribution says of itself, as its files have it; texts are empty where it says nothing. */
export interface PackageInfo {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly homePage: string;
  readonly author: string;
  readonly authorEmail: string;
  readonly license: string;
  readonly licenseExpression: string;
  readonly location: AbsPath;
  readonly editableAt?: AbsPath;
  readonly requires: readonly string[];
  readonly requiredBy: readonly string[];
  readonly metadataVersion: string;
  readonly installer: string;
  readonly classifiers: readonly string[];
  readonly entryPoints: readonly string[];
  readonly projectUrls: readonly string[];
  /** Relative to `location`; `undefined` when nothing lists them. */
  readonly files: readonly string[] | undefined;
}

export interface PackageInfoReport {
  readonly found: readonly PackageInfo[];
  /** As they were asked for; sorted. */
  readonly missing: readonly string[];
}

/** What installed distributions say of themselves, in the order asked. */
export async function packageInfo(context: Context, request: PackageInfoRequest): Promise<PackageInfoReport> {
  const environment = await targetEnvironment(context, request.name);
  const seen = await seenFrom(context, environment);
  const markers = await markersFor(context, environment, request.signal);
  const byName = new Map(seen.map((one) => [normalizeName(one.displayName), one]));
  const found: PackageInfo[] = [];
  const missing: string[] = [];
  for (const asked of request.packages) {
    const one = byName.get(normalizeName(asked));
    if (one === undefined) missing.push(asked);
    else found.push(await infoOf(context, one, { seen, markers }));
  }
  return { found, missing: missing.sort() };
}

async function infoOf(
  context: Context,
  one: Seen,
  { seen, markers }: { readonly seen: readonly Seen[]; readonly markers: MarkerEnvironment },
): Promise<PackageInfo> {
  const { fs } = context;
  const at = fs.path.join(one.location, one.entry);
  const name = normalizeName(one.displayName);
  const file = one.entry.endsWith(".dist-info") ? "METADATA" : "PKG-INFO";
  const { raw } = parseMetadataFields((await bytesOf(context, fs.path.join(at, file))) ?? "");
  const record = await textOf(context, fs.path.join(at, "RECORD"));
  const entryPoints = await textOf(context, fs.path.join(at, "entry_points.txt"));
  const projectUrls = urlsOf(raw);
  return {
    name: one.displayName,
    version: one.version,
    summary: textIn(raw, "summary"),
    homePage: textIn(raw, "home_page") || homePageIn(projectUrls),
    author: textIn(raw, "author"),
    authorEmail: textIn(raw, "author_email"),
    license: textIn(raw, "license"),
    licenseExpression: textIn(raw, "license_expression"),
    location: one.location,
    ...(one.editableAt === undefined ? {} : { editableAt: one.editableAt }),
    requires: caseless([...new Set(needsOf(one, markers).map((need) => need.displayName))]),
    requiredBy: caseless(
      seen
        .filter((other) => needsOf(other, markers).some((need) => need.name === name))
        .map((other) => other.displayName),
    ),
    metadataVersion: textIn(raw, "metadata_version"),
    installer: one.installer.split(/\r?\n/)[0]?.trim() ?? "",
    classifiers: listIn(raw, "classifiers"),
    entryPoints: entryPoints === undefined ? [] : entryPoints.replace(/\n$/, "").split(/\r?\n/),
    projectUrls,
    files: record === undefined ? undefined : filesIn(record),
  };
}

function filesIn(record: string): readonly string[] {
  return parseRecord(record)
    .map(({ path }) => path)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function textIn(raw: RawMetadata, key: string): string {
  const value = raw[key];
  return typeof value === "string" ? value : "";
}

function listIn(raw: RawMetadata, key: string): readonly string[] {
  const value = raw[key];
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function urlsOf(raw: RawMetadata): readonly string[] {
  const urls = raw["project_urls"];
  if (typeof urls !== "object" || Array.isArray(urls)) return [];
  return Object.entries(urls).map(([label, url]) => `${label}, ${String(url)}`);
}

/** Many projects name their page among their links alone. */
function homePageIn(urls: readonly string[]): string {
  for (const one of urls) {
    const comma = one.indexOf(",");
    const label = one
      .slice(0, comma)
      .toLowerCase()
      .replace(/[-_\s]/g, "");
    if (label === "homepage") return one.slice(comma + 1).trim();
  }
  return "";
}

/** Sorted without regard to case, as pip does. */
function caseless(names: readonly string[]): readonly string[] {
  return [...names].sort((a, b) => {
    const [left, right] = [a.toLowerCase(), b.toLowerCase()];
    return left < right ? -1 : left > right ? 1 : 0;
  });
}

async function bytesOf({ fs }: Context, file: AbsPath): Promise<Uint8Array | undefined> {
  try {
    return await fs.read(file);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EISDIR")) return undefined;
    throw error;
  }
}

async function textOf(context: Context, file: AbsPath): Promise<string | undefined> {
  const bytes = await bytesOf(context, file);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
