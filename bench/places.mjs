// Folders and programs of a benchmark run: everything lies below .bench/, nothing of the person's own is touched.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
export const work = process.env.VENVOY_BENCH_DIR ?? join(root, ".bench");
export const venvoy = join(root, "dist", "venvoy");
export const python = findPython();

function findPython() {
  const asked = process.env.VENVOY_BENCH_PYTHON ?? "python3";
  return execFileSync(asked, ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
}

/** Installs uv and pip from the index into a folder of their own, once. */
export function peers() {
  const place = join(work, "peers");
  const uv = join(place, "bin", "uv");
  if (!existsSync(uv)) {
    mkdirSync(work, { recursive: true });
    execFileSync(python, ["-m", "venv", place], { stdio: "inherit" });
    execFileSync(join(place, "bin", "python"), ["-m", "pip", "install", "--quiet", "--upgrade", "pip", "uv"], {
      stdio: "inherit",
    });
  }
  return { uv, pip: join(place, "bin", "pip") };
}

/** Variables of a measured command: a home, cache and data of its own. */
export function variables(home, extra = {}) {
  mkdirSync(home, { recursive: true });
  const keep = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(UV_|VENVOY_|VIRTUAL_ENV|XDG_|PYTHON)/.test(name)),
  );
  return {
    ...keep,
    HOME: process.env.HOME,
    UV_CACHE_DIR: join(home, "uv-cache"),
    UV_PYTHON_DOWNLOADS: "never",
    VENVOY_HOME: join(home, "venvoy"),
    NO_COLOR: "1",
    ...extra,
  };
}
