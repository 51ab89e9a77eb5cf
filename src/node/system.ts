import { availableParallelism, homedir, hostname, machine, userInfo } from "node:os";
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
      return absPath(homedir());
    },
    get cwd() {
      return currentDirectory();
    },
    get cores() {
      return availableParallelism();
    },
    get hostName() {
      return hostname();
    },
    get user() {
      return userName();
    },
    uid: process.getuid?.() ?? 0,
    pid: process.pid,
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

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run with user numbers that have no entry.
    return process.env["USER"] ?? process.env["USERNAME"] ?? String(process.getuid?.() ?? "unknown");
  }
}

/** A compiled binary has its program inside; otherwise the runtime needs its options and the file. */
function selfCommand(): readonly [string, ...string[]] {
  const script = process.argv[1];
  const isCompiled = script === undefined || script.startsWith("/$bunfs/") || script.includes(":\\~BUN\\");
  return isCompiled ? [process.execPath] : [process.execPath, ...process.execArgv, script];
}
