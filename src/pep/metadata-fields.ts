import { Buffer } from "node:buffer";
import { strip } from "./characters.ts";
import { messageParts, readMessage } from "./metadata-message.ts";

export type RawFieldValue = string | readonly string[] | Readonly<Record<string, string>>;

/** Known fields by their JSON names (PEP 566: `requires_dist`), unchecked. */
export type RawMetadata = Readonly<Record<string, RawFieldValue>>;

export interface MetadataFields {
  readonly raw: RawMetadata;
  /** What is unknown, repeated though it may not be, or not UTF-8; by lower-case header name. */
  readonly unparsed: Readonly<Record<string, readonly (string | null | readonly string[])[]>>;
}

type Shape = "text" | "list" | "keywords" | "urls";

/** Header name -> JSON name, shape, and the metadata version that brought the field. */
export const metadataFields: ReadonlyMap<
  string,
  { readonly key: string; readonly shape: Shape; readonly since: string }
> = new Map(
  (
    [
      ["metadata-version", "metadata_version", "text", "1.0"],
      ["name", "name", "text", "1.0"],
      ["version", "version", "text", "1.0"],
      ["platform", "platforms", "list", "1.0"],
      ["summary", "summary", "text", "1.0"],
      ["description", "description", "text", "1.0"],
      ["keywords", "keywords", "keywords", "1.0"],
      ["home-page", "home_page", "text", "1.0"],
      ["author", "author", "text", "1.0"],
      ["author-email", "author_email", "text", "1.0"],
      ["license", "license", "text", "1.0"],
      ["supported-platform", "supported_platforms", "list", "1.1"],
      ["download-url", "download_url", "text", "1.1"],
      ["classifier", "classifiers", "list", "1.1"],
      ["requires", "requires", "list", "1.1"],
      ["provides", "provides", "list", "1.1"],
      ["obsoletes", "obsoletes", "list", "1.1"],
      ["maintainer", "maintainer", "text", "1.2"],
      ["maintainer-email", "maintainer_email", "text", "1.2"],
      ["requires-dist", "requires_dist", "list", "1.2"],
      ["provides-dist", "provides_dist", "list", "1.2"],
      ["obsoletes-dist", "obsoletes_dist", "list", "1.2"],
      ["requires-python", "requires_python", "text", "1.2"],
      ["requires-external", "requires_external", "list", "1.2"],
      ["project-url", "project_urls", "urls", "1.2"],
      ["description-content-type", "description_content_type", "text", "2.1"],
      ["provides-extra", "provides_extra", "list", "2.1"],
      ["dynamic", "dynamic", "list", "2.2"],
      ["license-expression", "license_expression", "text", "2.4"],
      ["license-file", "license_files", "list", "2.4"],
      ["import-name", "import_names", "list", "2.5"],
      ["import-namespace", "import_namespaces", "list", "2.5"],
    ] as const
  ).map(([header, key, shape, since]) => [header, { key, shape, since }]),
);

/**
 * Reads core metadata (`METADATA`, `PKG-INFO`) without judging it: every field of every metadata version, with what
 * could not be read set aside. Never throws.
 */
export function parseMetadataFields(data: string | Uint8Array): MetadataFields {
  const isBytes = typeof data !== "string";
  // One character per byte: each value is decoded by itself, so that one bad value spoils no other.
  const message = readMessage(isBytes ? Buffer.from(data).toString("latin1") : data);
  const raw: Record<string, RawFieldValue> = {};
  const unparsed: Record<string, (string | null | readonly string[])[]> = {};
  const byName = new Map<string, string[]>();
  for (const { name, value } of message.fields) {
    const lower = name.toLowerCase();
    const values = byName.get(lower);
    if (values === undefined) byName.set(lower, [value]);
    else values.push(value);
  }
  for (const [name, written] of byName) {
    const decoded = isBytes ? written.map(decodeUtf8) : written;
    const field = metadataFields.get(name);
    const isClean = decoded.every((value) => value !== undefined);
    const values = decoded.map((value, index) => value ?? written[index] ?? "");
    const value = field !== undefined && isClean ? shaped(field.key, field.shape, values) : undefined;
    if (field === undefined || value === undefined) define(unparsed, name, values);
    else raw[field.key] = value;
  }
  addBody(message.body, { raw, unparsed, isBytes, parts: messageParts(message) });
  return { raw, unparsed };
}

/** The description may stand in a header or in the body; in both, neither can be believed. */
function addBody(
  body: string,
  into: {
    readonly raw: Record<string, RawFieldValue>;
    readonly unparsed: Record<string, (string | null | readonly string[])[]>;
    readonly isBytes: boolean;
    readonly parts: readonly string[] | undefined;
  },
): void {
  const { raw, unparsed, isBytes, parts } = into;
  const text = isBytes ? decodeUtf8(body) : body;
  if (parts !== undefined || text === undefined) {
    const shown = parts === undefined ? body : isBytes ? null : parts;
    unparsed["description"] = [...(unparsed["description"] ?? []), shown];
    return;
  }
  if (text === "") return;
  const inHeader = raw["description"];
  if (typeof inHeader === "string") {
    delete raw["description"];
    unparsed["description"] = [...(unparsed["description"] ?? []), inHeader, text];
  } else if (unparsed["description"] !== undefined) unparsed["description"].push(text);
  else raw["description"] = text;
}

/** The value in the field's shape; undefined when it can't have it. */
function shaped(key: string, shape: Shape, values: readonly string[]): RawFieldValue | undefined {
  const [first = ""] = values;
  if (key === "import_names" && values.length === 1 && first === "") return [];
  if (shape === "list") return values;
  if (shape === "urls") return projectUrls(values);
  if (values.length !== 1) return undefined;
  return shape === "text" ? first : first.split(",").map(strip);
}

function projectUrls(values: readonly string[]): Record<string, string> | undefined {
  const urls: Record<string, string> = {};
  for (const value of values) {
    const comma = value.indexOf(",");
    const label = strip(comma < 0 ? value : value.slice(0, comma));
    if (Object.hasOwn(urls, label)) return undefined;
    define(urls, label, comma < 0 ? "" : strip(value.slice(comma + 1)));
  }
  return urls;
}

/** Sets a key from outside; `__proto__` is a key like others. */
function define<T>(record: Record<string, T>, key: string, value: T): void {
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
}

function decodeUtf8(bytes: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, "latin1"));
  } catch {
    return undefined;
  }
}
