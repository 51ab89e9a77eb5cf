import { SafeUrl, type VenvoyError } from "../base/index.ts";
import { indexLinkInvalid, indexPageInvalid } from "./artifact-errors.ts";

/** One file on a project page. Costly fields are getters, computed when read: name them, a spread would lose them. */
export interface IndexFile {
  /** The last part of the path, percent-decoded; never holds a separator or a control character. */
  readonly filename: string;
  /** Where to get it, without fragment; throws `INDEX_INVALID` when the page's link is no address. */
  readonly url: SafeUrl;
  /** The link as the page writes it (references decoded, fragment cut off) and what it is relative to. */
  readonly href: string;
  readonly base: SafeUrl;
  /** Algorithm (`sha256`) to hexadecimal digest, both lower-case; empty when the page promises nothing. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly requiresPython?: string | undefined;
  /** The reason (maybe empty) when the file was yanked (PEP 592). */
  readonly yanked: false | string;
  readonly uploadTimeMs?: number | undefined;
  readonly sizeBytes?: number | undefined;
  /** Digests of the file at `url` + `.metadata` (PEP 658, 714); `true` when it exists without a digest. */
  readonly metadataHashes?: Readonly<Record<string, string>> | true | undefined;
}

export interface SimplePage {
  /** As the index writes it (JSON only). */
  readonly name?: string;
  readonly files: readonly IndexFile[];
  /** All versions, also those without files (PEP 700, JSON only). */
  readonly versions?: readonly string[];
  /** PEP 792: `active`, `archived`, `deprecated` or `quarantined`. */
  readonly status?: string;
  readonly statusReason?: string;
  /** Entries that can't be files: unsafe names, schemes other than http(s) and file, wrong types. */
  readonly ignored: number;
}

/** What all files of one page share. A `<base>` may come late, so it is looked at only when a link is resolved. */
export interface PageOrigin {
  base: SafeUrl;
}

type Hashes = Readonly<Record<string, string>>;

/** What a page says about one file; texts that few readers want are parsed only when they are read. */
export interface RawFile {
  readonly filename: string;
  readonly href: string;
  /** An object, or the fragment that holds them. */
  readonly hashes: Hashes | string;
  readonly requiresPython: string | undefined;
  readonly yanked: false | string;
  readonly uploadTime: string | undefined;
  readonly sizeBytes: number | undefined;
  /** Parsed, or the attribute's value. */
  readonly metadata: Hashes | true | string | undefined;
}

/** The major of the simple repository protocol that this reader knows (PEP 629). */
const knownMajor = "1";

/** Throws when a page says it follows a protocol that may mean something else. */
export function checkProtocol(version: unknown, base: SafeUrl): void {
  if (version === undefined) return;
  const major = typeof version === "string" ? version.split(".")[0] : undefined;
  if (major !== knownMajor) {
    throw indexPageInvalid(
      base.toString(),
      `it follows version ${String(version).slice(0, 20)} of the protocol, not 1`,
    );
  }
}

export class PageFile implements IndexFile {
  readonly filename: string;
  readonly href: string;
  readonly yanked: false | string;
  readonly requiresPython?: string;
  readonly sizeBytes?: number;
  private readonly origin: PageOrigin;
  private readonly uploadTime: string | undefined;
  private promised: Hashes | string;
  private metadata: Hashes | true | string | undefined;
  private resolved: SafeUrl | undefined;

  constructor(raw: RawFile, origin: PageOrigin) {
    this.filename = raw.filename;
    this.href = raw.href;
    this.yanked = raw.yanked;
    if (raw.requiresPython !== undefined) this.requiresPython = raw.requiresPython;
    if (raw.sizeBytes !== undefined) this.sizeBytes = raw.sizeBytes;
    this.origin = origin;
    this.uploadTime = raw.uploadTime;
    this.promised = raw.hashes;
    this.metadata = raw.metadata;
    this.resolved = undefined;
  }

  get base(): SafeUrl {
    return this.origin.base;
  }

  get url(): SafeUrl {
    this.resolved ??= resolveLink(this.href, this.origin.base);
    return this.resolved;
  }

  get hashes(): Hashes {
    if (typeof this.promised === "string") this.promised = hashesOfFragment(this.promised);
    return this.promised;
  }

