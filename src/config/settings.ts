import { defaultBackendIndexUrl } from "../backend/index.ts";
import type { AbsPath, PackageName, SafeUrl } from "../base/index.ts";
import type { DataLayout } from "../disk/index.ts";
import type { Fs, LinkMode, Reporter, System } from "../ports/index.ts";
import { type IndexSettings, type IndexStrategy, indexSettings } from "../pypi/index.ts";
import { readCertificates } from "./certificates.ts";
import { type ExplainedSetting, explain } from "./explain.ts";
import { assembleIndexes } from "./indexes.ts";
import { choiceOf, type Found, itemsOf, lookups, numberOf, switchOf } from "./lookup.ts";
import { type Netrc, parseNetrc } from "./netrc.ts";
import { readPipOptions } from "./pip-files.ts";
import { pathOf, placeOf } from "./places.ts";
import { proxyChooser } from "./proxies.ts";
import type { SettingKey } from "./table.ts";
import { readVenvoyFile, type VenvoyFile } from "./venvoy-file.ts";

/** Everything that is decided outside a single command. Frozen. */
export interface Settings {
  readonly index: IndexSettings;
  /** `undefined` = the fastest that the disks allow. */
  readonly linkMode: LinkMode | undefined;
  readonly compile: "now" | "later" | "never";
  /** Whether old versions and temporary environments go by themselves. */
  readonly tidy: "later" | "never";
  readonly prerelease: "if-necessary-or-explicit" | "allow" | "disallow" | undefined;
  readonly resolution: "highest" | "lowest" | "lowest-direct" | undefined;
  /** As written: a date, a time or a span. */
  readonly excludeNewer: string | undefined;
  readonly backend: BackendSettings;
  /** Where records of known faults lie; left out, indexes that serve them are asked. */
  readonly advisories: SafeUrl | undefined;
  /** Where released Pythons are, when a person says so. */
  readonly pythonMirror: SafeUrl | undefined;
  /** Each setting with its value and where that was written; what `settings --explain` prints. */
  readonly explained: readonly ExplainedSetting[];
}

/** How builds for hardware are chosen. */
export interface BackendSettings {
  /** As written: `auto`, `cu126`. */
  readonly name: string | undefined;
  /** The place of the backends' indexes. */
  readonly index: SafeUrl;
  readonly cudaDriver: string | undefined;
  readonly amdProcessor: string | undefined;
}

/** What a command's own arguments say; they go before everything that is written anywhere. */
export interface SettingOverrides {
  readonly offline?: boolean;
  readonly refresh?: boolean | ReadonlySet<PackageName>;
  readonly indexUrl?: string;
  readonly extraIndexUrls?: readonly string[];
  /** Indexes with names (a script's `[[tool.uv.index]]`); asked before `extraIndexUrls`, explicit ones only for `pins`. */
  readonly indexes?: readonly { readonly url: string; readonly name?: string; readonly explicit?: boolean }[];
  readonly findLinks?: readonly string[];
  readonly noIndex?: boolean;
  /** A path or an address. */
  readonly advisories?: string;
  readonly indexStrategy?: IndexStrategy;
  /** Package -> name of the only index that may provide it. */
  readonly pins?: ReadonlyMap<PackageName, string>;
}

export interface LoadOptions {
  readonly layout: Pick<DataLayout, "config" | "cache">;
  readonly overrides?: SettingOverrides;
  /** Prefix of the interpreter that is worked for: its `pip.conf` counts, after that of `VIRTUAL_ENV`. */
  readonly prefix?: AbsPath;
}

type Io = { readonly fs: Fs; readonly system: System; readonly reporter: Reporter };
type Find = (key: SettingKey) => Found | undefined;

const strategies = ["first-index", "unsafe-first-match", "unsafe-best-match"] as const;

/** Reads files and variables into settings. Throws `CONFIG_INVALID` naming the place of a value that can't be used. */
export async function loadSettings(io: Io, { layout, overrides = {}, prefix }: LoadOptions): Promise<Settings> {
  const { env } = io.system;
  const file = await readVenvoyFile(io.fs, io.fs.path.join(layout.config, "config.toml"));
  const active = env["VIRTUAL_ENV"];
  const prefixes = active === undefined || active === "" ? [] : [io.fs.path.resolve(io.system.cwd, active)];
  const pip = await readPipOptions(io, prefix === undefined ? prefixes : [...prefixes, prefix]);
  const find = lookups({ env, file: file.values, pip });
  return Object.freeze({
    index: Object.freeze(await readIndexSettings(io, { find, file, layout, overrides })),
    linkMode: choiceOf("link-mode", find("link-mode"), ["hardlink", "reflink", "copy"] as const),
    compile: choiceOf("compile", find("compile"), ["now", "later", "never"] as const) ?? "later",
    tidy: choiceOf("tidy", find("tidy"), ["later", "never"] as const) ?? "later",
    prerelease: choiceOf("prerelease", find("prerelease"), ["if-necessary-or-explicit", "allow", "disallow"] as const),
    resolution: choiceOf("resolution", find("resolution"), ["highest", "lowest", "lowest-direct"] as const),
    excludeNewer: find("exclude-newer")?.text.trim(),
    backend: readBackend(io, find),
    advisories: advisoryPlace(io, find, overrides),
    pythonMirror: readMirror(io, find),
    explained: explain(find, overrides, file.indexes),
  });
}

