import type { TomlTable } from "../codec/index.ts";
import type { Requirement } from "../pep/index.ts";
import type { InlineSettings } from "./inline-settings.ts";
import type { ScriptLanguage } from "./language.ts";

/** Where something stands in a script. Lines and columns count from 1; columns count UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** The first column after it. */
  readonly endColumn: number;
}

/** The value of a directive, as written. */
export interface HeaderItem extends Place {
  readonly text: string;
}

/** What a `venv:` line says; the text is not yet checked as the name of an environment. */
export interface HeaderVenv extends HeaderItem {
  /** False for free text after a comment that merely looks like a directive: no environment may be made from it. */
  readonly isName: boolean;
}

/** An option of pip beside a reference (`--index-url`), without its dashes. */
export interface PipOption {
  readonly name: string;
  readonly value?: string;
}

/** One thing that a header asks for. */
export interface HeaderRequirement extends HeaderItem {
  /** Present when it is a PEP 508 requirement; absent for bare URLs, paths, other providers and what can't be read. */
  readonly requirement?: Requirement;
  /** Who installs it: `pip`, or `nuget`, `yak`, `wheel`, `assembly` and whatever else a host knows. */
  readonly provider: string;
  /** A bare address or path in place of a name (`git+https://…`, `./x.whl`). */
  readonly url?: string;
  readonly editable: boolean;
  /** Options that stand on the same line. */
  readonly options: readonly PipOption[];
  readonly form: "rhino" | "pep723" | "declaration";
}

/** Something in a header that can't be taken as written. An `error` keeps the script from being run. */
export interface HeaderProblem extends Place {
  readonly severity: "error" | "warning";
  /** One sentence without a final period. */
  readonly message: string;
  /** The whole line, as written. */
  readonly source: string;
}

/** What a script says it needs, with the place of everything. */
export interface ScriptHeader {
  /** Which notations the script uses; `declaration`: it is a file in which another tool declares what it needs. */
  readonly kind: "none" | "rhino" | "pep723" | "both" | "declaration";
  readonly language?: ScriptLanguage;
  readonly venv?: HeaderVenv;
  /** From both notations, in the order of the lines. */
  readonly requirements: readonly HeaderRequirement[];
  /** All options of pip beside references, also of lines that ask for nothing else. */
  readonly pipOptions: readonly PipOption[];
  readonly envPaths: readonly HeaderItem[];
  readonly async?: boolean;
  readonly flags: readonly HeaderItem[];
  readonly platform?: HeaderItem;
  /** `requires-python` of PEP 723: a valid specifier set. */
  readonly requiresPython?: HeaderItem;
  /** The whole PEP 723 table. */
  readonly metadata?: TomlTable;
  /** `dependencies` of PEP 723 as written; absent when the block has none. */
  readonly dependencies?: readonly string[];
  readonly tool: { readonly venvoy: TomlTable; readonly uv: TomlTable };
  /** What `[tool.uv]` and `[tool.venvoy]` set, `venvoy` first. */
  readonly settings: InlineSettings;
  readonly problems: readonly HeaderProblem[];
}
