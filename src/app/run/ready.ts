import type { AbsPath } from "../../base/index.ts";
import type { ChangeReport } from "../outcomes.ts";

/** An environment that has what a run needs. */
export interface Ready {
  readonly label: string;
  /** What VIRTUAL_ENV is set to: the stable path where there is one. */
  readonly environment: AbsPath;
  /** The tree that the program starts in. */
  readonly tree: AbsPath;
  readonly version: number | undefined;
  readonly change?: ChangeReport;
  readonly notes: readonly string[];
  /** The pointer that says which tree is current; nothing for trees that never change. */
  readonly pointer: AbsPath | undefined;
  /** A file whose time says when it was last used. */
  readonly useMark: AbsPath | undefined;
  /** Variables that belong to the environment. */
  readonly variables: Readonly<Record<string, string>>;
}
