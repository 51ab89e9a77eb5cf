import { type AbsPath, toolVersion } from "../base/index.ts";
import { type DataLayout, dataLayout } from "../disk/index.ts";
import { type EnvContext, type EnvironmentHome, environments } from "../env/index.ts";
import type { Ports, Reporter } from "../ports/index.ts";
import { type ObjectStore, openObjects, openStore, type Store } from "../store/index.ts";

/** What every operation starts from. Made once per `openVenvoy`; holds no state of its own. */
export interface Context extends Ports {
  readonly reporter: Reporter;
  readonly offline: boolean;
  readonly layout: DataLayout;
  readonly store: Store;
  readonly objects: ObjectStore;
  readonly home: EnvironmentHome;
  readonly env: EnvContext;
}

export interface OpenOptions {
  readonly reporter: Reporter;
  readonly offline: boolean;
}

export function openContext(ports: Ports, { reporter, offline }: OpenOptions): Context {
  const layout = dataLayout(ports.system);
  const io = { ...ports, reporter };
  const store = openStore(io, layout);
  const env = { layout, store, tool: toolVersion };
  return { ...io, offline, layout, store, objects: openObjects(io, layout), home: environments(io, env), env };
}

/** A path from a caller, against the working directory. */
export function pathFrom(context: Pick<Context, "fs" | "system">, path: string): AbsPath {
  return context.fs.path.resolve(context.system.cwd, path);
}

/** How a path is shown: relative to the working directory when it lies below it. */
export function shownPath(context: Pick<Context, "fs" | "system">, path: string): string {
  const { fs, system } = context;
  if (!fs.path.isAbsolute(path)) return path;
  const absolute = fs.path.resolve(system.cwd, path);
  return fs.path.isInside(system.cwd, absolute) ? fs.path.relative(system.cwd, absolute) || "." : path;
}
