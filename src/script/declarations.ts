import { isVenvoyError } from "../base/index.ts";
import { decodeSource, findInTable, findTopLevel, parseJsonc, parseToml } from "../codec/index.ts";
import { parseRequirement, parseRequirementsFile, parseWheelName } from "../pep/index.ts";
import type { System } from "../ports/index.ts";
import type { HeaderItem, HeaderProblem, HeaderRequirement, PipOption, ScriptHeader } from "./header.ts";
import { readInlineSettings } from "./inline-settings.ts";

/**
 * Reads what other tools declare, as a header: Blender's `blender_manifest.toml` (`wheels`), Unreal's `.uplugin`
 * (`PythonRequirements`), a node's `requirements*.txt` and `pyproject.toml` (ComfyUI). `undefined` for any other name. Never throws
 * for what the file holds: faults are problems with their lines.
 */
export function readDeclaration(name: string, bytes: Uint8Array, os: System["os"]): ScriptHeader | undefined {
  const read = readerOf(name);
  if (read === undefined) return undefined;
  const found = new Found(decodeSource(bytes).text);
  try {
    read(found, name, os);
  } catch (error) {
    if (!isVenvoyError(error)) throw error;
    const line = error.data["line"];
    found.fault(typeof line === "number" ? line : 1, error.message);
  }
  return found.header();
}

type Reader = (found: Found, name: string, os: System["os"]) => void;

function readerOf(name: string): Reader | undefined {
  if (name === "blender_manifest.toml") return readBlender;
  if (/\.uplugin$/i.test(name)) return readUnreal;
  if (/^requirements.*\.txt$/i.test(name)) return readRequirements;
  return name === "pyproject.toml" ? readProject : undefined;
}

/** One wheel per platform stands for one package. */
function readBlender(found: Found, name: string): void {
  const wheels = parseToml(found.text, { label: name, code: "HEADER_INVALID" })["wheels"];
  const items = findTopLevel(found.text, "wheels")?.items ?? [];
  const texts = Array.isArray(wheels) ? wheels : [];
  for (const [index, item] of items.entries()) {
    const path = texts[index];
    const place = found.placeAt(item.start, item.end);
    if (typeof path !== "string") {
      found.fault(place.line, "a member of `wheels` is no text");
      continue;
    }
    try {
      const { name: project, version } = parseWheelName(path.split(/[\\/]/).at(-1) ?? "");
      found.add(`${project}==${version}`, place);
    } catch (error) {
      if (!isVenvoyError(error)) throw error;
      found.fault(place.line, error.message);
    }
  }
}

const unrealPlatforms: Readonly<Record<System["os"], string>> = { windows: "Win64", macos: "Mac", linux: "Linux" };

function readUnreal(found: Found, name: string, os: System["os"]): void {
  const rows = parseJsonc(found.text, name)["PythonRequirements"];
  if (!Array.isArray(rows)) return;
  for (const row of rows as readonly unknown[]) {
    if (typeof row !== "object" || row === null) continue;
    const { Platform = "All", Requirements, ExtraIndexUrls } = row as Readonly<Record<string, unknown>>;
    // Others' lines are passed over, so that a text that stands in two rows is found in the right one.
    const isOurs = Platform === "All" || Platform === unrealPlatforms[os];
    for (const text of textsOf(Requirements)) {
      const place = found.placeOf(JSON.stringify(text));
      if (isOurs) found.addLine(text, place);
    }
    if (isOurs) for (const value of textsOf(ExtraIndexUrls)) found.option({ name: "extra-index-url", value });
  }
}

function readRequirements(found: Found, name: string): void {
  for (const entry of parseRequirementsFile(found.text)) {
    const place = found.wholeLine(entry.line);
    if (entry.kind === "requirement") found.add(entry.text, place);
    else if (entry.kind === "option")
      found.option({ name: entry.name, ...(entry.value === undefined ? {} : { value: entry.value }) });
    else if (entry.kind === "problem") found.fault(entry.line, entry.why);
    else
      found.warn(
        entry.line,
        entry.kind === "file"
          ? `\`${entry.path}\` is another file: name it, too`
          : `an editable install is not read from ${name}`,
      );
  }
}

