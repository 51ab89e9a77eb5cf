import { VenvoyError } from "../base/index.ts";
import { joinUrl, splitUrl } from "./url-parts.ts";

/** `direct_url.json` (PEP 610): where a distribution came from when it didn't come from an index. */
export interface DirectUrl {
  readonly url: string;
  readonly subdirectory?: string | undefined;
  /** Exactly one of the three infos is there. */
  readonly archive?: { readonly hashes?: Readonly<Record<string, string>> | undefined } | undefined;
  readonly vcs?: DirectUrlVcs | undefined;
  readonly directory?: { readonly editable?: boolean | undefined } | undefined;
}

export interface DirectUrlVcs {
  readonly vcs: string;
  readonly commitId: string;
  readonly requestedRevision?: string | undefined;
}

/** Parses the text of a `direct_url.json`; throws `METADATA_INVALID`. */
export function parseDirectUrl(text: string): DirectUrl {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid("it is not JSON", cause);
  }
  return readDirectUrl(value);
}

/** Checks and reads the value of a `direct_url.json`; throws `METADATA_INVALID`. */
export function readDirectUrl(value: unknown): DirectUrl {
  const table = asTable(value, "the whole");
  const url = required(textOf(table, "url"), "url");
  const archive = partOf(table, "archive_info", readArchive);
  const vcs = partOf(table, "vcs_info", readVcs);
  const directory = partOf(table, "dir_info", (info) => definedOnly({ editable: flagOf(info, "editable") }));
  const subdirectory = textOf(table, "subdirectory");
  if ([archive, vcs, directory].filter((info) => info !== undefined).length !== 1) {
    throw invalid("exactly one of `archive_info`, `vcs_info`, `dir_info` must be there");
  }
  if (directory !== undefined) {
    const { scheme, path } = splitUrl(url);
    if (scheme !== "file" || !path.startsWith("/")) {
      throw invalid("the `url` of a directory must be an absolute `file://` one");
    }
  }
  return definedOnly({ url, subdirectory, archive, vcs, directory });
}

/** The value to write as `direct_url.json`. A user name and password in the URL are left out, as PEP 610 wants. */
export function directUrlValue(direct: DirectUrl): Record<string, unknown> {
  const { vcs } = direct;
  return definedOnly({
    url: withoutPassword(direct.url),
    archive_info: direct.archive === undefined ? undefined : definedOnly({ hashes: direct.archive.hashes }),
    vcs_info:
      vcs === undefined
        ? undefined
        : definedOnly({ vcs: vcs.vcs, commit_id: vcs.commitId, requested_revision: vcs.requestedRevision }),
    dir_info: direct.directory === undefined ? undefined : definedOnly({ editable: direct.directory.editable }),
    subdirectory: direct.subdirectory,
  });
}

/** The text of a `direct_url.json`. */
export function formatDirectUrl(direct: DirectUrl): string {
  return JSON.stringify(directUrlValue(direct));
}

/** `${USER}:${PASSWORD}` names variables, and `git` is no secret: both stay (PEP 610). */
const harmless = /^(?:git|\$\{[A-Za-z0-9_-]+\}(?::\$\{[A-Za-z0-9_-]+\})?)$/;

function withoutPassword(url: string): string {
  const parts = splitUrl(url);
  const at = parts.authority.lastIndexOf("@");
  const keeps = at === -1 || harmless.test(parts.authority.slice(0, at));
  return joinUrl(keeps ? parts : { ...parts, authority: parts.authority.slice(at + 1) });
}

type Table = Readonly<Record<string, unknown>>;

function readArchive(info: Table): NonNullable<DirectUrl["archive"]> {
  const hashes = partOf(info, "hashes", (table) => {
    for (const value of Object.values(table)) {
      if (typeof value !== "string") throw invalid("a value in `archive_info.hashes` is not a text");
    }
    return table as Readonly<Record<string, string>>;
  });
  const legacy = textOf(info, "hash");
  if (legacy === undefined) return definedOnly({ hashes });
  const cut = legacy.indexOf("=");
  if (cut === -1) throw invalid("`archive_info.hash` is not written as `<algorithm>=<hash>`");
  const [algorithm, digest] = [legacy.slice(0, cut), legacy.slice(cut + 1)];
  if (hashes === undefined) return { hashes: { [algorithm]: digest } };
  if (!Object.hasOwn(hashes, algorithm) || hashes[algorithm] !== digest) {
    throw invalid("`archive_info.hash` and `archive_info.hashes` differ");
  }
  return { hashes };
}

function readVcs(info: Table): DirectUrlVcs {
  return definedOnly({
    vcs: required(textOf(info, "vcs"), "vcs_info.vcs"),
    commitId: required(textOf(info, "commit_id"), "vcs_info.commit_id"),
    requestedRevision: textOf(info, "requested_revision"),
  });
}

function asTable(value: unknown, what: string): Table {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Table;
  throw invalid(`${what} is not an object`);
}

function own(table: Table, key: string): unknown {
  return Object.hasOwn(table, key) ? (table[key] ?? undefined) : undefined;
}

function partOf<T>(table: Table, key: string, read: (part: Table) => T): T | undefined {
  const value = own(table, key);
  return value === undefined ? undefined : read(asTable(value, `\`${key}\``));
}

function textOf(table: Table, key: string): string | undefined {
  const value = own(table, key);
  if (value === undefined || typeof value === "string") return value;
  throw invalid(`\`${key}\` is not a text`);
}

function flagOf(table: Table, key: string): boolean | undefined {
  const value = own(table, key);
  if (value === undefined || typeof value === "boolean") return value;
  throw invalid(`\`${key}\` is neither true nor false`);
}

function required(value: string | undefined, key: string): string {
  if (value === undefined) throw invalid(`\`${key}\` is missing`);
  return value;
}

/** The same object without the keys whose value is undefined. */
function definedOnly<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}

function invalid(why: string, cause?: unknown): VenvoyError {
  return new VenvoyError("METADATA_INVALID", `The package's \`direct_url.json\` can't be used: ${why}`, {
    data: { why },
    cause,
  });
}
