import { SafeUrl } from "../../base/index.ts";
import { parseWheelName, type WheelName } from "../../pep/index.ts";
import type { ListedFile } from "../source.ts";
import { unescapeField } from "./field.ts";

/** Where a line comes from. */
export interface LineContext {
  readonly index: SafeUrl;
  /** What the links are relative to. */
  readonly base: SafeUrl;
}

/** The file that a line of `formatFile` describes; `undefined` when its name turns out not to be a wheel's. */
export function parseFileLine(line: string, context: LineContext): ListedFile | undefined {
  const fields = line.split("\t");
  const filename = unescapeField(fields[0] ?? "");
  if (!filename.endsWith(".whl")) return new LineFile(filename, fields, undefined, context);
  try {
    return new LineFile(filename, fields, parseWheelName(filename), context);
  } catch {
    // Old uploads have names that are no wheel's (PEP 427 came later): such a file can't be installed by anybody.
    return undefined;
  }
}

class LineFile implements ListedFile {
  readonly filename: string;
  readonly kind: "wheel" | "sdist";
  readonly wheel: WheelName | undefined;
  readonly index: SafeUrl;
  readonly base: SafeUrl;
  readonly hashes: Readonly<Record<string, string>>;
  readonly requiresPython?: string;
  readonly yanked: false | string;
  readonly uploadTimeMs?: number;
  readonly sizeBytes?: number;
  readonly metadataHashes?: Readonly<Record<string, string>> | true;
  private readonly link: string;
  private resolved: SafeUrl | undefined;

  constructor(filename: string, fields: readonly string[], wheel: WheelName | undefined, context: LineContext) {
    this.filename = filename;
    this.kind = wheel === undefined ? "sdist" : "wheel";
    this.wheel = wheel;
    this.index = context.index;
    this.base = context.base;
    this.link = fields[1] ?? "";
    this.hashes = parseHashes(fields[2] ?? "");
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

  get href(): string {
    const link = unescapeField(this.link.slice(0, -1));
    return this.link.endsWith("*") ? link + this.filename : link;
  }

  get url(): SafeUrl {
    this.resolved ??= SafeUrl.parse(this.href, this.base);
    return this.resolved;
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
