import type { PackageName } from "../base/index.ts";
import { metadataInvalid } from "./artifact-errors.ts";
import { type Message, readMessage } from "./metadata-message.ts";
import { isValidName, normalizeName } from "./name.ts";
import { tryParseVersion } from "./version.ts";

/** The fields of core metadata that venvoy uses. `parseMetadataFields` gives all of them, unchecked. */
export interface CoreMetadata {
  readonly metadataVersion: string;
  readonly name: PackageName;
  /** As the package writes its own name. */
  readonly displayName: string;
  /** As written; a valid PEP 440 version. */
  readonly version: string;
  readonly summary?: string;
  /** As written, one entry per `Requires-Dist`; parsed and judged by whoever needs it. */
  readonly requiresDist: readonly string[];
  readonly requiresPython?: string;
  /** Normalised (PEP 685), without repetition. */
  readonly providesExtra: readonly PackageName[];
  /** Lower-case names of fields that a build may change (PEP 643). */
  readonly dynamic: readonly string[];
  readonly licenseExpression?: string;
  readonly license?: string;
  readonly homePage?: string;
  readonly author?: string;
  /** Label to address, in the order written; the first of a repeated label. */
  readonly projectUrls: ReadonlyMap<string, string>;
}

/**
 * Reads `METADATA` or `PKG-INFO` (PEP 241 to 808). Lenient where old packages are sloppy, strict about what identifies
 * the package: throws `METADATA_INVALID` for a name or version that is missing, wrong or given twice.
 */
export function parseMetadata(data: string | Uint8Array): CoreMetadata {
  const text = typeof data === "string" ? data : new TextDecoder().decode(data);
  const message = readMessage(text.startsWith("\ufeff") ? text.slice(1) : text);
  const displayName = one(message, "name");
  if (!isValidName(displayName))
    throw metadataInvalid(`\`${displayName.slice(0, 80)}\` is no package name`, { displayName });
  const version = one(message, "version");
  if (tryParseVersion(version) === undefined) {
    throw metadataInvalid(`\`${version.slice(0, 80)}\` is no version`, { name: displayName, version });
  }
  return {
    metadataVersion: all(message, "metadata-version")[0] ?? "1.0",
    name: normalizeName(displayName),
    displayName,
    version,
    requiresDist: all(message, "requires-dist").filter((line) => line !== ""),
    providesExtra: [...new Set(all(message, "provides-extra").filter(isValidName).map(normalizeName))],
    dynamic: all(message, "dynamic").map((field) => field.toLowerCase()),
    projectUrls: projectUrls(message),
    ...optional(message, "requiresPython", "requires-python"),
    ...optional(message, "summary", "summary"),
    ...optional(message, "licenseExpression", "license-expression"),
    ...optional(message, "license", "license"),
    ...optional(message, "homePage", "home-page"),
    ...optional(message, "author", "author"),
  };
}

/** All values of a field, folded lines joined by one blank. */
function all({ fields }: Message, name: string): string[] {
  const values: string[] = [];
  for (const field of fields) {
    if (field.name.length !== name.length || field.name.toLowerCase() !== name) continue;
    values.push(field.value.replace(/\s*[\r\n]+\s*/g, " ").trim());
  }
  return values;
}

/** The value of a field that must be there and may not contradict itself. */
function one(message: Message, name: string): string {
  const values = new Set(all(message, name));
  const [value = ""] = values;
  if (value === "") throw metadataInvalid(`it has no ${name}`, { field: name });
  if (values.size > 1) throw metadataInvalid(`it has several values for ${name}`, { field: name });
  return value;
}

/** Old tools write `UNKNOWN` for nothing. */
function optional<K extends string>(message: Message, key: K, name: string): { readonly [P in K]?: string } {
  const [value = ""] = all(message, name);
  return (value === "" || value === "UNKNOWN" ? {} : { [key]: value }) as { readonly [P in K]?: string };
}

function projectUrls(message: Message): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  for (const value of all(message, "project-url")) {
    const comma = value.indexOf(",");
    const label = value.slice(0, Math.max(comma, 0)).trim();
    if (comma > 0 && !urls.has(label)) urls.set(label, value.slice(comma + 1).trim());
  }
  return urls;
}
