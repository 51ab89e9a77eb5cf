import type { Fs } from "../ports/index.ts";
import { isSamePath, isWindowsPath, lastPart } from "./path-forms.ts";
import { existence } from "./search-file.ts";
import type { TreeFacts } from "./tree-facts.ts";

/** How a base that is reached under differing paths gets one path on every machine. */
export interface StableLink {
  /** `missing`: not there on this machine. `differing`: the tree itself names it in several ways. */
  readonly why: "missing" | "differing";
  /** As the tree names it. */
  readonly base: string;
  /** The one path to use everywhere. */
  readonly stable: string;
  /** To type once on each machine, with HERE for where the base lies there. */
  readonly link: readonly string[];
  /** To type once for the tree; nothing when it names that path already. */
  readonly fix: string | undefined;
  /** What it can't do. */
  readonly limits: readonly string[];
}

const windowsLimits = [
  "a junction (/j) needs no right, and reaches local disks only: not a network drive, not \\\\server\\share",
  "a symbolic link (/d) reaches a share, and needs an administrator or Developer Mode, which artists lack",
];
const posixLimits = [
  "a link below / or /opt needs an administrator once; one below the home directory differs by person",
];

/** The recipe for a tree whose base isn't where it says, or that names it in several ways; `undefined` for all others. */
export async function stableLinkFor(fs: Fs, facts: TreeFacts, label: string): Promise<StableLink | undefined> {
  const exists = existence(fs);
  let gone: string | undefined;
  for (const { path } of facts.bases) if (!(await exists(path))) gone ??= path;
  const [first] = facts.bases;
  const twin = facts.bases.find(
    ({ path }) => first !== undefined && !isSamePath(path, first.path) && lastPart(path) === lastPart(first.path),
  );
  const base = gone ?? twin?.path;
  if (base === undefined) return undefined;
  const why = gone === undefined ? "differing" : "missing";
  const isWindows = isWindowsPath(base);
  // A drive letter or a share is what differs between machines, so the link has to lie elsewhere.
  const canLieThere = isWindows ? /^c:[\\/]/i.test(base) : true;
  const stable = canLieThere ? base : `C:\\tools_link\\${lastPart(base)}`;
  const link = isWindows ? [`mklink /j "${stable}" HERE`, `mklink /d "${stable}" HERE`] : [`ln -s HERE '${stable}'`];
  const fix =
    canLieThere && why === "missing" ? undefined : `venvoy doctor ${label} --fix --from '${base}' --to '${stable}'`;
  return { why, base, stable, link, fix, limits: isWindows ? windowsLimits : posixLimits };
}
