import { type AbsPath, parseSha256, type Sha256 } from "../base/index.ts";
import { publicationInvalid } from "./errors.ts";

/** How a publication keeps its releases: `share` as trees over common objects, `vcs` as one archive per release. */
export const formNames = ["share", "vcs"] as const;
export type FormName = (typeof formNames)[number];

/** `publication.json`: made once, never changed. */
export interface PublicationFacts {
  readonly form: FormName;
  /** The environment's name when it was first published. */
  readonly name: string;
  /** 32 hexadecimal digits: tells a publication from another one at the same path. */
  readonly id: string;
}

export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
}

/** `releases/<n>.json`: written last, removed first. A release without it doesn't exist. */
export interface ReleaseRecord {
  readonly release: number;
  /** Of the list of the tree's files. */
  readonly digest: Sha256;
  readonly python: string;
  /** As `pack` says it: `linux-x86_64-glibc2.36`. */
  readonly platform: string;
  readonly packages: readonly PublishedPackage[];
  /** Of all files. */
  readonly bytes: number;
  readonly files: number;
  /** By the share's clock. */
  readonly published: string;
  readonly note?: string;
  /** The one file that holds the tree, where the form keeps archives. */
  readonly archive?: { readonly file: string; readonly sha256: Sha256; readonly bytes: number };
}

const format = 1;
/** More than any publication says of itself; what is longer isn't one. */
export const longestRecordBytes = 4 << 20;

export function printFacts({ form, name, id }: PublicationFacts): string {
  return `${JSON.stringify({ format, form, name, id })}\n`;
}

export function parseFacts(text: string, file: AbsPath): PublicationFacts {
  const value = objectOf(text, file);
  const form = value["form"] ?? "share";
  const { name, id } = value;
  if (!isForm(form)) throw publicationInvalid(file, "has a form that this venvoy doesn't know; a newer one may");
  if (typeof name !== "string" || name === "" || typeof id !== "string" || !/^[0-9a-f]{16,64}$/.test(id)) {
    throw publicationInvalid(file, "doesn't say what was published");
  }
  return { form, name, id };
}

export function printRecord(record: ReleaseRecord): string {
  return `${JSON.stringify({ format, ...record }, undefined, 1)}\n`;
}

export function parseRecord(text: string, file: AbsPath): ReleaseRecord {
  const value = objectOf(text, file);
  const { release, digest, python, platform, packages, bytes, files, published, note, archive } = value;
  if (
    !isCount(release) ||
    release === 0 ||
    typeof python !== "string" ||
    typeof platform !== "string" ||
    !isCount(bytes) ||
    !isCount(files) ||
    typeof published !== "string" ||
    !Number.isFinite(Date.parse(published)) ||
    !Array.isArray(packages) ||
    !packages.every(isPackage)
  ) {
    throw publicationInvalid(file, "is not the record of a release");
  }
  return {
    release,
    digest: digestOf(digest, file),
    python,
    platform,
    packages: packages.map(({ name, version }) => ({ name, version })),
    bytes,
    files,
    published,
    ...(typeof note === "string" ? { note } : {}),
    ...(archive === undefined ? {} : { archive: archiveOf(archive, file) }),
  };
}

function objectOf(text: string, file: AbsPath): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw publicationInvalid(file, "is damaged", error);
  }
  if (!isObject(value)) throw publicationInvalid(file, "is damaged");
  if (value["format"] !== format) throw publicationInvalid(file, "was written by a newer venvoy: update this one");
  return value;
}

function archiveOf(value: unknown, file: AbsPath): NonNullable<ReleaseRecord["archive"]> {
  if (!isObject(value)) throw publicationInvalid(file, "is not the record of a release");
  const { file: name, bytes } = value;
  // A name beside the pointer, never a path.
  if (typeof name !== "string" || !/^[A-Za-z0-9][\w.+-]*$/.test(name) || !isCount(bytes)) {
    throw publicationInvalid(file, "names an archive that can't be one");
  }
  return { file: name, sha256: digestOf(value["sha256"], file), bytes };
}

function digestOf(value: unknown, file: AbsPath): Sha256 {
  if (typeof value !== "string" || !/^[0-9a-f]{64}$/.test(value)) throw publicationInvalid(file, "has no digest");
  return parseSha256(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isForm(value: unknown): value is FormName {
  return formNames.some((name) => name === value);
}

function isPackage(value: unknown): value is PublishedPackage {
  return isObject(value) && typeof value["name"] === "string" && typeof value["version"] === "string";
}
