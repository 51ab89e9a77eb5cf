import { type PackageName, VenvoyError } from "../base/index.ts";
import { loadSettings, type Settings } from "../config/index.ts";
import { parsePackageName } from "../pep/index.ts";
import { allPackages, defaultPolicy, noPackages, type PackageChoice, type ResolvePolicy } from "../resolve/index.ts";
import type { Context } from "./context.ts";
import type { ResolveChoices } from "./requests.ts";

/** Settings from files and variables, with what the caller chose on top. */
export function settingsFor(context: Context, choices: ResolveChoices): Promise<Settings> {
  return loadSettings(context, {
    layout: context.layout,
    overrides: {
      offline: context.offline,
      ...(choices.indexUrl === undefined ? {} : { indexUrl: choices.indexUrl }),
      ...(choices.extraIndexUrls === undefined ? {} : { extraIndexUrls: choices.extraIndexUrls }),
      ...(choices.indexes === undefined ? {} : { indexes: choices.indexes }),
      ...(choices.pins === undefined ? {} : { pins: new Map(pinEntries(choices.pins)) }),
      ...(choices.findLinks === undefined ? {} : { findLinks: choices.findLinks }),
      ...(choices.noIndex === undefined ? {} : { noIndex: choices.noIndex }),
      ...(choices.indexStrategy === undefined ? {} : { indexStrategy: choices.indexStrategy }),
      ...(choices.advisories === undefined ? {} : { advisories: choices.advisories }),
      ...(choices.refresh === undefined ? {} : { refresh: choices.refresh }),
    },
  });
}

function pinEntries(pins: Readonly<Record<string, string>>): readonly (readonly [PackageName, string])[] {
  return Object.entries(pins).map(([name, index]) => [parsePackageName(name), index]);
}

export interface Keep {
  /** Versions of the current lock: kept while they fit. */
  readonly preferences?: ReadonlyMap<PackageName, string>;
  readonly upgrade?: ResolvePolicy["upgrade"];
}

export function policyFor(context: Context, choices: ResolveChoices, settings: Settings, keep: Keep): ResolvePolicy {
  const excludeNewer = choices.excludeNewer ?? settings.excludeNewer;
  return {
    ...defaultPolicy,
    prerelease: choices.prerelease ?? settings.prerelease ?? defaultPolicy.prerelease,
    resolution: choices.resolution ?? settings.resolution ?? defaultPolicy.resolution,
    preferences: keep.preferences ?? new Map(),
    upgrade: keep.upgrade ?? "none",
    // What is built here runs here, and on an older machine perhaps not.
    build: choices.forHost === undefined ? except(choices.noBuild) : chosen(choices.noBinary),
    noWheels: chosen(choices.noBinary),
    ...(excludeNewer === undefined ? {} : { excludeNewerMs: excludeNewerMs(excludeNewer, context.clock.now()) }),
  };
}

function chosen(names: "all" | readonly string[] | undefined): PackageChoice {
  if (names === "all") return allPackages;
  return names === undefined ? noPackages : { all: false, names: new Set(names.map(parsePackageName)) };
}

/** All but these. */
function except(names: "all" | readonly string[] | undefined): PackageChoice {
  if (names === "all") return noPackages;
  return names === undefined ? allPackages : { all: true, names: new Set(names.map(parsePackageName)) };
}

/**
 * Names as pip's `--no-binary` takes them, joined by commas or given several times; `:all:` means every package and
 * `:none:` forgets those before. `undefined` when nothing is left.
 */
export function packageNames(values: readonly string[]): "all" | readonly string[] | undefined {
  let chosen: "all" | readonly string[] = [];
  for (const value of values.flatMap((text) => text.split(",")).map((text) => text.trim())) {
    if (value === ":all:") chosen = "all";
    else if (value === ":none:") chosen = [];
    else if (value !== "" && chosen !== "all") chosen = [...chosen, value];
  }
  return chosen.length === 0 ? undefined : chosen;
}

/** `KEY=VALUE` of `--config-settings`; a key that is given again has a list of values. The first text that is none, else. */
export function readSettings(values: readonly string[]): NonNullable<ResolveChoices["configSettings"]> | string {
  const settings: Record<string, string | readonly string[]> = {};
  for (const text of values) {
    const [, key, value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined) return text;
    const before = settings[key];
    settings[key] = before === undefined ? value : [...(typeof before === "string" ? [before] : before), value];
  }
  return settings;
}

const spanUnitsMs: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/**
 * The time from which on files are ignored. A date without a time counts whole (UTC); `3d`, `12h`, `2w` and `P3D` are
 * spans back from now. Throws `ARGUMENT_INVALID`.
 */
export function excludeNewerMs(text: string, nowMs: number): number {
  const span = /^(?:P(\d{1,5})([DW])|(\d{1,5})([hdw]))$/.exec(text);
  if (span !== null) {
    const unit = (span[2] ?? span[4] ?? "").toLowerCase();
    return nowMs - Number(span[1] ?? span[3]) * (spanUnitsMs[unit] ?? 0);
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const startMs = Date.parse(`${text}T00:00:00Z`);
    if (!Number.isNaN(startMs)) return startMs + 86_400_000;
  }
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) {
    const timeMs = Date.parse(text);
    if (!Number.isNaN(timeMs)) return timeMs;
  }
  throw new VenvoyError("ARGUMENT_INVALID", `\`${text}\` is not a date`, {
    hint: "write a day (2026-10-01), a time (2026-10-01T12:00:00Z) or a span back from now (3d)",
  });
}
