import { isVenvoyError } from "../base/index.ts";
import {
  evaluateMarkerWith,
  type Marker,
  type MarkerEnvironment,
  type MarkerGroup,
  type MarkerVariables,
  parseRequirement,
  type Requirement,
} from "../pep/index.ts";

/** One `Requires-Dist` line, parsed once however many packages repeat it. */
export interface DependencyLine {
  readonly requirement: Requirement;
  /** Holds for the target without any extra. */
  readonly isPlain: boolean;
  /** Only an extra can make it hold. */
  readonly asksExtra: boolean;
  /** The extras that it compares with, when it asks for nothing but equality; others need not be tried. */
  readonly extras: ReadonlySet<string> | undefined;
}

/** Reads requirement lines and decides their markers for one target; every distinct text costs once. */
export class RequirementReader {
  readonly #variables: MarkerVariables;
  readonly #lines = new Map<string, DependencyLine | undefined>();
  readonly #extras = new Map<string, MarkerVariables>();

  constructor(markers: MarkerEnvironment) {
    this.#variables = { ...markers, extra: "" };
  }

  /** `undefined` for a line that can't be understood, even with the mistakes that old packages made. */
  read(text: string): DependencyLine | undefined {
    if (this.#lines.has(text)) return this.#lines.get(text);
    const requirement = readLeniently(text);
    const line = requirement === undefined ? undefined : this.#judge(requirement);
    this.#lines.set(text, line);
    return line;
  }

  #judge(requirement: Requirement): DependencyLine {
    const { marker } = requirement;
    const isPlain = marker === undefined || holds(marker, this.#variables);
    const asksExtra = !isPlain && marker?.mentions("extra") === true;
    return { requirement, isPlain, asksExtra, extras: asksExtra ? extrasIn(marker.root) : undefined };
  }

  /** True when the line holds because of this extra. */
  holdsFor(line: DependencyLine, extra: string): boolean {
    const { marker } = line.requirement;
    if (!line.asksExtra || marker === undefined || line.extras?.has(extra) === false) return false;
    let variables = this.#extras.get(extra);
    if (variables === undefined) {
      variables = { ...this.#variables, extra };
      this.#extras.set(extra, variables);
    }
    return holds(marker, variables);
  }

  /** Whether a requirement that a person asked for is meant for the target. */
  applies({ marker }: Requirement): boolean {
    return marker === undefined || holds(marker, this.#variables);
  }
}

/**
 * The one extra that a line is for, seen without parsing it: most lines of most packages are for extras that nobody
 * asks for. `undefined` where only parsing tells.
 */
export function onlyExtraOf(text: string): string | undefined {
  const semicolon = text.lastIndexOf(";");
  if (semicolon < 0 || !text.includes("extra", semicolon)) return undefined;
  const found = plainExtra.exec(text.slice(semicolon + 1));
  return found?.[1] ?? found?.[2];
}

/** `extra == 'x'` alone or at the end of a conjunction, with nothing in it that could turn its meaning. */
const plainExtra =
  /^(?:[^'"()]*(?:'[^']*'|"[^"]*")\s*and\s+)*\s*extra\s*==\s*(?:'([A-Za-z0-9._-]+)'|"([A-Za-z0-9._-]+)")\s*$/;

/** The values that `extra` is compared with by `==`; `undefined` when it is compared in another way, too. */
function extrasIn(group: MarkerGroup): ReadonlySet<string> | undefined {
  const extras = new Set<string>();
  for (const term of group.terms) {
    if (term.kind === "group") {
      const inner = extrasIn(term);
      if (inner === undefined) return undefined;
      for (const extra of inner) extras.add(extra);
      continue;
    }
    const { left, operator, right } = term;
    const isExtra = [left, right].some(({ kind, text }) => kind === "variable" && text === "extra");
    if (!isExtra) continue;
    if (operator !== "==") return undefined;
    extras.add(left.kind === "value" ? left.text : right.text);
  }
  return extras;
}

/** A comparison that has no meaning never holds; the package that wrote it is not worth failing for. */
function holds(marker: Marker, variables: MarkerVariables): boolean {
  try {
    return evaluateMarkerWith(marker, variables);
  } catch (error) {
    if (isVenvoyError(error, "MARKER_INVALID")) return false;
    throw error;
  }
}

/** Mistakes in the metadata of published packages, each with what was meant. */
const mends: readonly (readonly [RegExp, string])[] = [
  // `foo (>=1.0<2.0)`: a comma is missing between clauses.
  [/([0-9*])\s*(?=(?:[<>]=?|[!=~]=)\s*[0-9])/g, "$1,"],
  // `foo >=1.0.*`: a wildcard where none can be.
  [/([<>]=?|~=)\s*([0-9][0-9.]*)\.\*/g, "$1$2"],
  // `foo >='1.0'`, `foo ("1.0")`: quotes around a version.
  [/([<>=!~]=?)\s*['"]([0-9][^'"]*)['"](?=\s*(?:[,);]|$))/g, "$1$2"],
  // `foo (>=1.3.0,<1.4.0',)`: a quote that was never opened.
  [/['"]+\s*,?\s*(?=[);]|$)/g, ""],
  // `foo (=>1.0)`.
  [/=>/g, ">="],
  [/=</g, "<="],
  // `foo (>=1.0,)`, `foo >=1.0,;`: a comma too many.
  [/,\s*(?=[);]|$)/g, ""],
];

function readLeniently(text: string): Requirement | undefined {
  const plain = tryParse(text);
  if (plain !== undefined) return plain;
  let mended = text;
  for (const [pattern, replacement] of mends) {
    const semicolon = mended.indexOf(";");
    const head = semicolon < 0 ? mended : mended.slice(0, semicolon);
    mended = head.replace(pattern, replacement) + (semicolon < 0 ? "" : mended.slice(semicolon));
    const requirement = tryParse(mended);
    if (requirement !== undefined) return requirement;
  }
  return undefined;
}

function tryParse(text: string): Requirement | undefined {
  try {
    return parseRequirement(text);
  } catch (error) {
    if (isVenvoyError(error)) return undefined;
    throw error;
  }
}
