import { escaped, namesPrefix, replacePrefix, rootMark } from "./prefix.ts";

/** `sysconfig`'s own prefix, as the module of build-time variables says it; `undefined` when there is none. */
export function builtPrefix(sysconfigData: string): string | undefined {
  const value = /['"]prefix['"]:\s*(['"])((?:\\.|(?!\1).)*)\1/.exec(sysconfigData)?.[2];
  return value?.startsWith("/") === true && value !== "/" && !value.includes("\\") ? value : undefined;
}

/** The module of `sysconfig`'s variables, finding its own root: from `lib/pythonX.Y/` that is two directories up. */
export function movableSysconfigData(text: string, prefix: string): string {
  if (text.includes(rootMark) || !namesPrefix(text, prefix)) return text;
  const marked = withoutRunPath(replacePrefix(text, prefix, rootMark), rootMark);
  return `${marked.trimEnd()}

def _fill_in_root():
    import os
    mark = "${rootMark}"
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    # Lists of flags are split like a shell does; paths by themselves are not.
    quoted = root if all(c.isalnum() or c in "/_.-+@%:,=" for c in root) else None
    for name, value in build_time_vars.items():
        if not isinstance(value, str) or mark not in value:
            continue
        if quoted or (value.startswith(mark) and " " not in value):
            build_time_vars[name] = value.replace(mark, root)
            continue
        words = []
        for word in value.split(" "):
            if mark in word:
                word = "'" + word.replace(mark, root).replace("'", "'\\"'\\"'") + "'"
            words.append(word)
        build_time_vars[name] = " ".join(words)


_fill_in_root()
del _fill_in_root
`;
}

/**
 * `_sysconfig_vars_*.json` (3.14) says the same for who looks at a Python without starting it. Nothing says how such a file
 * names its own place; like `build-details.json`, it is told from there, `lib/pythonX.Y/`.
 */
export function movableSysconfigVars(text: string, prefix: string): string {
  return replacePrefix(withoutRunPath(text, prefix), prefix, "../..");
}

/** What is built here would look for libraries in the place where the tree lay that day. */
function withoutRunPath(text: string, root: string): string {
  return text.replace(new RegExp(` ?-Wl,-rpath,${escaped(root)}[^\\s'"]*`, "g"), "");
}

/** `pkg-config` knows where its file lies: \`lib/pkgconfig/\` is two directories down. */
export function movablePkgConfig(text: string, prefix: string): string {
  const lines = text.split("\n").map((line) => {
    if (/^prefix\s*=/.test(line) && namesPrefix(line, prefix)) return `prefix=\${pcfiledir}/../..`;
    return replacePrefix(line, prefix, "${prefix}");
  });
  return lines.join("\n");
}

/** `pythonX.Y-config` finds its own root already, to put it in the place of the old one; not in a place with blanks. */
export function movableConfigScript(text: string, prefix: string): string {
  if (!text.includes("prefix_real=")) return text;
  const quoted = text.replace(
    '$(dirname $(cd $(dirname "$1") && pwd -P))',
    '$(dirname "$(cd "$(dirname "$1")" && pwd -P)")',
  );
  return replacePrefix(quoted, prefix, "${prefix_real}");
}

/** The Makefile in `lib/pythonX.Y/config-…/`, three directories down. */
export function movableMakefile(text: string, prefix: string): string {
  const lines = text.split("\n").map((line) => {
    const assigned = /^(prefix\s*)=\s*/.exec(line);
    if (assigned !== null && namesPrefix(line, prefix)) {
      return `${assigned[1]}:=\t$(abspath $(dir $(lastword $(MAKEFILE_LIST)))../../..)`;
    }
    return replacePrefix(line, prefix, "$(prefix)");
  });
  return lines.join("\n");
}

/** `build-details.json` (PEP 739): a relative `base_prefix` is meant from the file's own directory, `lib/pythonX.Y/`. */
export function movableBuildDetails(text: string, prefix: string): string {
  let details: unknown;
  try {
    details = JSON.parse(text);
  } catch {
    return text;
  }
  if (typeof details !== "object" || details === null || !namesPrefix(text, prefix)) return text;
  const relative = (value: unknown): unknown => {
    if (typeof value === "string") return replacePrefix(value, `${prefix}/`, "");
    if (Array.isArray(value)) return value.map(relative);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, relative(inner)]));
  };
  return `${JSON.stringify({ ...(relative(details) as object), base_prefix: "../.." }, undefined, 2)}\n`;
}
