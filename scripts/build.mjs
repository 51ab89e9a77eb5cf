// Builds venvoy. `build.mjs binary`: the standalone binary, dist/venvoy. `build.mjs npm`: the package's JavaScript and
// types, dist/npm and dist/types. Without an argument both. Results appear by rename, so that a running copy is never torn.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bun = join(root, "node_modules", ".bin", process.platform === "win32" ? "bun.exe" : "bun");
const dist = join(root, "dist");

function run(program, args) {
  execFileSync(program, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, FORCE_COLOR: "0" },
  });
}

function buildBinary() {
  const stage = join(dist, `venvoy.${process.pid}.tmp`);
  const workers = ["src/node/worker.ts"].filter((file) => existsSync(join(root, file)));
  run(bun, [
    "build",
    "--compile",
    "--bytecode",
    // A chunk for each lazy import: a warm run reads only what it needs.
    "--format=esm",
    "--splitting",
    // Most commands end before compiled code would pay, and its compiling threads take the cores from file work.
    "--compile-jit-policy=30",
    // A `.env` or `bunfig.toml` in the directory where somebody works must not change what the binary does.
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    "--minify-syntax",
    "--minify-whitespace",
    "--keep-names",
    "--target=bun",
    "src/main.ts",
    ...workers,
    `--outfile=${stage}`,
  ]);
  chmodSync(stage, 0o755);
  renameSync(stage, join(dist, process.platform === "win32" ? "venvoy.exe" : "venvoy"));
}

function buildPackage() {
  const stage = join(dist, `npm.${process.pid}.tmp`);
  rmSync(stage, { recursive: true, force: true });
  const entries = ["src/index.ts", "src/main.ts", "src/node/worker.ts"].filter((file) => existsSync(join(root, file)));
  run(bun, [
    "build",
    "--target=node",
    "--format=esm",
    "--splitting",
    "--packages=external",
    "--external=bun:ffi",
    "--root=src",
    ...entries,
    `--outdir=${stage}`,
  ]);
  rmSync(join(dist, "npm"), { recursive: true, force: true });
  renameSync(stage, join(dist, "npm"));
  rmSync(join(dist, "types"), { recursive: true, force: true });
  run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.types.json"]);
}

mkdirSync(dist, { recursive: true });
const what = process.argv[2] ?? "all";
if (what === "binary" || what === "all") buildBinary();
if (what === "npm" || what === "all") buildPackage();
