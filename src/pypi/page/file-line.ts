import { type PackageName, SafeUrl } from "../../base/index.ts";
import { checkTag, parseWheelName, type Version, type WheelName } from "../../pep/index.ts";
import type { ListedFile } from "../source.ts";
import { unescapeField } from "./field.ts";

/** Compressed tag set -> whether it is one. Few sets name most wheels of all projects. */
export type TagSets = Map<string, boolean>;

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
  const end = line.indexOf("\t");
  const filename = unescapeField(end < 0 ? line : line.slice(0, end));
  if (!filename.endsWith(".whl")) return new LineFile(filename, line, undefined, context);
  const wheel = wheelNameOf(filename, version, context);
  return wheel === undefined ? undefined : new LineFile(filename, line, wheel, context);
}

/** As `parseWheelName`, without parsing again what is known of every file of a release. */
function wheelNameOf(filename: string, version: Version, { name, tagSets }: LineContext): WheelName | undefined {
  const versionAt = filename.indexOf("-") + 1;
  const tagsAt = filename.indexOf("-", versionAt) + 1;
  const tagText = filename.slice(tagsAt, -4);
  let isTag = tagSets.get(tagText);
  // The name before it was compared with the project's; `__` is what wheels never write.
  if (isTag === undefined && tagText.split("-").length === 3 && !filename.slice(0, versionAt).includes("__")) {
    isTag = attempt(() => checkTag(tagText) === undefined) ?? false;
    tagSets.set(tagText, isTag);
  }
  if (isTag === undefined) return attempt(() => parseWheelName(filename));
  return isTag ? { name, version, build: undefined, tagText } : undefined;
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

/** Most files of most releases are for another Python or machine: of those nobody asks for more than the name. */
class LineFile implements ListedFile {
  readonly filename: string;
  readonly kind: "wheel" | "sdist";
  readonly wheel: WheelName | undefined;
  readonly #context: LineContext;
  readonly #line: string;
  #split: readonly string[] | undefined;
  #hashes: Readonly<Record<string, string>> | undefined;
  #url: SafeUrl | undefined;

  constructor(filename: string, line: string, wheel: WheelName | undefined, context: LineContext) {
    this.filename = filename;
    this.kind = wheel === undefined ? "sdist" : "wheel";
    this.wheel = wheel;
    this.#context = context;
    this.#line = line;
  }

  #field(index: number): string {
    this.#split ??= this.#line.split("\t");
    return this.#split[index] ?? "";
  }

  get requiresPython(): string | undefined {
    return unescapeField(this.#field(5)) || undefined;
  }

  get yanked(): false | string {
    const yanked = this.#field(6);
    return yanked === "" ? false : unescapeField(yanked.slice(1));
  }

  get uploadTimeMs(): number | undefined {
    return numberIn(this.#field(4));
  }

  get sizeBytes(): number | undefined {
    return numberIn(this.#field(3));
  }

  get metadataHashes(): Readonly<Record<string, string>> | true | undefined {
    const metadata = this.#field(7);
    if (metadata === "") return undefined;
    return metadata === "t" ? true : parseHashes(metadata.slice(1));
  }

  get index(): SafeUrl {
    return this.#context.index;
  }

  get base(): SafeUrl {
    return this.#context.base;
  }

  get hashes(): Readonly<Record<string, string>> {
    this.#hashes ??= parseHashes(this.#field(2));
    return this.#hashes;
  }

  get href(): string {
    const field = this.#field(1);
    const link = unescapeField(field.slice(0, -1));
    return field.endsWith("*") ? link + this.filename : link;
  }

  get url(): SafeUrl {
    this.#url ??= SafeUrl.parse(this.href, this.#context.base);
    return this.#url;
  }
}

function numberIn(field: string): number | undefined {
  return field === "" ? undefined : Number.parseInt(field, 36);
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
