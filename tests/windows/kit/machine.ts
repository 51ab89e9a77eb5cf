import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { type Ended, type RunOptions, repository } from "../../kit/binary.ts";
import { forwardingLibrary } from "./forwarding-library.ts";

/** What the suite runs on, made once for all of its files; paths are Linux's. */
export interface Provided {
  readonly prefix: string;
  readonly binary: string;
  readonly bun: string;
  /** An installation of Python for Windows. */
  readonly python?: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    windows: Provided | undefined;
  }
}

export interface WindowsRunOptions extends RunOptions {
  /** Hears standard output while the program runs. */
  readonly onOut?: (all: string) => void;
  /** Keeps standard input open until what it is given is called. */
  readonly holdInput?: (end: () => void) => void;
}

/** A Windows that wine plays. */
export interface Machine extends Provided {
  /** Its drive C. */
  readonly c: string;
  /** What Windows calls a file of Linux. */
  path(unix: string): string;
  /** Makes a directory of Linux a drive, as a share gets its letter. */
  drive(letter: string, directory: string): void;
  /** Starts a program of Windows; its outputs are pipes. */
  run(program: string, words: readonly string[], options?: WindowsRunOptions): Promise<Ended>;
}

/** Undefined where wine can't be had; `global-setup.ts` said why. */
export function machine(): Machine | undefined {
  const provided = inject("windows");
  if (provided === undefined) return undefined;
  const c = join(provided.prefix, "drive_c");
  return {
    ...provided,
    c,
    path: (unix) =>
      unix === c || unix.startsWith(`${c}/`)
        ? `C:${unix.slice(c.length).replaceAll("/", "\\") || "\\"}`
        : `Z:${unix.replaceAll("/", "\\")}`,
    drive(letter, directory) {
      const link = join(provided.prefix, "dosdevices", `${letter.toLowerCase()}:`);
      rmSync(link, { force: true });
      symlinkSync(directory, link);
    },
    run: (program, words, options) => run(provided.prefix, program, words, options),
  };
}

/** Variables that lead to the registry stay, with the paths in them as Windows names them. */
function environment(prefix: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value = ""] of Object.entries(process.env)) {
    if (/^(VENVOY_|UV_|VIRTUAL_ENV|XDG_|PYTHON|CONDA|BUN_|WINE|NODE_OPTIONS|DISPLAY)/.test(name)) continue;
    const isPath = value.startsWith("/") && /^PIP_|CERT|CA_/.test(name);
    env[name] = isPath ? `Z:${value.replaceAll("/", "\\")}` : value;
  }
  // A program that wine can't go on with ends, instead of waiting for a debugger.
  return {
    ...env,
    WINEPREFIX: prefix,
    WINEDEBUG: "-all",
    WINEDLLOVERRIDES: "winedbg.exe=d",
    VENVOY_COMPILE: "never",
    VENVOY_TIDY: "never",
  };
}

/** Standard input, output and error are pipes: wine can't write to some of the other things that they may be. */
function run(
  prefix: string,
  program: string,
  words: readonly string[],
  options: WindowsRunOptions = {},
): Promise<Ended> {
  return new Promise((settle, fail) => {
    const child: ChildProcess = spawn("wine", [program, ...words], {
      cwd: options.cwd ?? join(prefix, "drive_c"),
      env: { ...environment(prefix), ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    options.onStart?.(child);
    let out = "";
    let err = "";
    child.stdout?.on("data", (piece: Buffer) => {
      out += piece;
      options.onOut?.(out);
    });
    child.stderr?.on("data", (piece: Buffer) => {
      err += piece;
      options.onErr?.(err);
    });
    child.on("error", fail);
    child.on("close", (exit, signal) => settle({ exit, signal, out, err }));
    child.stdin?.on("error", () => {});
    const end = (): void => void child.stdin?.end(options.input ?? "");
    if (options.holdInput === undefined) end();
    else options.holdInput(end);
  });
}

/** Variables with which links work where wine has none; see `stand-in-links.ts`. */
export function withLinks(prefix: string): Record<string, string> {
  const preload = join(repository, "tests", "windows", "kit", "stand-in-links.ts").replaceAll("/", "\\");
  return { VENVOY_TEST_WINEPREFIX: prefix, BUN_OPTIONS: `--preload=Z:${preload}` };
}

/** Makes a fresh Windows 10 in a temporary directory, and leaves its server running: else each start waits for one. */
export function installWindows(): { readonly prefix: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), "venvoy-wine-"));
  const prefix = join(directory, "prefix");
  const env = { ...environment(prefix), WINEDLLOVERRIDES: "mscoree,mshtml=" };
  const wine = (program: string, ...words: string[]): void => {
    const { status, error } = spawnSync(program, words, { env, stdio: "ignore", timeout: 300_000 });
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${status}`);
  };
  wine("wineboot", "--init");
  wine("wine", "winecfg", "-v", "win10");
  // No screen is looked for.
  wine("wine", "reg", "add", "HKCU\\Software\\Wine\\Drivers", "/v", "Graphics", "/d", "null", "/f");
  const system = join(prefix, "drive_c", "windows", "system32");
  mkdirSync(system, { recursive: true });
  const random = forwardingLibrary("bcryptprimitives.dll", "ProcessPrng", "advapi32.SystemFunction036");
  writeFileSync(join(system, "bcryptprimitives.dll"), random);
  spawnSync("wineserver", ["-k", "-w"], { env, stdio: "ignore", timeout: 30_000 });
  wine("wineserver", "-p");
  // The services come up with the first program, and would hold its outputs open.
  wine("wine", "cmd", "/c", "ver");
  return {
    prefix,
    remove() {
      spawnSync("wineserver", ["-k", "-w"], { env, stdio: "ignore", timeout: 30_000 });
      rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}
