import type { AbsPath, PackageName, SafeUrl } from "../base/index.ts";
import type { Credentials } from "../ports/index.ts";

/** One package index; credentials may be part of the address. */
export interface IndexLocation {
  /** The directory that holds the project pages: ends in `/simple/` as a rule. `file:` addresses are fine. */
  readonly url: SafeUrl;
  readonly name?: string;
  /** Asked only for packages that are pinned to it (`IndexSettings.pins`). */
  readonly explicit?: boolean;
  /**
   * Asked for these packages alone, before every other index. What it has nobody else provides; of what it doesn't have,
   * `first` may come from the others and `only` comes from nowhere. Such an index may answer 403 for "no such package".
   */
  readonly serves?: (name: PackageName) => "only" | "first" | undefined;
}

export type IndexStrategy = "first-index" | "unsafe-first-match" | "unsafe-best-match";

/** What the client needs to know. Made by `config/`; `indexSettings()` fills the defaults. */
export interface IndexSettings {
  /** In the order of their priority. */
  readonly indexes: readonly IndexLocation[];
  /** Package -> `name` of the one index that may provide it. */
  readonly pins: ReadonlyMap<PackageName, string>;
  /** Directories (`file:` addresses) and pages whose links are offered besides the indexes. */
  readonly findLinks: readonly SafeUrl[];
  readonly strategy: IndexStrategy;
  readonly offline: boolean;
  /** Ask the index again even where the cache is fresh: for all names, or for these. */
  readonly refresh: boolean | ReadonlySet<PackageName>;
  readonly cacheDir: AbsPath;
  readonly requestsPerHost: number;
  /** Attempts after the first one. */
  readonly retries: number;
  /** Time without progress before a request is given up. */
  readonly timeoutMs: number;
  /** Hosts (`host` or `host:port`) whose certificates are not checked. */
  readonly trustedHosts: readonly string[];
  /** How requests travel: proxies and certificates. */
  readonly routes: RouteSettings;
  /** Credentials kept in netrc. */
  readonly netrc: (host: string) => Credentials | undefined;
  /** Ask the `Secrets` port when an index refuses. */
  readonly keyring: boolean;
}

export interface RouteSettings {
  /** The proxy for an address, or `undefined` to go straight there. */
  readonly proxyFor: (url: SafeUrl) => SafeUrl | undefined;
  /** Certificates (PEM) to believe besides the runtime's own. */
  readonly caPem?: string;
}

export const straightRoutes: RouteSettings = { proxyFor: () => undefined };

/** Settings with everything that is left out at its default. */
export function indexSettings(
  given: Pick<IndexSettings, "indexes" | "cacheDir"> & Partial<IndexSettings>,
): IndexSettings {
  return {
    pins: new Map(),
    findLinks: [],
    strategy: "first-index",
    offline: false,
    refresh: false,
    requestsPerHost: 50,
    retries: 3,
    timeoutMs: 30_000,
    trustedHosts: [],
    routes: straightRoutes,
    netrc: () => undefined,
    keyring: false,
    ...given,
  };
}
