import type { AbsPath } from "../base/index.ts";
import { parseToml, type TomlTable, type TomlValue } from "../codec/index.ts";
import { normalizeName, tryParseVersion } from "../pep/index.ts";
import type { Fs } from "../ports/index.ts";
import { profileInvalid } from "./errors.ts";

/** A distribution that the host brings. */
export interface Bundled {
  readonly name: string;
  readonly version: string;
  /** The directory of its metadata; absent when somebody wrote the line by hand. */
  readonly at?: AbsPath | undefined;
}

/** What a host program is, as its Python answered once; a small TOML file that a person may edit. */
export interface HostProfile {
  readonly name: string;
  /** As people call it: `Rhino 8`. */
  readonly title: string;
  readonly template: string | undefined;
  /** The program that a person starts, where it was found or named. */
  readonly program?: AbsPath | undefined;
  readonly python: AbsPath;
  readonly version: string;
  readonly implementation: string;
  /** `cpython-39-x86_64-linux-gnu`; absent where the Python doesn't say. */
  readonly abi: string | undefined;
  readonly platform: string;
  /** Directories on its search path that this person may write to. */
  readonly siteDirs: readonly AbsPath[];
  /** Rhino's own environments. */
  readonly siteEnvs: AbsPath | undefined;
  /** Directories whose `.pth` files the host reads. */
  readonly pathDirs: readonly AbsPath[];
  /** Measured: variables that change the search path of its Python, and those that don't. */
  readonly honours: readonly string[];
  readonly ignores: readonly string[];
  readonly bundled: readonly Bundled[];
}

const nameForm = /^[a-z0-9][a-z0-9._-]{0,59}$/;

export function isHostName(text: string): boolean {
  return nameForm.test(text) && !text.endsWith(".");
}

export function formatProfile(profile: HostProfile, askedMs: number): string {
  const text = (value: string): string => JSON.stringify(value);
  const list = (key: string, values: readonly string[]): string[] =>
    values.length === 0
      ? [`${key} = []`]
      : values.length === 1
        ? [`${key} = [${text(values[0] ?? "")}]`]
        : [`${key} = [`, ...values.map((value) => `  ${text(value)},`), "]"];
  const maybe = (key: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`${key} = ${text(value)}`];
  const day = new Date(askedMs).toISOString().slice(0, 10);
  return `${[
    `# A host program of venvoy. Its Python was asked on ${day}; \`venvoy host add ${profile.name} --refresh\` asks again.`,
    "# You may edit this file.",
    `title = ${text(profile.title)}`,
    ...maybe("template", profile.template),
    ...maybe("program", profile.program),
    `python = ${text(profile.python)}`,
    `version = ${text(profile.version)}`,
    `implementation = ${text(profile.implementation)}`,
    ...maybe("abi", profile.abi),
    `platform = ${text(profile.platform)}`,
    "",
    "# Directories on its search path that packages can be put into.",
    ...list("site-dirs", profile.siteDirs),
    ...maybe("site-envs", profile.siteEnvs),
    ...list("path-dirs", profile.pathDirs),
    "",
    "# Variables that reach its Python, and those that don't (tried out).",
    ...list("honours", profile.honours),
    ...list("ignores", profile.ignores),
    "",
    "# What it brings: no environment for it gets another version, unless `--override-bundled NAME` asks for one.",
    ...profile.bundled.flatMap(({ name, version, at }) => [
      "",
      "[[bundled]]",
      `name = ${text(name)}`,
      `version = ${text(version)}`,
      ...maybe("at", at),
    ]),
  ].join("\n")}\n`;
}

const known = [
  "title",
  "template",
  "program",
  "python",
  "version",
  "implementation",
  "abi",
  "platform",
  "site-dirs",
  "site-envs",
  "path-dirs",
  "honours",
  "ignores",
  "bundled",
] as const;

/** Reads a profile; what is unknown, missing or of another kind is refused with its key. Throws `HOST_INVALID`. */
export function readProfile(fs: Pick<Fs, "path">, name: string, text: string, file: AbsPath): HostProfile {
  const table = parseToml(text, { label: file, code: "HOST_INVALID" });
  const reader = new Reader(fs, file, table);
  for (const key of Object.keys(table)) {
    if (!known.some((one) => one === key)) throw profileInvalid(file, `\`${key}\` is not known there`);
  }
  const version = reader.text("version");
  if (tryParseVersion(version) === undefined) throw profileInvalid(file, `\`version\` is not a version`);
  return {
    name,
    title: reader.maybe("title") ?? name,
    template: reader.maybe("template"),
    program: table["program"] === undefined ? undefined : reader.path("program"),
    python: reader.path("python"),
    version,
    implementation: reader.maybe("implementation") ?? "cpython",
    abi: reader.maybe("abi"),
    platform: reader.maybe("platform") ?? "",
    siteDirs: reader.paths("site-dirs"),
    siteEnvs: table["site-envs"] === undefined ? undefined : reader.path("site-envs"),
    pathDirs: reader.paths("path-dirs"),
    honours: reader.texts("honours"),
    ignores: reader.texts("ignores"),
    bundled: reader.bundled(),
  };
}

class Reader {
  readonly #fs: Pick<Fs, "path">;
  readonly #file: AbsPath;
  readonly #table: TomlTable;

  constructor(fs: Pick<Fs, "path">, file: AbsPath, table: TomlTable) {
    this.#fs = fs;
    this.#file = file;
    this.#table = table;
  }

  maybe(key: string, from: TomlTable = this.#table): string | undefined {
    const value = from[key];
    if (value === undefined) return undefined;
    if (typeof value !== "string" || value === "") throw profileInvalid(this.#file, `\`${key}\` is no text`);
    return value;
  }

  text(key: string, from: TomlTable = this.#table): string {
    const value = this.maybe(key, from);
    if (value === undefined) throw profileInvalid(this.#file, `\`${key}\` is missing`);
    return value;
  }

  path(key: string): AbsPath {
    return this.#absolute(key, this.text(key));
  }

  paths(key: string): readonly AbsPath[] {
    return this.texts(key).map((text) => this.#absolute(key, text));
  }

  texts(key: string): readonly string[] {
    const value: TomlValue = this.#table[key] ?? [];
    if (!Array.isArray(value) || value.some((item) => typeof item !== "string"))
      throw profileInvalid(this.#file, `\`${key}\` is no list of texts`);
    return value as readonly string[];
  }

  bundled(): readonly Bundled[] {
    const rows: TomlValue = this.#table["bundled"] ?? [];
    if (!Array.isArray(rows)) throw profileInvalid(this.#file, "`bundled` is no list of tables");
    return rows.map((row) => {
      if (typeof row !== "object" || row === null || Array.isArray(row) || row instanceof Date)
        throw profileInvalid(this.#file, "`bundled` is no list of tables");
      const table = row as TomlTable;
      const name = normalizeName(this.text("name", table));
      if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name))
        throw profileInvalid(this.#file, "a `[[bundled]]` has a `name` that no package can have");
      const version = this.text("version", table);
      if (tryParseVersion(version) === undefined)
        throw profileInvalid(this.#file, `\`version\` of bundled \`${name}\` is not a version`);
      const at = this.maybe("at", table);
      return { name, version, at: at === undefined ? undefined : this.#absolute("at", at) };
    });
  }

  #absolute(key: string, text: string): AbsPath {
    if (!this.#fs.path.isAbsolute(text)) throw profileInvalid(this.#file, `\`${key}\` is no whole path`);
    return text as AbsPath;
  }
}
