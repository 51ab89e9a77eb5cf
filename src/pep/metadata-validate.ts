import { isVenvoyError } from "../base/index.ts";
import { parseContentType } from "./content-type.ts";
import { tryCanonicalLicense } from "./license.ts";
import { metadataFields, type RawFieldValue, type RawMetadata } from "./metadata-fields.ts";
import { isValidName } from "./name.ts";
import { parseRequirement } from "./requirement.ts";
import { tryParseSpecifierSet } from "./specifier-syntax.ts";
import { isIdentifier } from "./tags.ts";
import { tryParseVersion } from "./version.ts";

export interface MetadataIssue {
  /** The header name (`requires-dist`), or the key itself when it is unknown. */
  readonly field: string;
  readonly reason: string;
}

/** In the order of their age. 2.0 never became a standard. */
const metadataVersions = ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"];

const headerOfKey: ReadonlyMap<string, string> = new Map([...metadataFields].map(([header, { key }]) => [key, header]));

/**
 * Checks raw metadata against the core metadata specification: one issue per field at most, in the order of field names.
 * Reading is lenient on purpose (`parseMetadata`); this is for what a person is about to publish or asks about.
 */
export function validateMetadata(raw: RawMetadata): MetadataIssue[] {
  const issues: MetadataIssue[] = [];
  const age = metadataVersions.indexOf(textOf(raw["metadata_version"]));
  if (age < 0) issues.push({ field: "metadata-version", reason: "it is not a version of the metadata format" });
  for (const key of new Set([...Object.keys(raw), "name", "version"])) {
    if (key === "metadata_version") continue;
    const field = headerOfKey.get(key);
    const reason = field === undefined ? "no field has that name" : reasonFor(field, key, raw[key], age);
    if (reason !== undefined) issues.push({ field: field ?? key, reason });
  }
  return issues.sort((a, b) => (a.field < b.field ? -1 : 1));
}

function reasonFor(field: string, key: string, value: RawFieldValue | undefined, age: number): string | undefined {
  const since = metadataFields.get(field)?.since ?? "1.0";
  if (age >= 0 && metadataVersions.indexOf(since) > age) return `it came with version ${since} of the metadata format`;
  return checks[key]?.(value);
}

type Check = (value: RawFieldValue | undefined) => string | undefined;

const checks: Readonly<Record<string, Check>> = {
  name: (value) => (isValidName(textOf(value)) ? undefined : "it must be the name of a package"),
  version: (value) => (tryParseVersion(textOf(value)) === undefined ? "it must be a version" : undefined),
  summary: (value) => (lineBreak.test(textOf(value)) ? "it must be one line" : undefined),
  description_content_type: (value) => contentTypeReason(textOf(value)),
  dynamic: (value) => listOf(value).map(dynamicReason).find(isReason),
  provides_extra: (value) => (listOf(value).every(isValidName) ? undefined : "an extra must be named like a package"),
  requires_python: (value) =>
    tryParseSpecifierSet(textOf(value)) === undefined ? "it must be a version specifier" : undefined,
  requires_dist: (value) => (listOf(value).every(isRequirement) ? undefined : "each must be a requirement"),
  license_expression: (value) =>
    tryCanonicalLicense(textOf(value)) === undefined ? "it must be an SPDX license expression" : undefined,
  license_files: (value) => listOf(value).map(licenseFileReason).find(isReason),
  import_names: (value) => listOf(value).map(importNameReason).find(isReason),
  import_namespaces: (value) => listOf(value).map(importNameReason).find(isReason),
};

/** Everything that some reader of mail headers takes for the end of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are meant
const lineBreak = /[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]/;

const textOf = (value: RawFieldValue | undefined): string => (typeof value === "string" ? value : "");
const listOf = (value: RawFieldValue | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly string[]) : [];
const isReason = (reason: string | undefined): reason is string => reason !== undefined;

function isRequirement(text: string): boolean {
  try {
    parseRequirement(text);
    return true;
  } catch (error) {
    if (isVenvoyError(error)) return false;
    throw error;
  }
}

const contentTypes: ReadonlySet<string> = new Set(["text/plain", "text/x-rst", "text/markdown"]);

function contentTypeReason(value: string): string | undefined {
  const parsed = parseContentType(value);
  if (parsed === undefined || !contentTypes.has(parsed.type) || !value.toLowerCase().includes(parsed.type)) {
    return "it must be text/plain, text/x-rst or text/markdown";
  }
  if ((parsed.parameters.get("charset") ?? "utf-8").toLowerCase() !== "utf-8") return "its charset can only be UTF-8";
  const variant = parsed.parameters.get("variant") ?? "GFM";
  const isKnown = parsed.type !== "text/markdown" || variant === "GFM" || variant === "CommonMark";
  return isKnown ? undefined : "its variant must be GFM or CommonMark";
}

function dynamicReason(field: string): string | undefined {
  const lower = field.toLowerCase();
  if (lower === "name" || lower === "version" || lower === "metadata-version") return `\`${lower}\` can't be dynamic`;
  return metadataFields.has(lower) ? undefined : "it names a field that doesn't exist";
}

function licenseFileReason(path: string): string | undefined {
  if (path.includes("..")) return "a path may not leave its directory";
  if (path.includes("*")) return "a path may not be a pattern";
  if (path.startsWith("/") || /^(?:[A-Za-z]:)?[\\/]/.test(path)) return "a path must be relative";
  // The spelling that every system reads alike: `/` between parts, nothing superfluous.
  const drive = /^[A-Za-z]:/.exec(path)?.[0] ?? "";
  const plain = path
    .slice(drive.length)
    .split(/[\\/]/)
    .filter((part) => part !== "" && part !== ".")
    .join("/");
  const normal = drive + plain;
  return (normal === "" ? "." : normal) === path ? undefined : "a path must be written plainly, with `/`";
}

/** Python 3.8 to 3.14. */
const keywords: ReadonlySet<string> = new Set(
  `False None True and as assert async await break class continue def del elif else except finally for from global if
  import in is lambda nonlocal not or pass raise return try while with yield`.split(/\s+/),
);

function importNameReason(text: string): string | undefined {
  const semicolon = text.indexOf(";");
  const name = (semicolon < 0 ? text : text.slice(0, semicolon)).trimEnd();
  for (const part of name.split(".")) {
    if (!isIdentifier(part)) return "each part must be an identifier";
    if (keywords.has(part)) return "no part may be a keyword";
  }
  const isPlain = semicolon < 0 || text.slice(semicolon + 1).trimStart() === "private";
  return isPlain ? undefined : "only `private` may follow the semicolon";
}
