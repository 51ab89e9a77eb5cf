import { readFileSync } from "node:fs";
import { availableParallelism, homedir, hostname, machine, release, uptime, userInfo, version } from "node:os";
import { type AbsPath, absPath } from "../base/index.ts";
import type { System } from "../ports/index.ts";
import { findLibc } from "./libc.ts";

/** What costs something to find out (libc, user, host name) is found out when first asked. */
export function nodeSystem(): System {
  const os = osName();
  const env = process.env;
  return {
    os,
    env,
    get machine() {
      return machineName(os, env);
    },
    get libc() {
      libc ??= { found: os === "linux" ? findLibc() : undefined };
      return libc.found;
    },
    get home() {
      return homeDirectory();
    },
    get cwd() {
      return currentDirectory();
    },
    get cores() {
      return availableParallelism();
    },
    get kernel() {
      return `${release()} ${version()}`;
    },
    get hostName() {
      return hostname();
    },
    get user() {
      return userName();
    },
    uid: process.getuid?.() ?? 0,
    pid: process.pid,
    get boot() {
      return bootName();
    },
    get self() {
      return selfCommand();
    },
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
  };
}

let libc: { readonly found: System["libc"] } | undefined;

function osName(): System["os"] {
  if (process.platform === "win32") return "windows";
  return process.platform === "darwin" ? "macos" : "linux";
}

/** Python asks uname, but on Windows the variables that tell the machine below an emulation. */
function machineName(os: System["os"], env: System["env"]): string {
  if (os !== "windows") return machine();
  return env["PROCESSOR_ARCHITEW6432"] ?? env["PROCESSOR_ARCHITECTURE"] ?? "AMD64";
}

/** Somebody without an entry, as in containers and bare roots, lives at the root, where those who start containers put them, too. */
function homeDirectory(): AbsPath {
  try {
    return absPath(homedir());
  } catch {
    return absPath("/");
  }
}

/** A shell's directory may have been removed under it; its name is still what relative paths mean. */
function currentDirectory(): AbsPath {
  try {
    return absPath(process.cwd());
  } catch (error) {
    const told = process.env["PWD"];
    if (told?.startsWith("/") === true) return absPath(told);
    throw error;
  }
}

function bootName(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Not Linux: the time of the start, coarse because clocks are set while a machine runs.
    return `started ${Math.round((Date.now() / 1000 - uptime()) / 600)}`;
  }
}

function userName(): string {
  const told = process.env["USER"] ?? process.env["USERNAME"];
  try {
    // Bun repeats the variable, and says `unknown` without one.
    const { username } = userInfo();
    if (username !== "unknown") return username;
  } catch {
    // Containers run with user numbers that have no entry.
  }
  return told ?? passwdName(process.getuid?.()) ?? "unknown";
}

function passwdName(uid: number | undefined): string | undefined {
  if (uid === undefined) return undefined;
  try {
    const entries = readFileSync("/etc/passwd", "utf8").split("\n");
    return entries.map((line) => line.split(":")).find((fields) => fields[2] === String(uid))?.[0] ?? String(uid);
  } catch {
    return String(uid);
  }
}

/** A compiled binary has its program inside; otherwise the runtime needs its options and the file. */
function selfCommand(): readonly [string, ...string[]] {
  const script = process.argv[1];
  const isCompiled = script === undefined || script.startsWith("/$bunfs/") || script.includes(":\\~BUN\\");
  return isCompiled ? [process.execPath] : [process.execPath, ...process.execArgv, script];
}
