import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import type { RealPython } from "./real-pythons.ts";

export interface PackedRelease {
  readonly file: AbsPath;
  readonly filename: string;
  readonly version: string;
  readonly sha256: string;
}

/** What would only make the archive larger. */
const leftOut = ["__pycache__", "*.a", "test", "tests", "idlelib", "turtledemo", "lib2to3", "site-packages/*"];

/**
 * Packs an installed Python as python-build-standalone does (`install_only`): everything below `python/`. Its files still
 * name the place that it was built for. Needs GNU tar.
 */
export function packRelease(real: RealPython, into: string, build = "20260101"): PackedRelease {
  const version = basename(real.prefix);
  const filename = `cpython-${version}+${build}-${machineWord()}-install_only.tar.gz`;
  const file = join(into, filename);
  const excluded = leftOut.map((name) => `--exclude=${name}`);
  execFileSync("tar", [
    "--create",
    "--use-compress-program=gzip -1",
    `--file=${file}`,
    ...excluded,
    `--transform=flags=r;s,^${version},python,`,
    `--directory=${dirname(real.prefix)}`,
    ...[
      "bin/python",
      "bin/python3",
      `bin/python${real.minor}`,
      `bin/python${real.minor}-config`,
      `bin/pydoc${real.minor}`,
      "include",
      "lib",
    ].map((path) => `${version}/${path}`),
  ]);
  const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
  return { file: absPath(file), filename, version, sha256 };
}

/** Writes what a mirror lists. */
export function writeChecksums(
  directory: string,
  releases: readonly Pick<PackedRelease, "filename" | "sha256">[],
): void {
  writeFileSync(
    join(directory, "SHA256SUMS"),
    releases.map(({ sha256, filename }) => `${sha256}  ${filename}\n`).join(""),
  );
}

function machineWord(): string {
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  return process.platform === "darwin" ? `${machine}-apple-darwin` : `${machine}-unknown-linux-gnu`;
}
