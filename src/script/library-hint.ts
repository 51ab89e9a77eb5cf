import type { CrashFacts, HintFacts } from "./crash-hint.ts";

/** System libraries that Python packages expect, with what helps without an administrator. */
const systemLibraries: ReadonlyMap<string, string> = new Map([
  ["libGL.so.1", "the system's OpenGL library is missing; `opencv-python-headless` does without it"],
  ["libgthread-2.0.so.0", "the system's GLib is missing; `opencv-python-headless` does without it"],
  ["libEGL.so.1", "the system's EGL library is missing; Qt programs need it, or `QT_QPA_PLATFORM=offscreen`"],
  ["libtk8.6.so", "the system's Tk library is missing; `tkinter` needs it"],
  ["libcuda.so.1", "no NVIDIA driver is on this machine; the package's CPU build does without it"],
]);

/** Extension modules that this machine's C library can't load, and missing system libraries. */
export function glibcHint({ message, path }: CrashFacts, facts: HintFacts): string | undefined {
  const wanted = /version [`'"]?(GLIBC|GLIBCXX|CXXABI)_([0-9.]+)[`'"]? not found/.exec(message);
  if (wanted !== null) {
    const [, library = "", version = ""] = wanted;
    const name = packageOfFile(/required by ([^)]+)\)/.exec(message)?.[1] ?? path ?? "", facts);
    const who = name === undefined ? "a compiled module" : `\`${name}\``;
    if (library !== "GLIBC") return `${who} needs a newer C++ library (${library}_${version}) than this machine has`;
    const here = facts.glibc === undefined ? "has another C library" : `has ${facts.glibc}`;
    return `${who} needs glibc ${version}, and this machine ${here}; an older version of it may fit`;
  }
  const missing = /(lib[\w.+-]+\.so[\w.]*): cannot open shared object file/.exec(message)?.[1];
  return missing === undefined ? undefined : systemLibraries.get(missing);
}

/** Which installed package a file below `site-packages` belongs to, by its top-level name. */
function packageOfFile(file: string, { installed = [] }: HintFacts): string | undefined {
  const top = /[\\/](?:site|dist)-packages[\\/]([^\\/]+)/.exec(file)?.[1];
  if (top === undefined) return undefined;
  const module = top.replace(/\.libs$/, "").split(".")[0] ?? top;
  return installed.find((entry) => entry.topLevel.includes(module) || entry.name === module)?.name;
}
