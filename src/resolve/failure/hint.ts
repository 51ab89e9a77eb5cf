import { compareVersions, type Target, tryParseVersion } from "../../pep/index.ts";
import { CandidateSet } from "../../solver/index.ts";
import { isFile, type Project } from "../project.ts";
import { projectOf } from "../pypi-provider.ts";
import { readRequiresPython } from "../wheel-choice.ts";
import type { Fact } from "./facts.ts";
import { listed, versionWords } from "./version-words.ts";

export interface HintFacts {
  /** Names like the one that no index has. */
  readonly near: readonly string[];
  readonly unknown: Project | undefined;
  readonly target: Target;
}

/** What to do next, from the most telling fact. */
export function hintFor(facts: readonly Fact[], { near, unknown, target }: HintFacts): string {
  if (near.length > 0) {
    return `did you mean ${listed(
      near.map((name) => `\`${name}\``),
      "or",
    )}?`;
  }
  if (unknown !== undefined) {
    return "check the spelling, or name the index that has it with `--extra-index-url URL`";
  }
  const isOffline = facts.some(
    (fact) =>
      ("project" in fact && fact.project.missing === "offline") ||
      (fact.kind === "refused" && fact.why.kind === "offline"),
  );
  if (isOffline) return "run the command again without `--offline`";
  return (
    hostProgramHint(facts) ??
    pythonHint(facts, target) ??
    hostHint(facts) ??
    usableHint(facts, target) ??
    "change or drop one of these requirements"
  );
}

/** What a host program brings can be hidden, when somebody wants that. */
function hostProgramHint(facts: readonly Fact[]): string | undefined {
  for (const fact of facts) {
    if (fact.kind !== "constraint" || fact.asked.origin.kind !== "host") continue;
    const { name } = fact.asked.requirement;
    return `ask for versions that fit, or \`--override-bundled ${name}\` puts another \`${name}\` in front of the program's own`;
  }
  return undefined;
}

/** "use Python 3.12 or newer: `--python 3.12`", when that is what stands in the way. */
function pythonHint(facts: readonly Fact[], target: Target): string | undefined {
  for (const fact of facts) {
    if (fact.kind !== "refused") continue;
    const { why } = fact;
    const wanted =
      why.kind === "metadata-python"
        ? why.requiresPython
        : why.kind === "unusable" && why.unusable.kind === "python"
          ? why.unusable.requiresPython
          : undefined;
    if (wanted === undefined) continue;
    const lower = readRequiresPython(wanted)?.specifiers.find(({ operator }) => /^(>=|~=|==|>)$/.test(operator));
    const release = lower?.version?.release ?? [];
    // A Python that is left out between others can't be told by its lower bound.
    const current = tryParseVersion(target.pythonVersion);
    if (lower?.version === undefined || current === undefined || compareVersions(lower.version, current) <= 0) continue;
    const minor = release.slice(0, 2).join(".");
    // The patch release matters only within the minor that is in use.
    const version = minor === target.markers.python_version ? release.join(".") : minor;
    return `Python ${version} or newer would do: add \`--python ${version}\``;
  }
  return undefined;
}

/** Ways to a package whose wheels need more than the machine has. */
function hostHint(facts: readonly Fact[]): string | undefined {
  for (const fact of facts) {
    if (fact.kind !== "refused" || fact.why.kind !== "unusable" || fact.why.unusable.kind !== "host") continue;
    const project = projectOf(fact.of);
    const hasSource = [...fact.versions].some((index) =>
      project.release(index).files.some(({ kind }) => kind === "sdist"),
    );
    const build = hasSource ? `\`--no-binary ${project.name}\` builds it here; ` : "";
    return `${build}\`--for-host glibc=VERSION\` names another machine`;
  }
  return undefined;
}

/** Other versions of the package that can be installed, where a source archive or another platform stands in the way. */
function usableHint(facts: readonly Fact[], target: Target): string | undefined {
  // Where packages disagree, another version of one of them is no answer by itself.
  if (facts.some((fact) => fact.kind === "needs" || fact.kind === "series")) return undefined;
  for (const fact of facts) {
    if (fact.kind !== "refused" || fact.why.kind !== "unusable") continue;
    const { kind } = fact.why.unusable;
    if (kind !== "source" && kind !== "platform") continue;
    const project = projectOf(fact.of);
    const usable = usableVersions(project);
    const words = usable.isEmpty ? undefined : versionWords(project, usable);
    if (words !== undefined) {
      const which = words.isEvery ? "every version" : words.text;
      return `these have a wheel for Python ${target.markers.python_version}: ${which}`;
    }
    return `put a wheel of \`${project.name}\` into a directory and name it with \`--find-links DIR\``;
  }
  return undefined;
}

function usableVersions(project: Project): CandidateSet {
  const usable = CandidateSet.none(project.releases.length);
  for (let index = 0; index < project.releases.length; index++) if (isFile(project.file(index))) usable.add(index);
  return usable;
}
