import { createHash } from "node:crypto";
import { type RawEntry, zipBytes } from "./zip-writer.ts";

export type FileContent = string | Uint8Array | { readonly content: string | Uint8Array; readonly mode?: number };

export interface WheelParts {
  readonly requires?: readonly string[];
  readonly requiresPython?: string;
  readonly extras?: readonly string[];
  /** Path in the archive -> content. `{DIST}-1.0.data/…` and dist-info paths are written as they are. */
  readonly files?: Readonly<Record<string, FileContent>>;
  /** Console scripts: `{ black: "black:main" }`; or the whole text of entry_points.txt. */
  readonly entryPoints?: Readonly<Record<string, string>> | string;
  /** Default `["py3-none-any"]`. */
  readonly tags?: readonly string[];
  readonly build?: string;
  /** Further METADATA lines. */
  readonly metadata?: readonly string[];
  readonly purelib?: boolean;
}

/** `Foo.Bar` -> `foo_bar`, as file names of wheels have it. */
export function distName(name: string): string {
  return name.replace(/[-_.]+/g, "_").toLowerCase();
}

export function wheelFilename(name: string, version: string, parts: Pick<WheelParts, "tags" | "build"> = {}): string {
  const build = parts.build === undefined ? "" : `-${parts.build}`;
  return `${distName(name)}-${version.replaceAll("-", "_")}${build}-${compressTags(parts.tags ?? ["py3-none-any"])}.whl`;
}

/** Tags of one file: each of the three fields is the union, joined by points. */
function compressTags(tags: readonly string[]): string {
  const fields: [string[], string[], string[]] = [[], [], []];
  for (const tag of tags) {
    for (const [index, field] of tag.split("-").entries()) {
      const seen = fields[index];
      if (seen !== undefined && !seen.includes(field)) seen.push(field);
    }
  }
  return fields.map((field) => field.join(".")).join("-");
}

/** A real wheel from literals. Without `files` it holds one module that knows its version. */
export function wheel(name: string, version: string, parts: WheelParts = {}): Uint8Array {
  return zipBytes(wheelEntries(name, version, parts));
}

/** The entries of `wheel`, RECORD last, for tests that change some before writing. */
export function wheelEntries(name: string, version: string, parts: WheelParts = {}): RawEntry[] {
  const dist = distName(name);
  const info = `${dist}-${version}.dist-info`;
  const files = parts.files ?? { [`${dist}/__init__.py`]: `__version__ = "${version}"\n` };
  const entries: RawEntry[] = Object.entries(files).map(([path, file]) => ({ name: path, ...contentOf(file) }));
  entries.push({ name: `${info}/METADATA`, content: metadataText(name, version, parts) });
  entries.push({ name: `${info}/WHEEL`, content: wheelText(parts) });
  if (parts.entryPoints !== undefined) {
    entries.push({ name: `${info}/entry_points.txt`, content: entryPointsText(parts.entryPoints) });
  }
  entries.push({ name: `${info}/RECORD`, content: recordText(entries, `${info}/RECORD`) });
  return entries;
}

/** RECORD for these entries, its own line without a hash. */
export function recordText(entries: readonly RawEntry[], recordPath: string): string {
  const lines = entries.map((entry) => {
    const content = Buffer.from(entry.content);
    return `${quoted(Buffer.from(entry.name).toString("utf8"))},${recordHash(content)},${content.length}`;
  });
  return `${[...lines, `${recordPath},,`].join("\n")}\n`;
}

export function recordHash(content: Uint8Array): string {
  return `sha256=${createHash("sha256").update(content).digest("base64url")}`;
}

function quoted(path: string): string {
  return /[",\r\n]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path;
}

function contentOf(file: FileContent): { readonly content: string | Uint8Array; readonly mode?: number } {
  if (typeof file === "string" || file instanceof Uint8Array) return { content: file };
  return { content: file.content, ...(file.mode === undefined ? {} : { mode: 0o100000 | file.mode }) };
}

function metadataText(name: string, version: string, parts: WheelParts): string {
  const lines = [
    "Metadata-Version: 2.1",
    `Name: ${name}`,
    `Version: ${version}`,
    `Summary: ${name}`,
    ...(parts.requiresPython === undefined ? [] : [`Requires-Python: ${parts.requiresPython}`]),
    ...(parts.requires ?? []).map((requirement) => `Requires-Dist: ${requirement}`),
    ...(parts.extras ?? []).map((extra) => `Provides-Extra: ${extra}`),
    ...(parts.metadata ?? []),
  ];
  return `${lines.join("\n")}\n`;
}

function wheelText(parts: WheelParts): string {
  const tags = (parts.tags ?? ["py3-none-any"]).map((tag) => `Tag: ${tag}`);
  const purelib = parts.purelib ?? true;
  return `${["Wheel-Version: 1.0", "Generator: kit", `Root-Is-Purelib: ${purelib}`, ...tags].join("\n")}\n`;
}

function entryPointsText(entryPoints: Readonly<Record<string, string>> | string): string {
  if (typeof entryPoints === "string") return entryPoints;
  const lines = Object.entries(entryPoints).map(([script, target]) => `${script} = ${target}`);
  return `[console_scripts]\n${lines.join("\n")}\n`;
}