  get metadataHashes(): Hashes | true | undefined {
    if (typeof this.metadata === "string") this.metadata = metadataOf(this.metadata);
    return this.metadata;
  }

  get uploadTimeMs(): number | undefined {
    return this.uploadTime === undefined ? undefined : parseUploadTime(this.uploadTime);
  }
}

/** `true`, or `sha256=…`; `false` and an empty value say that there is none. */
function metadataOf(value: string): Hashes | true | undefined {
  if (value === "" || value.toLowerCase() === "false") return undefined;
  const hashes = hashesOfFragment(value);
  return Object.keys(hashes).length === 0 ? true : hashes;
}

function resolveLink(href: string, base: SafeUrl): SafeUrl {
  try {
    return SafeUrl.parse(href, base);
  } catch (cause) {
    throw linkError(href, base, cause);
  }
}

function linkError(href: string, base: SafeUrl, cause: unknown): VenvoyError {
  // The link may carry credentials of its own.
  return indexLinkInvalid(base.toString(), href.replace(/\/\/[^/@]*@/, "//****@"), cause);
}

const algorithms: ReadonlySet<string> = new Set(
  "md5 sha1 sha224 sha256 sha384 sha512 sha3_256 sha3_384 sha3_512 blake2b blake2s".split(" "),
);

/** `sha256=abc…` (PEP 503); other parts of the fragment (`egg=…`) mean nothing here. */
export function hashesOfFragment(fragment: string): Readonly<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const part of fragment.split("&")) {
    const at = part.indexOf("=");
    const algorithm = part.slice(0, Math.max(at, 0)).toLowerCase();
    if (algorithms.has(algorithm) && hashes[algorithm] === undefined)
      hashes[algorithm] = part.slice(at + 1).toLowerCase();
  }
  return hashes;
}

/** Takes over a `hashes` object of a JSON page; anything that is no text is left out. */
export function hashesOfObject(value: unknown): Readonly<Record<string, string>> {
  const hashes: Record<string, string> = {};
  if (typeof value !== "object" || value === null) return hashes;
  for (const [algorithm, digest] of Object.entries(value)) {
    const lower = algorithm.toLowerCase();
    if (algorithms.has(lower) && typeof digest === "string") hashes[lower] = digest.toLowerCase();
  }
  return hashes;
}

/**
 * The file name that a link ends in, or undefined when it can't name a file here: another scheme, a directory, a name
 * with separators or control characters. `fromFile` says whether the page itself came from the disk.
 */
export function filenameOfLink(href: string, fromFile: boolean): string | undefined {
  const colon = href.indexOf(":");
  const slash = href.indexOf("/");
  if (colon >= 0 && (slash < 0 || colon < slash)) {
    // Addresses are read without the tabs and line ends in them.
    const scheme = href
      .slice(0, colon)
      .replace(/[\t\r\n]/g, "")
      .toLowerCase();
    // A page from the network must not reach for files of this machine.
    const isUsable = scheme === "https" || scheme === "http" || (scheme === "file" && fromFile);
    if (!isUsable && /^[a-z][a-z0-9+.-]*$/.test(scheme)) return undefined;
  }
  const query = href.indexOf("?");
  const path = query < 0 ? href : href.slice(0, query);
  return safeFilename(decodePercent(path.slice(path.lastIndexOf("/") + 1)));
}

/** `name` itself when it can be the name of one file on every system's path syntax. */
export function safeFilename(name: string): string | undefined {
  if (name === "" || name === "." || name === ".." || name.length > 1024) return undefined;
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code < 32 || code === 127 || code === 47 || code === 92) return undefined;
  }
  return name;
}

function decodePercent(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // Not UTF-8 or not an escape: the name is what is written.
    return text;
  }
}

/** ISO 8601 with a zone, any number of fraction digits (PEP 700: UTC with `Z`). Other text is no time. */
function parseUploadTime(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/i.exec(text);
  if (match === null) return undefined;
  const [, seconds = "", fraction = ".0", zone = "Z"] = match;
  const milliseconds = fraction.slice(1, 4).padEnd(3, "0");
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const time = Date.parse(`${seconds}.${milliseconds}${offset}`);
  return Number.isNaN(time) ? undefined : time;
}
