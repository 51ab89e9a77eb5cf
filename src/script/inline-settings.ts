import type { PackageName } from "../base/index.ts";
import type { TomlTable, TomlValue } from "../codec/index.ts";
import { isValidName, normalizeName } from "../pep/index.ts";

export interface InlineIndex {
  readonly url: string;
  readonly name?: string;
  /** Used only for packages whose source names it. */
  readonly explicit: boolean;
  /** Takes the place of the default index. */
  readonly isDefault: boolean;
}

/** Where one package comes from, instead of the indexes. Exactly one of `index`, `url`, `path`, `git`, `workspace`. */
export interface InlineSource {
  readonly index?: string;
  readonly url?: string;
  readonly path?: string;
  readonly editable?: boolean;
  readonly git?: string;
  readonly rev?: string;
  readonly tag?: string;
  readonly branch?: string;
  readonly subdirectory?: string;
  readonly workspace?: boolean;
  readonly marker?: string;
}

/** What a script's own tool tables say about where packages come from and which are chosen. */
export interface InlineSettings {
  readonly indexes: readonly InlineIndex[];
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
  readonly findLinks: readonly string[];
  readonly noIndex?: boolean;
  readonly indexStrategy?: string;
  readonly prerelease?: string;
  readonly resolution?: string;
  /** A date, a time, or a span, as written. */
  readonly excludeNewer?: string;
  /** The build for hardware, as written. */
  readonly backend?: string;
  readonly constraints: readonly string[];
  readonly overrides: readonly string[];
  readonly sources: ReadonlyMap<PackageName, readonly InlineSource[]>;
}

/**
 * Reads the settings of `[tool.uv]`-like tables; the first table that has a key wins, lists of indexes are joined.
 * What has the wrong type is told to `onFault` and counts as absent.
 */
export function readInlineSettings(
  tables: readonly TomlTable[],
  onFault: (message: string) => void = () => {},
): InlineSettings {
  const read = new SettingsReader(tables, onFault);
  return {
    indexes: tables.flatMap((table) => read.indexes(table["index"])),
    extraIndexUrls: read.texts("extra-index-url"),
    findLinks: read.texts("find-links"),
    constraints: read.texts("constraint-dependencies"),
    overrides: read.texts("override-dependencies"),
    sources: read.sources(),
    ...read.optional("indexUrl", "index-url"),
    ...read.optional("indexStrategy", "index-strategy"),
    ...read.optional("prerelease", "prerelease"),
    ...read.optional("resolution", "resolution"),
    ...read.optional("excludeNewer", "exclude-newer"),
    ...read.optional("backend", "backend"),
    ...(read.first("no-index") === true ? { noIndex: true } : {}),
  };
}

class SettingsReader {
  private readonly tables: readonly TomlTable[];
  private readonly onFault: (message: string) => void;

  constructor(tables: readonly TomlTable[], onFault: (message: string) => void) {
    this.tables = tables;
    this.onFault = onFault;
  }

  first(key: string): TomlValue | undefined {
    return this.tables.map((table) => table[key]).find((value) => value !== undefined);
  }

  optional<K extends string>(name: K, key: string): { readonly [P in K]?: string } {
    const value = this.first(key);
    // A bare TOML date is a text like any other here.
    const text = value instanceof Date ? value.toISOString() : value;
    if (typeof text === "string") return { [name]: text } as { readonly [P in K]?: string };
    if (value !== undefined) this.onFault(`\`${key}\` must be a string`);
    return {};
  }

  texts(key: string): readonly string[] {
    const value = this.first(key);
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value as string[];
    this.onFault(`\`${key}\` must be a list of strings`);
    return [];
  }

  indexes(value: TomlValue | undefined): InlineIndex[] {
    if (value === undefined) return [];
    const found: InlineIndex[] = [];
    for (const entry of Array.isArray(value) ? value : [value]) {
      const table = asTable(entry);
      const url = table?.["url"];
      if (table === undefined || typeof url !== "string") {
        this.onFault("an `index` must be a table with a `url`");
        continue;
      }
      const name = table["name"];
      found.push({
        url,
        ...(typeof name === "string" ? { name } : {}),
        explicit: table["explicit"] === true,
        isDefault: table["default"] === true,
      });
    }
    return found;
  }

  sources(): ReadonlyMap<PackageName, readonly InlineSource[]> {
    const sources = new Map<PackageName, readonly InlineSource[]>();
    for (const table of this.tables) {
      for (const [name, value] of Object.entries(asTable(table["sources"]) ?? {})) {
        const entries = (Array.isArray(value) ? value : [value]).map((entry) => asSource(asTable(entry)));
        const isUsable = isValidName(name) && entries.every((entry) => entry !== undefined);
        if (!isUsable) this.onFault(`the source of \`${name.slice(0, 80)}\` can't be understood`);
        else if (!sources.has(normalizeName(name))) sources.set(normalizeName(name), entries as InlineSource[]);
      }
    }
    return sources;
  }
}

const sourceTexts = ["index", "url", "path", "git", "rev", "tag", "branch", "subdirectory", "marker"] as const;

function asSource(table: TomlTable | undefined): InlineSource | undefined {
  if (table === undefined) return undefined;
  const source: Record<string, string | boolean> = {};
  for (const key of sourceTexts) {
    const value = table[key];
    if (typeof value === "string") source[key] = value;
    else if (value !== undefined) return undefined;
  }
  if (table["editable"] === true) source["editable"] = true;
  if (table["workspace"] === true) source["workspace"] = true;
  const kinds = ["index", "url", "path", "git", "workspace"].filter((key) => source[key] !== undefined);
  return kinds.length === 1 ? source : undefined;
}

export function asTable(value: TomlValue | undefined): TomlTable | undefined {
  const isTable = typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
  return isTable ? (value as TomlTable) : undefined;
}
