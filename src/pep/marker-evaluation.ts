import { VenvoyError } from "../base/index.ts";
import { quoted } from "./errors.ts";
import {
  type Marker,
  type MarkerComparison,
  type MarkerGroup,
  type MarkerOperator,
  type MarkerVariable,
  versionVariables,
} from "./marker.ts";
import { normalizeName } from "./name.ts";
import { tryParseSpecifier } from "./specifier-syntax.ts";
import type { MarkerEnvironment } from "./target.ts";

/** Values for a marker's variables. `extras` and `dependency_groups` are sets, the others texts. */
export type MarkerVariables = { readonly [name in MarkerVariable]?: string | ReadonlySet<string> | undefined };

/**
 * True when the marker holds in `env`. As pip does, a marker on `extra` holds when it holds for one of the wanted
 * extras; without extras the variable is empty. Throws `MARKER_INVALID` for a comparison that has no meaning.
 */
export function evaluateMarker(marker: Marker, env: MarkerEnvironment, extras?: ReadonlySet<string>): boolean {
  if (extras === undefined || extras.size === 0) return evaluateMarkerWith(marker, { ...env, extra: "" });
  if (!marker.mentions("extra")) return evaluateMarkerWith(marker, env);
  for (const extra of extras) if (evaluateMarkerWith(marker, { ...env, extra })) return true;
  return false;
}

/**
 * Evaluates a marker of a lock file (PEP 751), where `extras` and `dependency_groups` are the wanted names. Throws
 * `MARKER_INVALID` for a variable that has no value and for a comparison that has no meaning.
 */
export function evaluateMarkerWith(marker: Marker, variables: MarkerVariables): boolean {
  return holdsGroup(marker.root, variables, marker);
}

function holdsGroup(group: MarkerGroup, variables: MarkerVariables, marker: Marker): boolean {
  // Every term is evaluated, so that a meaningless one is an error whatever the others say.
  let anyGroup = false;
  let all = true;
  for (let i = 0; i < group.terms.length; i++) {
    const term = group.terms[i] as MarkerComparison | MarkerGroup;
    if (i > 0 && group.joins[i - 1] === "or") {
      anyGroup ||= all;
      all = true;
    }
    const holds = term.kind === "group" ? holdsGroup(term, variables, marker) : holdsTerm(term, variables, marker);
    all &&= holds;
  }
  return anyGroup || all;
}

function holdsTerm(term: MarkerComparison, variables: MarkerVariables, marker: Marker): boolean {
  const { left, operator, right } = term;
  const name = left.kind === "variable" ? left.text : right.text;
  const value = variableValue(name, variables, marker);
  if (left.kind === "variable") {
    if (typeof value !== "string") {
      throw meaningless(marker, `\`${name}\` is a set, and can only stand after \`in\` or \`not in\``);
    }
    if (term.specifier !== undefined) return term.specifier.contains(value);
    return compareTexts(value, operator, right.text, marker);
  }
  if (typeof value !== "string") return compareWithSet(left.text, operator, value, marker);
  if (versionVariables.has(name)) {
    const specifier = tryParseSpecifier(operator + value);
    if (specifier !== undefined) return specifier.contains(left.text);
  }
  return compareTexts(left.text, operator, value, marker);
}

function variableValue(name: string, variables: MarkerVariables, marker: Marker): string | ReadonlySet<string> {
  const value = Object.hasOwn(variables, name) ? variables[name as MarkerVariable] : undefined;
  if (value === undefined) throw meaningless(marker, `${quoted(name)} has no value here`);
  if (typeof value !== "string") return value;
  if (name === "extra") return normalizeName(value);
  // A Python built from a checkout calls itself `3.12.0+`, which is not a version.
  return name === "python_full_version" && value.endsWith("+") ? `${value}local` : value;
}

function compareTexts(left: string, operator: MarkerOperator, right: string, marker: Marker): boolean {
  switch (operator) {
    case "in":
      return right.includes(left);
    case "not in":
      return !right.includes(left);
    case "==":
    case "<=":
    case ">=":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
    case ">":
      return false;
    case "~=":
    case "===":
      throw meaningless(marker, `\`${operator}\` has no meaning between ${quoted(left)} and ${quoted(right)}`);
  }
}

function compareWithSet(left: string, operator: MarkerOperator, names: ReadonlySet<string>, marker: Marker): boolean {
  const wanted = normalizeName(left);
  if (operator === "in" || operator === "not in") {
    let found = false;
    for (const name of names) found ||= normalizeName(name) === wanted;
    return found === (operator === "in");
  }
  if (operator === "!=") return true;
  if (operator !== "~=" && operator !== "===") return false;
  throw meaningless(marker, `\`${operator}\` has no meaning between a text and a set`);
}

function meaningless(marker: Marker, why: string): VenvoyError {
  const source = marker.toString();
  return new VenvoyError("MARKER_INVALID", `The marker ${quoted(source)} can't be decided: ${why}`, {
    data: { source, span: [0, source.length] },
  });
}
