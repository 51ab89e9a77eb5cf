import { SafeUrl } from "../base/index.ts";
import type { Found } from "./lookup.ts";
import type { SettingOverrides } from "./settings.ts";
import { type SettingKey, settingsTable } from "./table.ts";
import type { FileIndex } from "./venvoy-file.ts";

/** One setting with its origin; credentials are left out of the value. */
export interface ExplainedSetting {
  readonly key: string;
  readonly value: string;
  /** A variable, a file with its section, `the command`, or `default`. */
  readonly from: string;
}

const overrideOf: Partial<Record<SettingKey, keyof SettingOverrides>> = {
  "index-url": "indexUrl",
  "extra-index-url": "extraIndexUrls",
  "find-links": "findLinks",
  "no-index": "noIndex",
  "index-strategy": "indexStrategy",
  offline: "offline",
  advisories: "advisories",
};

/** What each setting is and where that was written. */
export function explain(
  find: (key: SettingKey) => Found | undefined,
  overrides: SettingOverrides,
  indexes: readonly FileIndex[],
): readonly ExplainedSetting[] {
  const rows: ExplainedSetting[] = settingsTable.map(({ key, fallback }) => {
    const field = overrideOf[key];
    const given = field === undefined ? undefined : overrides[field];
    // `offline: false` of a caller doesn't undo the variable.
    if (given !== undefined && !(key === "offline" && given === false)) {
      return { key, value: shownValue(given), from: "the command" };
    }
    const found = find(key);
    if (found === undefined) return { key, value: fallback, from: "default" };
    return { key, value: shownValue(found.items ?? found.text), from: found.from };
  });
  for (const { url, name, from } of indexes) {
    rows.push({ key: name === undefined ? "index" : `index ${name}`, value: shownValue(url), from });
  }
  return rows;
}

function shownValue(value: unknown): string {
  const texts = Array.isArray(value) ? value : [value];
  return texts
    .flatMap((text) => String(text).split(/\s+/))
    .filter((word) => word !== "")
    .map(shownWord)
    .join(" ");
}

/** An address without its credentials, also behind `NAME=` and also when it can't be parsed. */
function shownWord(word: string): string {
  const [, name = "", rest = word] = /^([A-Za-z0-9._-]+=)?(.*)$/.exec(word) ?? [];
  try {
    return name + (rest.includes("://") ? SafeUrl.parse(rest).toString() : rest);
  } catch {
    return name + rest.replace(/\/\/[^/@]*@/g, "//****@");
  }
}
