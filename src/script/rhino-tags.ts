import { commentsBeforeStatement, type HeaderComment } from "./before-statement.ts";
import type { HeaderItem, HeaderProblem, HeaderRequirement, HeaderVenv, PipOption } from "./header.ts";
import { parseLanguage, type ScriptLanguage } from "./language.ts";
import { parseRequirementLine } from "./requirement-line.ts";

/** What Rhino's directives of one script say (FACTS of the host: cumulative ones add up, of the others the first valid wins). */
export interface RhinoTags {
  readonly language?: ScriptLanguage;
  readonly venv?: HeaderVenv;
  readonly requirements: readonly HeaderRequirement[];
  readonly pipOptions: readonly PipOption[];
  readonly envPaths: readonly HeaderItem[];
  readonly async?: boolean;
  readonly flags: readonly HeaderItem[];
  readonly platform?: HeaderItem;
  readonly problems: readonly HeaderProblem[];
  /** Lines (from 1) that hold a directive, ascending. */
  readonly lines: readonly number[];
}

/** No real directive is longer; what is might be built to cost time. */
const longestLine = 20_000;

/** A header with so many faults is no header; reading on would cost time for nothing. */
const mostProblems = 200;

const keyed = /^[ \t]*(venv|env|async|flag|platform|wheel|r|requirements)[ \t]*:(.*)$/s;
const looseKey = /^[ \t]*(?:r|requirements)[ \t]*:(.*)$/is;
const quotedForm = /^[ \t]*r[ \t]*(?:([A-Za-z][\w-]*)[ \t]+)?"([^"]*)"[ \t]*$/;

/**
 * Reads the directives of a script (`# r: numpy`, `# venv: tools`, `// async: true` …). Only comment lines before the
 * first statement count, a docstring is passed over; `lines` may end there. The language comes from `findLanguage`.
 */
export function readRhinoTags(lines: readonly string[], language: ScriptLanguage | undefined): RhinoTags {
  const reader = new TagReader(lines);
  for (const comment of commentsBeforeStatement(lines).comments) reader.read(comment);
  return reader.result(language);
}

class TagReader {
  private readonly source: readonly string[];
  private venv: HeaderVenv | undefined;
  private isAsync: boolean | undefined;
  private platform: HeaderItem | undefined;
  private readonly requirements: HeaderRequirement[] = [];
  private readonly pipOptions: PipOption[] = [];
  private readonly envPaths: HeaderItem[] = [];
  private readonly flags: HeaderItem[] = [];
  private readonly problems: HeaderProblem[] = [];
  private readonly lines: number[] = [];

  constructor(source: readonly string[]) {
    this.source = source;
  }

  result(language: ScriptLanguage | undefined): RhinoTags {
    const lines = new Set(this.lines);
    if (language !== undefined) lines.add(language.line);
    return {
      ...(language === undefined ? {} : { language }),
      ...(this.venv === undefined ? {} : { venv: this.venv }),
      requirements: this.requirements,
      pipOptions: this.pipOptions,
      envPaths: this.envPaths,
      ...(this.isAsync === undefined ? {} : { async: this.isAsync }),
      flags: this.flags,
      ...(this.platform === undefined ? {} : { platform: this.platform }),
      problems: this.problems,
      lines: [...lines].sort((a, b) => a - b),
    };
  }

  read({ index, leader, leaderAt }: HeaderComment): void {
    if (this.problems.length >= mostProblems) return;
    const line = this.source[index] ?? "";
    const bodyAt = leaderAt + leader.length;
    // A rule of `####` or `////` is decoration.
    if (line.startsWith(leader, bodyAt)) return;
    const body = line.slice(bodyAt);
    const quoted = quotedForm.exec(body);
    if (quoted !== null) {
      this.lines.push(index + 1);
      this.readProvider(quoted, { line: index + 1, bodyAt });
      return;
    }
    const match = keyed.exec(body);
    const loose = match === null ? looseKey.exec(body) : null;
    const value = match?.[2] ?? loose?.[1];
    if (value === undefined) return;
    const item = this.item(value, { line: index + 1, at: line.length - value.length });
    if (line.length > longestLine) this.fault(item, "error", "this line is too long for a directive");
    else if (match === null) this.readLooseRequirements(item);
    else {
      this.lines.push(index + 1);
      this.readKeyed(match[1] ?? "", item);
    }
  }

