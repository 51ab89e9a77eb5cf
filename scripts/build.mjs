// Builds venvoy. `build.mjs binary`: the standalone binary, dist/venvoy. `build.mjs npm`: the package's JavaScript and
// types, dist/npm and dist/types. Without an argument both. Results appear by rename, so that a running copy is never torn.
// `build.mjs windows`: the binary for Windows, dist/venvoy.exe, from any system.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
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

/** `target`: `bun`, or the name of another system; then `runtime` is Bun's program for it. */
function buildBinary(name, target = "bun", runtime = undefined) {
  const stage = join(dist, `${name}.${process.pid}.tmp${name.endsWith(".exe") ? ".exe" : ""}`);
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
    `--target=${target}`,
    ...(runtime === undefined ? [] : [`--compile-executable-path=${runtime}`]),
    "src/main.ts",
    ...workers,
    `--outfile=${stage}`,
  ]);
  chmodSync(stage, 0o755);
  renameSync(stage, join(dist, name));
}

/**
 * Bun's program for Windows, of the version that builds here: the npm package that npm leaves out on other systems, with
 * the digest of the lock file. Bun would fetch it by itself, from elsewhere and without a promise.
 */
function windowsRuntime() {
  const name = "@oven/bun-windows-x64";
  const { version, integrity } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages[
    `node_modules/${name}`
  ];
  const kept = join(dist, "windows", `bun-${version}`);
  const program = join(kept, "package", "bin", "bun.exe");
  if (existsSync(program)) return program;
  const stage = `${kept}.${process.pid}.tmp`;
  mkdirSync(stage, { recursive: true });
  try {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    execFileSync(npm, ["pack", "--silent", `${name}@${version}`, `--pack-destination=${stage}`], {
      cwd: stage,
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    });
    const archive = join(stage, `oven-bun-windows-x64-${version}.tgz`);
    const digest = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
    if (digest !== integrity) throw new Error(`${name}@${version} has ${digest}, and the lock file says ${integrity}`);
    execFileSync("tar", ["-xzf", archive, "-C", stage], { stdio: "inherit" });
    rmSync(archive);
    chmodSync(join(stage, "package", "bin", "bun.exe"), 0o755);
    renameSync(stage, kept);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
  return program;
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
if (what === "binary" || what === "all") buildBinary(process.platform === "win32" ? "venvoy.exe" : "venvoy");
if (what === "windows") buildBinary("venvoy.exe", "bun-windows-x64", windowsRuntime());
if (what === "npm" || what === "all") buildPackage();
