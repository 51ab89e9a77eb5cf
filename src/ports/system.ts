import type { AbsPath } from "../base/index.ts";

/** What is fixed while a command runs: the machine, the person, the place. */
export interface System {
  readonly os: "linux" | "macos" | "windows";
  /** As Python's `platform.machine()` says it: `x86_64`, `aarch64`, `arm64`, `AMD64`. */
  readonly machine: string;
  readonly libc: { readonly kind: "glibc" | "musl"; readonly version: string } | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: AbsPath;
  readonly cwd: AbsPath;
  readonly cores: number;
  /** Release and version of the kernel, as `uname` tells them: changes when another kernel is booted. */
  readonly kernel: string;
  readonly hostName: string;
  readonly user: string;
  readonly uid: number;
  readonly pid: number;
  /** Differs after every start of the machine (and may differ more often where the system doesn't tell). */
  readonly boot: string;
  /** How venvoy itself is started again (the binary, or Node and a file). */
  readonly self: readonly [string, ...string[]];
  /** `count` random bytes. */
  random(count: number): Uint8Array;
}