function readProject(found: Found, name: string): void {
  const table = parseToml(found.text, { label: name, code: "HEADER_INVALID" });
  const project = table["project"];
  if (typeof project !== "object" || project === null || Array.isArray(project) || project instanceof Date) return;
  const { dependencies, "requires-python": python } = project as Readonly<Record<string, unknown>>;
  const items = findInTable(found.text, "project", "dependencies").place?.items ?? [];
  for (const [index, text] of textsOf(dependencies).entries()) {
    const item = items[index];
    found.add(text, item === undefined ? found.placeOf(JSON.stringify(text)) : found.placeAt(item.start, item.end));
  }
  if (typeof python === "string") {
    const place = findInTable(found.text, "project", "requires-python").place;
    found.python = {
      text: python,
      ...(place === undefined ? found.wholeLine(1) : found.placeAt(place.start, place.end)),
    };
  }
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

type Place = Omit<HeaderItem, "text">;

/** Collects what a declaration asks for; a package that is named twice in the same words counts once. */
class Found {
  readonly text: string;
  python: HeaderItem | undefined;
  readonly #requirements: HeaderRequirement[] = [];
  readonly #options: PipOption[] = [];
  readonly #problems: HeaderProblem[] = [];
  readonly #lines: readonly string[];
  #searchedTo = 0;

  constructor(text: string) {
    this.text = text;
    this.#lines = text.split(/\r?\n/);
  }

  add(text: string, place: Place): void {
    try {
      const requirement = parseRequirement(text);
      const isKnown = this.#requirements.some((one) => String(one.requirement) === String(requirement));
      if (isKnown) return;
      this.#requirements.push({
        text,
        ...place,
        requirement,
        provider: "pip",
        editable: false,
        options: [],
        form: "declaration",
      });
    } catch (error) {
      if (!isVenvoyError(error)) throw error;
      this.fault(place.line, error.message);
    }
  }

  /** A line as a requirements file has it, with hashes. */
  addLine(text: string, place: Place): void {
    for (const entry of parseRequirementsFile(text)) {
      if (entry.kind === "requirement") this.add(entry.text, place);
      else this.fault(place.line, `\`${text}\` is no requirement`);
    }
  }

  option(option: PipOption): void {
    this.#options.push(option);
  }

  fault(line: number, message: string): void {
    this.#problems.push({ severity: "error", message, ...this.wholeLine(line), source: this.#lines[line - 1] ?? "" });
  }

  warn(line: number, message: string): void {
    this.#problems.push({ severity: "warning", message, ...this.wholeLine(line), source: this.#lines[line - 1] ?? "" });
  }

  wholeLine(line: number): Place {
    return { line, column: 1, endColumn: (this.#lines[line - 1] ?? "").length + 1 };
  }

  placeAt(start: number, end: number): Place {
    const before = this.text.slice(0, start);
    const line = before.split("\n").length;
    const column = start - (before.lastIndexOf("\n") + 1) + 1;
    return { line, column, endColumn: column + (end - start) };
  }

  /** Of a text that stands there in that spelling, from where the last one was found. */
  placeOf(spelling: string): Place {
    const at = this.text.indexOf(spelling, this.#searchedTo);
    if (at < 0) return this.wholeLine(1);
    this.#searchedTo = at + spelling.length;
    return this.placeAt(at, at + spelling.length);
  }

  header(): ScriptHeader {
    return {
      kind: "declaration",
      requirements: this.#requirements,
      pipOptions: this.#options,
      envPaths: [],
      flags: [],
      ...(this.python === undefined ? {} : { requiresPython: this.python }),
      tool: { venvoy: {}, uv: {} },
      settings: readInlineSettings([]),
      problems: this.#problems,
    };
  }
}
