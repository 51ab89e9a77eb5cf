import type { PackageName } from "../base/index.ts";
import type { ListedFile } from "../pypi/index.ts";
import { CandidateSet, type Refusal } from "../solver/index.ts";
import { isFile, type Project } from "./project.ts";
import type { Reason } from "./reasons.ts";
import type { ResolvePolicy } from "./request.ts";

/** Which candidate of a project is taken, by the policy; and why none is, when none can be. */
export class Ranking {
  readonly #policy: ResolvePolicy;
  readonly #direct: ReadonlySet<PackageName>;

  constructor(policy: ResolvePolicy, direct: ReadonlySet<PackageName>) {
    this.#policy = policy;
    this.#direct = direct;
  }

  /** The file with the metadata of what would be chosen now. */
  favourite(project: Project, allowed: CandidateSet): ListedFile | undefined {
    const index = this.first(project, allowed);
    const file = index < 0 ? undefined : project.file(index);
    return file !== undefined && isFile(file) ? project.describing(index, file) : undefined;
  }

  /** The best candidate that can be installed, or -1: what is locked, then final versions, then pre-releases. */
  first(project: Project, allowed: CandidateSet): number {
    const policy = this.#policy;
    const kept = this.#preference(project);
    if (kept >= 0 && allowed.has(kept) && isFile(project.file(kept))) return kept;
    let firstPrerelease = -1;
    for (const index of project.inOrder(allowed, this.oldestFirst(project.name))) {
      const isPrerelease = policy.prerelease !== "allow" && project.release(index).version.isPrerelease;
      if (isPrerelease && (policy.prerelease === "disallow" || firstPrerelease >= 0)) continue;
      if (!isFile(project.file(index))) continue;
      if (!isPrerelease) return index;
      firstPrerelease = index;
    }
    return firstPrerelease;
  }

  #preference(project: Project): number {
    const { preferences, upgrade } = this.#policy;
    if (upgrade === "all" || (upgrade !== "none" && upgrade.has(project.name))) return -1;
    const versionText = preferences.get(project.name);
    return versionText === undefined ? -1 : project.indexOf(versionText);
  }

  oldestFirst(name: PackageName): boolean {
    const { resolution } = this.#policy;
    return resolution === "lowest" || (resolution === "lowest-direct" && this.#direct.has(name));
  }

  /** Every candidate in `allowed` sorted by what is wrong with it. */
  refusals(project: Project, allowed: CandidateSet): Refusal<Reason>[] {
    const groups = new Map<string, Refusal<Reason>>();
    for (const index of allowed) {
      const why = this.#faultOf(project, index);
      const key = JSON.stringify(why);
      let group = groups.get(key);
      if (group === undefined) {
        group = { versions: CandidateSet.none(project.releases.length), why };
        groups.set(key, group);
      }
      group.versions.add(index);
    }
    return [...groups.values()];
  }

  #faultOf(project: Project, index: number): Reason {
    const file = project.file(index);
    return isFile(file) ? { kind: "prerelease" } : { kind: "unusable", unusable: file };
  }
}