  private readKeyed(key: string, item: HeaderItem): void {
    switch (key) {
      case "r":
      case "requirements":
        this.readRequirements(item, "pip");
        return;
      case "wheel":
        if (item.text !== "") this.addReference(item, "wheel");
        return;
      case "venv":
        // An empty value is passed over, and the next line counts.
        if (item.text !== "") this.venv ??= this.readVenv(item);
        return;
      case "env":
        if (item.text !== "") this.envPaths.push(item);
        return;
      case "flag":
        if (item.text !== "") this.flags.push(item);
        return;
      case "async":
        if (/^(?:true|false)$/i.test(item.text)) this.isAsync ??= item.text.toLowerCase() === "true";
        return;
      default:
        if (parseLanguage(item.text) !== undefined || /^[\w.-]+[ \t:@-]+\d/.test(item.text)) this.platform ??= item;
    }
  }

  private readVenv(item: HeaderItem): HeaderVenv {
    const isName = !/[\s()[\]{}'",;]/.test(item.text);
    if (!isName)
      this.fault(item, "warning", "this is no name of an environment, so the line counts as a plain comment");
    return { ...item, isName };
  }

  /** `R:` and `Requirements:` are often plain prose; they count only when all of it can be read. */
  private readLooseRequirements(item: HeaderItem): void {
    const { items } = parseRequirementLine(item.text);
    const isReadable = items.length > 0 && items.every(({ requirement }) => requirement !== undefined);
    if (!isReadable) return;
    this.lines.push(item.line);
    this.readRequirements(item, "pip");
  }

  private readRequirements(value: HeaderItem, provider: string): void {
    const { items, options } = parseRequirementLine(value.text);
    this.pipOptions.push(...options);
    if (items.length === 0 && options.length === 0) {
      this.fault({ ...value, endColumn: value.column + 1 }, "warning", "nothing is asked for on this line");
    }
    for (const { text, start, end, requirement, url, editable, fault } of items) {
      const place = { line: value.line, column: value.column + start, endColumn: value.column + end };
      this.requirements.push({
        text,
        ...place,
        ...(requirement === undefined ? {} : { requirement }),
        ...(url === undefined ? {} : { url }),
        provider,
        editable,
        options,
        form: "rhino",
      });
      if (fault === undefined) continue;
      const column = value.column + fault.start;
      this.fault({ line: value.line, column, endColumn: value.column + fault.end }, "error", fault.message);
    }
  }

  /** `r "pip: x"`, `r "nuget: X, 1.2"`, `r "X.dll"`, and the older `r nuget "X==1.2"`. */
  private readProvider(
    match: RegExpExecArray,
    { line, bodyAt }: { readonly line: number; readonly bodyAt: number },
  ): void {
    const [whole = "", before, content = ""] = match;
    const contentAt = bodyAt + whole.indexOf('"') + 1;
    // A drive letter is no provider.
    const named = /^[ \t]*([A-Za-z][\w-]+)[ \t]*:(?![\\/])/.exec(content);
    const provider = (before ?? named?.[1] ?? "assembly").toLowerCase();
    const skipped = before === undefined ? (named?.[0].length ?? 0) : 0;
    const item = this.item(content.slice(skipped), { line, at: contentAt + skipped });
    if (item.text === "")
      this.fault({ ...item, endColumn: item.column + 1 }, "warning", "nothing is asked for on this line");
    else if (provider === "pip") this.readRequirements(item, provider);
    else this.addReference(item, provider);
  }

  /** Something that is not Python's business: told, never fatal. */
  private addReference(item: HeaderItem, provider: string): void {
    this.requirements.push({ ...item, provider, editable: false, options: [], form: "rhino" });
    if (provider === "wheel") return;
    this.fault(item, "warning", `\`${provider}\` references are for the host; venvoy passes over them`);
  }

  /** The trimmed value with its place. */
  private item(value: string, { line, at }: { readonly line: number; readonly at: number }): HeaderItem {
    const text = value.trim();
    const column = at + value.indexOf(text) + 1;
    return { text, line, column, endColumn: column + text.length };
  }

  private fault(place: Omit<HeaderItem, "text">, severity: HeaderProblem["severity"], message: string): void {
    const { line, column, endColumn } = place;
    this.problems.push({ severity, message, line, column, endColumn, source: this.source[line - 1] ?? "" });
  }
}
