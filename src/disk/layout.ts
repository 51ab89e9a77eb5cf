import type { AbsPath } from "../base/index.ts";
import type { PathStyle, System } from "../ports/index.ts";
import { posixPaths, windowsPaths } from "./path-style.ts";

/** Where venvoy keeps what. Only `cache` and what lies below it may vanish at any time. */
export interface DataLayout {
  readonly data: AbsPath;
  readonly cache: AbsPath;
  /** The person's settings: `config.toml`. */
  readonly config: AbsPath;
  /** Named environments; the directory is their registry. */
  readonly envs: AbsPath;
  /** One small file per host program. */
  readonly hosts: AbsPath;
  /** Environments made from headers, by the digest of lock and interpreter. */
  readonly scripts: AbsPath;
  /** Stable links to real interpreters. */
  readonly bases: AbsPath;
  readonly store: AbsPath;
  /** Unpacked wheels by sha256. */
  readonly wheels: AbsPath;
  /** Files of releases that were pulled, by sha256. */
  readonly objects: AbsPath;
  /** Pythons that were made movable, for trees that carry theirs. */
  readonly prepared: AbsPath;
  /** Wheels that were built here from sources. */
  readonly built: AbsPath;
  /** Trees that are being built; on the disk of `envs` and `scripts`, so that a rename finishes them. */
  readonly stage: AbsPath;
  /** What the interpreters answered when they were asked. */
  readonly pythons: AbsPath;
  /** What earlier runs decided, for the next start of the same script. */
  readonly launch: AbsPath;
}

type Facts = Pick<System, "os" | "home" | "cwd" | "env">;

interface Roots {
  readonly data: AbsPath;
  readonly cache: AbsPath;
  readonly config: AbsPath;
}

/** A root: the first variable that holds an absolute path, with `tail`; else `fallback` below the home directory. */
interface Place {
  readonly variable?: string;
  readonly tail: readonly string[];
  readonly fallback: readonly string[];
}

const places: Readonly<Record<System["os"], Readonly<Record<keyof Roots, Place>>>> = {
  // XDG Base Directory Specification 0.8: relative values are invalid and ignored.
  linux: {
    data: { variable: "XDG_DATA_HOME", tail: ["venvoy"], fallback: [".local", "share", "venvoy"] },
    cache: { variable: "XDG_CACHE_HOME", tail: ["venvoy"], fallback: [".cache", "venvoy"] },
    config: { variable: "XDG_CONFIG_HOME", tail: ["venvoy"], fallback: [".config", "venvoy"] },
  },
  macos: {
    data: { tail: [], fallback: ["Library", "Application Support", "venvoy"] },
    cache: { tail: [], fallback: ["Library", "Caches", "venvoy"] },
    config: { tail: [], fallback: ["Library", "Application Support", "venvoy", "config"] },
  },
  // Packages are big and belong to the machine, so not to the roaming profile; settings do roam.
  windows: {
    data: { variable: "LOCALAPPDATA", tail: ["venvoy", "data"], fallback: ["AppData", "Local", "venvoy", "data"] },
    cache: { variable: "LOCALAPPDATA", tail: ["venvoy", "cache"], fallback: ["AppData", "Local", "venvoy", "cache"] },
    config: { variable: "APPDATA", tail: ["venvoy"], fallback: ["AppData", "Roaming", "venvoy"] },
  },
};

/** The layout for this machine and person; `VENVOY_HOME` moves all of it into one directory. */
export function dataLayout(system: Facts, env: System["env"] = system.env): DataLayout {
  const path = system.os === "windows" ? windowsPaths : posixPaths;
  const { data, cache, config } = roots(path, system, env);
  const store = path.join(data, "store");
  return {
    data,
    cache,
    config,
    envs: path.join(data, "envs"),
    hosts: path.join(data, "hosts"),
    scripts: path.join(data, "scripts"),
    bases: path.join(data, "bases"),
    store,
    wheels: path.join(store, "wheel"),
    objects: path.join(store, "object"),
    prepared: path.join(store, "python"),
    built: path.join(store, "built"),
    stage: path.join(data, "stage"),
    pythons: path.join(cache, "python"),
    launch: path.join(cache, "launch"),
  };
}

function roots(path: PathStyle, system: Facts, env: System["env"]): Roots {
  const moved = env["VENVOY_HOME"];
  if (moved !== undefined && moved !== "") {
    const data = path.resolve(system.cwd, moved);
    return { data, cache: path.join(data, "cache"), config: path.join(data, "config") };
  }
  const find = ({ variable, tail, fallback }: Place): AbsPath => {
    const told = variable === undefined ? undefined : env[variable];
    if (told !== undefined && path.isAbsolute(told)) return path.join(path.resolve(system.cwd, told), ...tail);
    return path.join(system.home, ...fallback);
  };
  const { data, cache, config } = places[system.os];
  return { data: find(data), cache: find(cache), config: find(config) };
}
