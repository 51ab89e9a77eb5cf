import type { AbsPath } from "../base/index.ts";
import { parseToml, type TomlTable } from "../codec/index.ts";
import type { Fs } from "../ports/index.ts";
import { readIfThere, sourceInvalid } from "./errors.ts";

/** How a source tree wants to be built (PEP 517 and 518). */
export interface BuildSystem {
  readonly requires: readonly string[];
  /** `module:object`. */
  readonly backend: string;
  /** Directories below the tree where the backend itself lies. */
  readonly backendPath: readonly string[];
  /** The tree says nothing of it: setuptools, as pip and uv take it. */
  readonly isAssumed: boolean;
}

/** What PEP 517 prescribes for a tree that names no backend. */
const legacy = { requires: ["setuptools>=40.8.0"], backend: "setuptools.build_meta:__legacy__" } as const;

/**
 * Reads `[build-system]` of a tree. Throws `SOURCE_INVALID` when `pyproject.toml` can't be read, leaves `requires` out, or
 * names a backend path outside the tree; also when there is no `pyproject.toml`, `setup.py` or
 * `setup.cfg`.
 */
export async function readBuildSystem(fs: Fs, tree: AbsPath, label: string): Promise<BuildSystem> {
  const text = await readIfThere(fs, fs.path.join(tree, "pyproject.toml"));
  if (text === undefined) {
    for (const name of ["setup.py", "setup.cfg"])
      if ((await fs.info(fs.path.join(tree, name)))?.kind === "file")
        return { ...legacy, backendPath: [], isAssumed: true };
    throw sourceInvalid(label, "holds no `pyproject.toml`, `setup.py` or `setup.cfg`", {
      hint: "name the directory or archive of a project, with `#subdirectory=…` where it lies deeper",
    });
  }
  const table = parseToml(text, { label: `${label}: pyproject.toml`, code: "SOURCE_INVALID" })["build-system"];
  if (table === undefined) return { ...legacy, backendPath: [], isAssumed: true };
  if (!isTable(table)) throw sourceInvalid(label, "has a `build-system` that is no table");
  const requires = texts(table["requires"]);
  if (requires === undefined) throw sourceInvalid(label, "has a `[build-system]` without a list of `requires`");
  const backendPath = table["backend-path"] === undefined ? [] : texts(table["backend-path"]);
  if (backendPath === undefined) throw sourceInvalid(label, "has a `backend-path` that is no list of texts");
  for (const path of backendPath) await checkInside(fs, tree, path, label);
  const backend = table["build-backend"];
  if (backend === undefined) return { ...legacy, requires: withSetuptools(requires), backendPath: [], isAssumed: true };
  if (typeof backend !== "string" || !/^[\w.]+(:[\w.]+)?$/.test(backend)) {
    throw sourceInvalid(label, "has a `build-backend` that is no `module:object`");
  }
  return { requires, backend, backendPath, isAssumed: false };
}

/** Without a backend's name the listed requirements count, and setuptools is what they are for. */
function withSetuptools(requires: readonly string[]): readonly string[] {
  return requires.some((text) => /^setuptools\b/i.test(text.trim())) ? requires : [...requires, ...legacy.requires];
}

/** A backend may come from the tree, never from beside it; links are followed first. */
async function checkInside(fs: Fs, tree: AbsPath, path: string, label: string): Promise<void> {
  const place = fs.path.isAbsolute(path) ? undefined : fs.path.resolve(tree, path);
  const real = place === undefined || (await fs.info(place)) === undefined ? place : await fs.realPath(place);
  const root = await fs.realPath(tree);
  if (real === undefined || !(fs.path.isInside(tree, real) || fs.path.isInside(root, real))) {
    throw sourceInvalid(label, `has a \`backend-path\` that leaves its directory: \`${path}\``);
  }
}

function texts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) return undefined;
  return value;
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
