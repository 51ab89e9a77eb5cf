import type { Target } from "../pep/index.ts";
import type { ListedFile, Listing } from "../pypi/index.ts";
import { isFile } from "./project.ts";
import type { ResolvePolicy } from "./request.ts";
import { WheelChooser } from "./wheel-choice.ts";

/** A version that a target can use, and the file that would be taken. */
export interface UsableFile {
  /** Canonical text. */
  readonly version: string;
  readonly file: ListedFile;
}

/** The versions of a project that a target can use, the newest first; yanked ones are not among them. */
export function usableFiles(
  listing: Listing,
  target: Target,
  policy: Pick<ResolvePolicy, "build" | "noWheels" | "prerelease" | "excludeNewerMs">,
): readonly UsableFile[] {
  const chooser = new WheelChooser({ ...policy, target, excludeNewerMs: policy.excludeNewerMs, unfit: new Map() });
  const usable = [...listing.releases]
    .sort((a, b) => (a.version.key < b.version.key ? 1 : a.version.key > b.version.key ? -1 : 0))
    .flatMap((release) => {
      if (policy.prerelease !== "allow" && release.version.isPrerelease) return [];
      const file = chooser.choose(release, { name: listing.name, allowYanked: false });
      return isFile(file) ? [{ version: release.versionText, file }] : [];
    });
  return usable.filter((one, index) => one.version !== usable[index - 1]?.version);
}
