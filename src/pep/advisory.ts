import type { PackageName } from "../base/index.ts";
import { normalizeName } from "./name.ts";
import { compareVersions, tryParseVersion, type Version } from "./version.ts";

/** What is known to be wrong with versions of one package. Withdrawn records are none. */
export interface Advisory {
  /** As its publisher calls it: `GHSA-…`, `PYSEC-…`. */
  readonly id: string;
  /** Other names of the same (`CVE-…`). */
  readonly aliases: readonly string[];
  readonly name: PackageName;
  /** Versions that are named one by one; canonical texts. */
  readonly versions: readonly string[];
  /** Half-open, ascending; without `to`, no release repairs it yet. `isLast`: `to` itself is affected, too. */
  readonly ranges: readonly AffectedRange[];
}

export interface AffectedRange {
  /** `undefined`: from the first version on. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly isLast: boolean;
}

/** True when a version is one of those that an advisory is about. */
export function isAffected({ versions, ranges }: Pick<Advisory, "versions" | "ranges">, version: Version): boolean {
  const compared = (text: string): number | undefined => {
    const other = tryParseVersion(text);
    return other === undefined ? undefined : compareVersions(version, other);
  };
  if (versions.some((one) => compared(one) === 0)) return true;
  return ranges.some(({ from, to, isLast }) => {
    const [low, high] = [from === undefined ? 0 : compared(from), to === undefined ? -1 : compared(to)];
    // A bound that can't be read says nothing.
    if (low === undefined || high === undefined || low < 0) return false;
    return isLast ? high <= 0 : high < 0;
  });
}

type Table = Readonly<Record<string, unknown>>;

/**
 * The advisories in one record of the OSV format (https://ossf.github.io/osv-schema/), one for each package of the
 * Python index. Empty for a withdrawn record, and for what is no such record.
 */
export function readOsv(value: unknown): readonly Advisory[] {
  const record = tableOf(value);
  const id = textOf(record["id"]);
  if (id === undefined || textOf(record["withdrawn"]) !== undefined) return [];
  const aliases = textsOf(record["aliases"]);
  return tablesOf(record["affected"]).flatMap((affected): Advisory[] => {
    const { ecosystem, name } = tableOf(affected["package"]);
    if (typeof name !== "string" || typeof ecosystem !== "string" || !/^PyPI(?::|$)/i.test(ecosystem)) return [];
    const ranges = tablesOf(affected["ranges"])
      .filter((range) => range["type"] === "ECOSYSTEM")
      .flatMap((range) => rangesOf(tablesOf(range["events"])));
    return [{ id, aliases, name: normalizeName(name), versions: textsOf(affected["versions"]), ranges }];
  });
}

/** Events in any order: each `introduced` lasts to the next `fixed` or `last_affected` above it. */
function rangesOf(events: readonly Table[]): readonly AffectedRange[] {
  const starts = events.flatMap((event) => textOf(event["introduced"]) ?? []);
  const ends = events.flatMap((event) => {
    const fixed = textOf(event["fixed"]);
    const last = textOf(event["last_affected"]);
    const at = fixed ?? last;
    const version = at === undefined ? undefined : tryParseVersion(at);
    return at === undefined || version === undefined ? [] : [{ at, version, isLast: fixed === undefined }];
  });
  ends.sort((a, b) => compareVersions(a.version, b.version));
  return starts.map((start): AffectedRange => {
    const from = start === "0" ? undefined : start;
    const low = from === undefined ? undefined : tryParseVersion(from);
    const end = ends.find(({ version }) => low === undefined || compareVersions(version, low) >= 0);
    return { from, to: end?.at, isLast: end?.isLast ?? false };
  });
}

/**
 * The advisories that an index's JSON page of one version lists (`vulnerabilities`: `id`, `aliases`, `fixed_in`,
 * `withdrawn`; the index documents it as its JSON API). It speaks of that version alone: from it on, up to the nearest version
 * that repairs it, others count as affected.
 */
export function readIndexAdvisories(value: unknown, name: PackageName, version: Version): readonly Advisory[] {
  return tablesOf(tableOf(value)["vulnerabilities"]).flatMap((one): Advisory[] => {
    const id = textOf(one["id"]);
    if (id === undefined || textOf(one["withdrawn"]) !== undefined) return [];
    const later = textsOf(one["fixed_in"])
      .flatMap((text) => tryParseVersion(text) ?? [])
      .filter((fixed) => compareVersions(fixed, version) > 0)
      .sort(compareVersions);
    const range = { from: version.text, to: later[0]?.text, isLast: false };
    return [{ id, aliases: textsOf(one["aliases"]), name, versions: [], ranges: [range] }];
  });
}

/** `GHSA-… (CVE-…)`: the publisher's name, and the one that people search for. */
export function advisoryLabel({ id, aliases }: Pick<Advisory, "id" | "aliases">): string {
  const cve = id.startsWith("CVE-") ? undefined : aliases.find((alias) => alias.startsWith("CVE-"));
  return cve === undefined ? id : `${id} (${cve})`;
}

function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function tablesOf(value: unknown): readonly Table[] {
  return Array.isArray(value) ? value.map(tableOf) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
