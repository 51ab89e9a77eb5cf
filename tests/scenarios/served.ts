import type { ServedFile } from "../kit/index-server.ts";
import { sdist, sdistFilename } from "../kit/sdist.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

/** One version of a scenario's package. */
export interface ScenarioRelease {
  readonly requires?: readonly string[];
  readonly requiresPython?: string;
  readonly extras?: Readonly<Record<string, readonly string[]>>;
  /** Compressed tag sets; one wheel each. Default: one wheel for everything. */
  readonly wheelTags?: readonly string[];
  readonly sdist?: boolean;
  /** `false`: no wheel at all. */
  readonly wheel?: boolean;
  readonly yanked?: boolean;
}

export type ScenarioPackages = Readonly<Record<string, Readonly<Record<string, ScenarioRelease>>>>;

/** Real wheels and source archives of a scenario, for an index on loopback. */
export function servedPackages(packages: ScenarioPackages): Record<string, readonly ServedFile[]> {
  return Object.fromEntries(
    Object.entries(packages).map(([name, versions]) => [
      name,
      Object.entries(versions).flatMap(([version, release]) => filesOf(name, version, release)),
    ]),
  );
}

function filesOf(name: string, version: string, release: ScenarioRelease): ServedFile[] {
  const { requiresPython, extras = {} } = release;
  const requires = [
    ...(release.requires ?? []),
    ...Object.entries(extras).flatMap(([extra, lines]) => lines.map((line) => `${line}; extra == '${extra}'`)),
  ];
  const about = {
    ...(requiresPython === undefined ? {} : { requiresPython }),
    ...(release.yanked === true ? { yanked: "yanked for testing" } : {}),
    uploadTime: "2024-03-24T00:00:00Z",
  };
  const tagSets = release.wheel === false ? [] : (release.wheelTags ?? ["py3-none-any"]);
  const files = tagSets.map((tags): ServedFile => {
    const parts = { ...about, requires, extras: Object.keys(extras), tags: [tags] };
    return { ...about, filename: wheelFilename(name, version, parts), content: wheel(name, version, parts) };
  });
  if (release.sdist !== true) return files;
  const metadata = [
    ...(requiresPython === undefined ? [] : [`Requires-Python: ${requiresPython}`]),
    ...Object.keys(extras).map((extra) => `Provides-Extra: ${extra}`),
  ];
  const content = sdist(name, version, { requires, metadata, static: true });
  return [...files, { ...about, filename: sdistFilename(name, version), content }];
}
