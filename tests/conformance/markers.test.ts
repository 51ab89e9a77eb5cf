import { expect, test } from "vitest";
import {
  evaluateMarker,
  evaluateMarkerWith,
  type MarkerEnvironment,
  type MarkerVariables,
  markerText,
  parseMarker,
} from "../../src/pep/index.ts";
import { attempt, failures, vectors } from "./vectors.ts";

interface MarkerCase {
  readonly input: string;
  readonly valid: boolean;
  readonly str: string;
}

test("texts are markers or not, and print canonically", () => {
  const { cases } = vectors<MarkerCase>("packaging/markers");
  const wrong = failures(cases, (one) => {
    const marker = attempt(() => parseMarker(one.input), "MARKER_INVALID");
    if (marker === undefined || !one.valid) return one.valid === (marker !== undefined) ? undefined : String(marker);
    const again = markerText(parseMarker(markerText(marker)));
    return markerText(marker) === one.str && again === one.str ? undefined : [markerText(marker), again];
  });
  expect(cases.length).toBeGreaterThan(1000);
  expect(wrong).toEqual([]);
});

interface EvaluationCase {
  readonly marker: string;
  readonly context: "metadata" | "requirement" | "lock_file";
  readonly env?: Readonly<Record<string, string | readonly string[]>>;
  readonly env_name?: string;
  readonly extra?: string;
  readonly expected: boolean | { readonly error: string };
}

/** What each context defines besides the environment: extras in metadata, sets of names in a lock file. */
const contexts: Readonly<Record<EvaluationCase["context"], MarkerVariables>> = {
  metadata: { extra: "" },
  requirement: {},
  lock_file: { extras: new Set(), dependency_groups: new Set() },
};

test("markers hold in these environments", () => {
  const { meta, cases } = vectors<EvaluationCase, { environments: Readonly<Record<string, MarkerEnvironment>> }>(
    "packaging/marker_eval",
  );
  const wrong = failures(cases, (one) => {
    const given = Object.entries(one.env ?? meta.environments[one.env_name ?? ""] ?? {});
    const env = Object.fromEntries(
      given.map(([name, value]) => [name, typeof value === "string" ? value : new Set<string>(value)]),
    );
    const extra = one.extra === undefined ? {} : { extra: one.extra };
    const variables = { ...contexts[one.context], ...env, ...extra };
    const marker = parseMarker(one.marker);
    const seen = attempt(() => evaluateMarkerWith(marker, variables), "MARKER_INVALID");
    const expected = typeof one.expected === "boolean" ? one.expected : undefined;
    if (seen !== expected) return { seen };
    if (one.context !== "metadata" || one.extra === undefined || seen === undefined) return undefined;
    const environment = meta.environments[one.env_name ?? ""];
    if (environment === undefined) return undefined;
    const extras = new Set(one.extra === "" ? [] : [one.extra]);
    return evaluateMarker(marker, environment, extras) === expected ? undefined : "evaluateMarker differs";
  });
  expect(cases.length).toBeGreaterThan(3500);
  expect(wrong).toEqual([]);
});