function readBackend(io: Io, find: Find): BackendSettings {
  const index = find("backend-index");
  return {
    name: find("backend")?.text.trim(),
    index: index === undefined ? defaultBackendIndexUrl : placeOf(io, "backend-index", index),
    cudaDriver: find("cuda-driver")?.text.trim(),
    amdProcessor: find("amd-gpu")?.text.trim(),
  };
}

function readMirror(io: Io, find: Find): SafeUrl | undefined {
  const mirror = find("python-mirror");
  return mirror === undefined ? undefined : placeOf(io, "python-mirror", mirror);
}

async function readIndexSettings(
  io: Io,
  {
    find,
    file,
    layout,
    overrides,
  }: {
    readonly find: Find;
    readonly file: VenvoyFile;
    readonly layout: LoadOptions["layout"];
    readonly overrides: SettingOverrides;
  },
): Promise<IndexSettings> {
  const timeout = numberOf("timeout", find("timeout"), { min: 0 });
  const retries = numberOf("retries", find("retries"), { min: 0 });
  const perHost = numberOf("requests-per-host", find("requests-per-host"), { min: 1 });
  const caPem = await readCertificates(io, { file: find("cert"), directories: find("cert-dir") });
  const netrc = await readNetrc(io, find("netrc"));
  const findLinks = linkPlaces(io, find, overrides);
  const indexes = assembleIndexes(io, {
    namedArguments: overrides.indexes ?? [],
    extraArguments: overrides.extraIndexUrls ?? [],
    urlArgument: overrides.indexUrl,
    file: file.indexes,
    extra: find("extra-index-url"),
    url: find("index-url"),
    noIndex: overrides.noIndex ?? switchOf("no-index", find("no-index")),
  });
  return indexSettings({
    indexes,
    findLinks,
    pins: new Map([...file.pins, ...(overrides.pins ?? [])]),
    strategy:
      overrides.indexStrategy ?? choiceOf("index-strategy", find("index-strategy"), strategies) ?? "first-index",
    offline: overrides.offline === true || switchOf("offline", find("offline")),
    refresh: overrides.refresh ?? false,
    cacheDir: layout.cache,
    trustedHosts: itemsOf(find("trusted-host")),
    routes: { ...(caPem === undefined ? {} : { caPem }), proxyFor: proxies(find) },
    netrc: netrcReader(netrc, [...indexes.map((index) => index.url), ...findLinks]),
    keyring: switchOf("keyring", find("keyring")),
    // 0 means no limit in pip; there always is one here.
    ...(timeout === undefined || timeout === 0 ? {} : { timeoutMs: Math.round(timeout * 1_000) }),
    ...(retries === undefined ? {} : { retries: Math.floor(retries) }),
    ...(perHost === undefined ? {} : { requestsPerHost: Math.floor(perHost) }),
  });
}

function linkPlaces(io: Io, find: Find, { findLinks }: SettingOverrides): IndexSettings["findLinks"] {
  const found = find("find-links");
  const written = itemsOf(found).map((text) => placeOf(io, "find-links", { text, from: found?.from ?? "" }));
  const asked = (findLinks ?? []).map((text) => placeOf(io, "find-links", { text, from: "the command" }));
  return [...asked, ...written];
}

function advisoryPlace(io: Io, find: Find, { advisories }: SettingOverrides): SafeUrl | undefined {
  const found = advisories === undefined ? find("advisories") : { text: advisories, from: "the command" };
  return found === undefined || found.text.trim() === "" ? undefined : placeOf(io, "advisories", found);
}

function proxies(find: Find): IndexSettings["routes"]["proxyFor"] {
  return proxyChooser({
    all: find("proxy"),
    http: find("http-proxy"),
    https: find("https-proxy"),
    fallback: find("all-proxy"),
    none: find("no-proxy"),
  });
}

async function readNetrc(io: Io, found: Found | undefined): Promise<Netrc | undefined> {
  const { fs, system } = io;
  const files =
    found === undefined
      ? [fs.path.join(system.home, ".netrc"), fs.path.join(system.home, "_netrc")]
      : [pathOf(io, found.text)];
  for (const file of files) {
    const text = await fs.readText(file).catch(() => undefined);
    if (text !== undefined) return parseNetrc(text);
  }
  return undefined;
}

function netrcReader(netrc: Netrc | undefined, places: readonly SafeUrl[]): IndexSettings["netrc"] {
  const named = new Set(places.map((place) => new URL(place.toString()).hostname));
  return (host) => netrc?.find(host) ?? (named.has(host) ? netrc?.fallback : undefined);
}

/** What each setting is, and where that was written. */
export function explainSettings(settings: Pick<Settings, "explained">): readonly ExplainedSetting[] {
  return settings.explained;
}
