import { type PackageName, SafeUrl } from "../../base/index.ts";
import { parseTag, parseWheelName, type Version, type WheelName } from "../../pep/index.ts";
import type { ListedFile } from "../source.ts";
import { unescapeField } from "./field.ts";

/** Compressed tag set -> its tags, or undefined when it is none. Few sets name most wheels of all projects. */
export type TagSets = Map<string, readonly string[] | undefined>;

/** Where a line comes from. */
export interface LineContext {
  readonly index: SafeUrl;
  /** What the links are relative to. */
  readonly base: SafeUrl;
  readonly name: PackageName;
  readonly tagSets: TagSets;
}

/**
 * The file that a line of `formatFile` describes; `undefined` when its name turns out not to be a wheel's. Old uploads
 * have such names (PEP 427 came later): they can't be installed by anybody.
 */
export function parseFileLine(line: string, version: Version, context: LineContext): ListedFile | undefined {
  const fields = line.split("\t");
  const filename = unescapeField(fields[0] ?? "");
  if (!filename.endsWith(".whl")) return new LineFile(filename, fields, undefined, context);
  const wheel = wheelNameOf(filename, version, context);
  return wheel === undefined ? undefined : new LineFile(filename, fields, wheel, context);
}

/** As `parseWheelName`, without parsing again what is known of every file of a release. */
function wheelNameOf(filename: string, version: Version, { name, tagSets }: LineContext): WheelName | undefined {
  const versionAt = filename.indexOf("-") + 1;
  const tagsAt = filename.indexOf("-", versionAt) + 1;
  const tagText = filename.slice(tagsAt, -4);
  const known = tagSets.get(tagText);
  if (known !== undefined) return { name, version, build: undefined, tagText, tags: known };
  if (tagSets.has(tagText)) return undefined;
  // The name before it was compared with the project's; `__` is what wheels never write.
  if (tagText.split("-").length === 3 && !filename.slice(0, versionAt).includes("__")) {
    const tags = attempt(() => parseTag(tagText));
    tagSets.set(tagText, tags);
    return tags === undefined ? undefined : { name, version, build: undefined, tagText, tags };
  }
  return attempt(() => parseWheelName(filename));
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

class LineFile implements ListedFile {
  readonly filename: string;
  readonly kind: "wheel" | "sdist";
  readonly wheel: WheelName | undefined;
  readonly requiresPython?: string;
  readonly yanked: false | string;
  readonly uploadTimeMs?: number;
  readonly sizeBytes?: number;
  readonly metadataHashes?: Readonly<Record<string, string>> | true;
  readonly #context: LineContext;
  readonly #link: string;
  readonly #hashText: string;
  #hashes: Readonly<Record<string, string>> | undefined;
  #url: SafeUrl | undefined;

  constructor(filename: string, fields: readonly string[], wheel: WheelName | undefined, context: LineContext) {
    this.filename = filename;
    this.kind = wheel === undefined ? "sdist" : "wheel";
    this.wheel = wheel;
    this.#context = context;
    this.#link = fields[1] ?? "";
    this.#hashText = fields[2] ?? "";
    const size = fields[3] ?? "";
    if (size !== "") this.sizeBytes = Number.parseInt(size, 36);
    const time = fields[4] ?? "";
    if (time !== "") this.uploadTimeMs = Number.parseInt(time, 36);
    const python = fields[5] ?? "";
    if (python !== "") this.requiresPython = unescapeField(python);
    const yanked = fields[6] ?? "";
    this.yanked = yanked === "" ? false : unescapeField(yanked.slice(1));
    const metadata = fields[7] ?? "";
    if (metadata !== "") this.metadataHashes = metadata === "t" ? true : parseHashes(metadata.slice(1));
  }

  get index(): SafeUrl {
    return this.#context.index;
  }

  get base(): SafeUrl {
    return this.#context.base;
  }

  get hashes(): Readonly<Record<string, string>> {
    this.#hashes ??= parseHashes(this.#hashText);
    return this.#hashes;
  }

  get href(): string {
    const link = unescapeField(this.#link.slice(0, -1));
    return this.#link.endsWith("*") ? link + this.filename : link;
  }

  get url(): SafeUrl {
    this.#url ??= SafeUrl.parse(this.href, this.#context.base);
    return this.#url;
  }
}

function parseHashes(text: string): Readonly<Record<string, string>> {
  if (text === "") return {};
  if (!text.includes("=")) return { sha256: text };
  const hashes: Record<string, string> = {};
  for (const part of text.split("&")) {
    const at = part.indexOf("=");
    hashes[part.slice(0, at)] = part.slice(at + 1);
  }
  return hashes;
}
