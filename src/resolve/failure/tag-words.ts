import type { Target } from "../../pep/index.ts";
import { listed } from "./version-words.ts";

const names: Readonly<Record<string, string>> = {
  cpython: "CPython",
  pypy: "PyPy",
  graalpy: "GraalPy",
  other: "Python",
};

/** "CPython 3.12 on Linux x86_64". */
export function targetInWords({ implementation, markers }: Target): string {
  const system = markers.platform_system === "Darwin" ? "macOS" : markers.platform_system;
  const place = [system, markers.platform_machine].filter((part) => part !== "").join(" ");
  return `${names[implementation] ?? "Python"} ${markers.python_version}${place === "" ? "" : ` on ${place}`}`;
}

const mostTags = 6;

/**
 * What the wheels that exist are for: their Pythons when none of those fits, else the platforms of those that do. Takes
 * compressed tag sets.
 */
export function tagsInWords(tagTexts: readonly string[], target: Target): string {
  const usable = new Set(target.tags.map((tag) => tag.slice(0, tag.lastIndexOf("-"))));
  const pythons = new Set<string>();
  const platforms = new Set<string>();
  for (const text of tagTexts) {
    const [python = "", abi = "", platform = ""] = text.split("-");
    const fits = python.split(".").some((one) => abi.split(".").some((other) => usable.has(`${one}-${other}`)));
    if (fits) for (const one of platform.split(".")) platforms.add(one);
    else pythons.add(abi === "none" || python === abi || abi === "abi3" ? python : `${python}-${abi}`);
  }
  return platforms.size > 0 ? shortList(platforms, "others") : shortList(pythons, "older ones");
}

/** The last tags in natural order: the newest Pythons. */
function shortList(tags: ReadonlySet<string>, rest: string): string {
  const sorted = [...tags].sort((a, b) => a.localeCompare(b, "en", { numeric: true })).map((tag) => `\`${tag}\``);
  if (sorted.length <= mostTags) return listed(sorted);
  return `${sorted.slice(-mostTags).join(", ")} and ${sorted.length - mostTags} ${rest}`;
}
