import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { removeDirectory } from "./remove-directory.ts";

export const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const binary = join(repository, "dist", "venvoy");

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly input?: string;
  readonly cwd?: string;
  /** Hears standard error while the program runs. */
  readonly onErr?: (all: string) => void;
  readonly onStart?: (child: ChildProcess) => void;
}

export interface Ended {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A person's account for one test: an empty home, and the built binary. Removed at the end of the test. */
export interface Person {
  readonly home: string;
  readonly dir: string;
  readonly env: Record<string, string>;
  venvoy(...words: string[]): Promise<Ended>;
  run(program: string, words: readonly string[], options?: RunOptions): Promise<Ended>;
  [Symbol.dispose](): void;
}

/** Variables that lead to the registry stay; whatever would lead to this machine's own environments goes. */
export function person(extra: Record<string, string> = {}): Person {
  if (!existsSync(binary)) throw new Error("dist/venvoy is missing: run ./venvoy --version first");
  const home = mkdtempSync(join(tmpdir(), "venvoy-e2e-"));
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VENVOY_|UV_|VIRTUAL_ENV|XDG_|PYTHON|CONDA)/.test(name),
  );
  const env: Record<string, string> = {
    ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ""])),
    HOME: home,
    // The Pythons of this machine are found below the real home.
    PYENV_ROOT: process.env["PYENV_ROOT"] ?? join(process.env["HOME"] ?? "/", ".pyenv"),
    VENVOY_HOME: join(home, "venvoy"),
    // Bytecode that is made behind the answer would fill the directory while the test removes it.
    VENVOY_COMPILE: "never",
    VENVOY_TIDY: "never",
    ...extra,
  };
  const run: Person["run"] = (program, words, options = {}) =>
    new Promise((settle, fail) => {
      const child = spawn(program, words, {
        cwd: options.cwd ?? home,
        env: { ...env, ...options.env },
        stdio: ["pipe", "pipe", "pipe"],
      });
      options.onStart?.(child);
      let out = "";
      let err = "";
      child.stdout.on("data", (piece: Buffer) => {
        out += piece;
      });
      child.stderr.on("data", (piece: Buffer) => {
        err += piece;
        options.onErr?.(err);
      });
      child.on("error", fail);
      child.on("close", (exit, signal) => settle({ exit, signal, out, err }));
      child.stdin.on("error", () => {});
      child.stdin.end(options.input ?? "");
    });
  return {
    home,
    dir: home,
    env,
    run,
    venvoy: (...words) => run(binary, words),
    [Symbol.dispose]: () => removeDirectory(home),
  };
}
