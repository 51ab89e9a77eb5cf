/*
 * Loaded into the Windows runtime before venvoy, by the suite that runs under wine. The wine of Debian has neither
 * junctions nor symbolic links: making one fails, or does nothing and says that it worked. Here Linux's own links stand in
 * for them, so that every program of wine follows them, and a small register tells what Windows would tell of a link:
 * that it is one, and its text. What this can't show (the call that makes a junction, the right that a link needs) is
 * listed in docs/windows.md. Where wine can make junctions, nothing here is done.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import type { Dirent, PathLike, Stats } from "node:fs";
import { win32 as path } from "node:path";

interface Link {
  readonly path: string;
  readonly target: string;
  readonly kind: "junction" | "file" | "dir";
}

const register = "C:\\venvoy-links";
const prefix = process.env["VENVOY_TEST_WINEPREFIX"] ?? "";
// Not by `import`: the names that other modules import are taken from here once, at the first import.
const fs = process.getBuiltinModule("node:fs");
const real = { ...fs };

if (prefix !== "" && !makesJunctions()) install();

function makesJunctions(): boolean {
  const at = `${register}-try-${process.pid}`;
  try {
    real.symlinkSync("C:\\windows", at, "junction");
    real.unlinkSync(at);
    return true;
  } catch {
    return false;
  }
}

function fail(code: string, call: string, at: string): never {
  throw Object.assign(new Error(`${code}: ${call} '${at}'`), { code, syscall: call, path: at });
}

const whole = (at: PathLike): string => path.resolve(String(at)).replace(/^\\\\\?\\/, "");

function fileOf(at: string): string {
  return path.join(register, createHash("sha256").update(at.toLowerCase()).digest("hex").slice(0, 32));
}

function find(at: string): Link | undefined {
  try {
    return JSON.parse(real.readFileSync(fileOf(at), "utf8")) as Link;
  } catch {
    return undefined;
  }
}

function below(directory: string): Link[] {
  const start = `${directory.toLowerCase()}\\`;
  return everything().filter((link) => link.path.toLowerCase().startsWith(start));
}

function everything(): Link[] {
  let names: string[];
  try {
    names = real.readdirSync(register);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    if (name.startsWith("call-")) return [];
    try {
      return [JSON.parse(real.readFileSync(path.join(register, name), "utf8")) as Link];
    } catch {
      return [];
    }
  });
}

function keep(link: Link): void {
  real.mkdirSync(register, { recursive: true });
  real.writeFileSync(fileOf(link.path), JSON.stringify(link));
}

const drop = (at: string): void => real.rmSync(fileOf(at), { force: true });

/** Where a path of Windows lies for Linux. */
function unix(at: string): string {
  return `${prefix}/dosdevices/${at.slice(0, 2).toLowerCase()}${at.slice(2).replaceAll("\\", "/")}`;
}

let calls = 0;

/** Runs a program of Linux and waits for its end. */
function linux(program: string, ...words: string[]): void {
  real.mkdirSync(register, { recursive: true });
  const marker = `${register}\\call-${process.pid}-${calls++}`;
  const script = unix(path.join(import.meta.dirname, "linux-call.sh"));
  const call = ["/wait", "/unix", "/bin/sh", script, unix(marker), program, ...words];
  spawnSync("C:\\windows\\system32\\start.exe", call, { stdio: "ignore" });
  const until = Date.now() + 60_000;
  while (!real.existsSync(marker)) {
    if (Date.now() > until) throw new Error(`${program} ${words.join(" ")} didn't end`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  }
  const status = real.readFileSync(marker, "utf8").trim();
  real.rmSync(marker, { force: true });
  if (status !== "0") throw new Error(`${program} ${words.join(" ")} ended with ${status}`);
}

function symlink(target: PathLike, at: PathLike, kind?: string | null): void {
  const place = whole(at);
  if (find(place) !== undefined || real.existsSync(place)) fail("EEXIST", "symlink", place);
  if (!real.existsSync(path.dirname(place))) fail("ENOENT", "symlink", place);
  const text = String(target);
  const absolute = path.resolve(path.dirname(place), text);
  linux("/bin/ln", "-sT", unix(absolute), unix(place));
  keep({ path: place, target: text, kind: kind === "junction" || kind === "dir" ? kind : "file" });
}

/** Windows tells of a junction's text with a separator at its end. */
function readlink(at: PathLike): string {
  const link = find(whole(at));
  if (link === undefined) return real.readlinkSync(at) as string;
  return link.kind === "junction" ? `${link.target.replace(/\\$/, "")}\\` : link.target;
}

function asLink<T extends Stats | Dirent>(entry: T): T {
  const told = { isSymbolicLink: () => true, isFile: () => false, isDirectory: () => false };
  return Object.assign(Object.create(entry) as T, told);
}

function lstat(at: PathLike, options?: { throwIfNoEntry?: boolean; bigint?: boolean }): unknown {
  if (find(whole(at)) === undefined) return real.lstatSync(at, options as { throwIfNoEntry: false });
  // A link that leads nowhere has no facts under wine: those of its directory are as good.
  const facts =
    real.lstatSync(at, { ...options, throwIfNoEntry: false }) ?? real.lstatSync(path.dirname(whole(at)), options);
  return facts === undefined ? undefined : asLink(facts as Stats);
}

function readdir(at: PathLike, options?: { withFileTypes?: boolean } | string | null): unknown {
  const directory = whole(real.realpathSync.native(at));
  const links = new Map(
    below(directory)
      .filter((link) => path.dirname(link.path).toLowerCase() === directory.toLowerCase())
      .map((link) => [path.basename(link.path), link]),
  );
  if (typeof options !== "object" || options?.withFileTypes !== true) {
    return [...new Set([...real.readdirSync(at), ...links.keys()])];
  }
  const entries = real.readdirSync(at, { withFileTypes: true });
  const sample = entries[0];
  const shown = entries.map((entry) => (links.has(entry.name) ? asLink(entry) : entry));
  const hidden = [...links.keys()].filter((name) => !entries.some((entry) => entry.name === name));
  return [...shown, ...hidden.map((name) => asLink({ ...sample, name, parentPath: directory } as unknown as Dirent))];
}

function unlink(at: PathLike): void {
  const place = whole(at);
  if (find(place) === undefined) {
    real.unlinkSync(at);
    return;
  }
  linux("/bin/rm", "-f", unix(place));
  drop(place);
}

function rename(from: PathLike, to: PathLike): void {
  const [source, target] = [whole(from), whole(to)];
  const link = find(source);
  if (link !== undefined) {
    // As Windows has it: nothing is renamed over a directory or a junction.
    if (find(target) !== undefined || real.existsSync(target)) fail("EPERM", "rename", target);
    linux("/bin/mv", "-T", unix(source), unix(target));
    drop(source);
    keep({ ...link, path: target });
    return;
  }
  const inside = below(source);
  real.renameSync(from, to);
  for (const one of inside) {
    drop(one.path);
    keep({ ...one, path: target + one.path.slice(source.length) });
  }
  drop(target);
}

function install(): void {
  Object.assign(fs, {
    symlinkSync: symlink,
    readlinkSync: readlink,
    lstatSync: lstat,
    readdirSync: readdir,
    unlinkSync: unlink,
    renameSync: rename,
  });
}
