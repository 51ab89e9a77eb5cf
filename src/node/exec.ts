import { fstatSync, readdirSync } from "node:fs";

/*
 * Bun only, POSIX only, and on the way of every warm `run`: no other imports.
 */

type Foreign = (...args: readonly unknown[]) => number;

/** The few names of Bun's foreign functions that are used here. */
interface BunFfi {
  dlopen(
    library: string,
    symbols: Readonly<Record<string, { readonly args: readonly string[]; readonly returns: string }>>,
  ): { readonly symbols: Readonly<Record<string, Foreign>> };
  ptr(bytes: ArrayBufferView): number;
  readonly read: { i32(pointer: number, offset: number): number };
}

/** What `bun:ffi` wraps. Taken directly it costs half a millisecond less, and a bundle for Node holds no such import. */
function bunFfi(): BunFfi {
  return (globalThis as unknown as { readonly Bun: { readonly FFI: BunFfi } }).Bun.FFI;
}

const isMac = process.platform === "darwin";
const libraries = isMac
  ? ["/usr/lib/libSystem.B.dylib"]
  : ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1", "libc.so"];
const errnoOf = isMac ? "__error" : "__errno_location";
const declarations = {
  execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
  signal: { args: ["i32", "ptr"], returns: "ptr" },
  fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
  [errnoOf]: { args: [], returns: "ptr" },
} as const;

/** Bun ignores SIGPIPE and SIGXFSZ for itself; an ignored signal stays ignored in the program. The numbers are POSIX. */
const ignoredByBun = [13, 25];
const [defaultAction, ignoreAction] = [0, 1];
const setDescriptorFlags = 2;
const [notFound, notDirectory] = [2, 20];

type Libc = Readonly<Record<string, Foreign>>;

/**
 * Replaces this process by a program, which keeps its number, its terminal and its streams. Returns only by throwing:
 * an error with `code` (`ENOENT`, `EACCES`, `ENOEXEC` …) as `spawn` has it; then nothing has changed. A program without
 * `/` is looked for in the PATH of `env`. The soft limit of open files stays as high as Bun has set it, as with Node.
 */
export function replaceProcess(
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string | undefined>>,
  cwd?: string,
): never {
  const ffi = bunFfi();
  const libc = openLibc(ffi);
  const words = pointerTable(ffi, argv);
  const variables = pointerTable(
    ffi,
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`])),
  );
  const before = cwd === undefined ? undefined : process.cwd();
  if (cwd !== undefined) process.chdir(cwd);
  const inherited = inheritedDescriptors();
  setSignals(libc, defaultAction);
  for (const descriptor of inherited) libc["fcntl"]?.(descriptor, setDescriptorFlags, 0);
  let errno = notFound;
  for (const file of candidates(argv[0], env["PATH"])) {
    libc["execve"]?.(ffi.ptr(zeroEnded(file)), ffi.ptr(words.table), ffi.ptr(variables.table));
    const failure = ffi.read.i32(libc[errnoOf]?.() ?? 0, 0);
    // Like execvp: what is missing is looked for further on; what was refused is told if nothing better comes.
    if (failure !== notFound && failure !== notDirectory) errno = failure;
  }
  setSignals(libc, ignoreAction);
  for (const descriptor of inherited) libc["fcntl"]?.(descriptor, setDescriptorFlags, 1);
  if (before !== undefined) process.chdir(before);
  throw startError(errno, argv[0]);
}

function openLibc(ffi: BunFfi): Libc {
  let failure: unknown;
  for (const library of libraries) {
    try {
      return ffi.dlopen(library, declarations).symbols;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function setSignals(libc: Libc, action: number): void {
  for (const signal of ignoredByBun) libc["signal"]?.(signal, action);
}

/**
 * Bun marks every descriptor that it inherits close-on-exec, but a shell hands files over by number
 * (`run a.py <(sort b)`). Pipes, files and devices go on; sockets and the event loop's own stay behind.
 */
function inheritedDescriptors(): number[] {
  return openDescriptors().filter((descriptor) => descriptor > 2 && isStream(descriptor));
}

/** A bare root may have no `/dev`, or nothing of the kind; then the low numbers are looked at, which are what a shell hands over. */
function openDescriptors(): number[] {
  for (const directory of ["/dev/fd", "/proc/self/fd"]) {
    try {
      return readdirSync(directory).map(Number);
    } catch {
      // The next place.
    }
  }
  return Array.from({ length: 256 }, (_, descriptor) => descriptor);
}

function isStream(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor);
    return stats.isFIFO() || stats.isFile() || stats.isCharacterDevice();
  } catch {
    // The descriptor of the listing itself is closed by now.
    return false;
  }
}

function candidates(program: string, path: string | undefined): string[] {
  if (program.includes("/")) return [program];
  return (path ?? "/usr/bin:/bin")
    .split(":")
    .map((directory) => (directory === "" ? program : `${directory}/${program}`));
}

function zeroEnded(text: string): Uint8Array {
  if (text.includes("\0")) throw Object.assign(new Error("an argument holds a zero byte"), { code: "EINVAL" });
  return Buffer.from(`${text}\0`);
}

/** A `char *[]`; `texts` must stay referenced as long as `table` is used. */
function pointerTable(
  ffi: BunFfi,
  words: readonly string[],
): { readonly table: BigUint64Array; readonly texts: Uint8Array[] } {
  const texts = words.map(zeroEnded);
  const table = new BigUint64Array(texts.length + 1);
  texts.forEach((text, index) => {
    table[index] = BigInt(ffi.ptr(text));
  });
  return { table, texts };
}

function startError(errno: number, program: string): Error {
  const code =
    { 2: "ENOENT", 7: "E2BIG", 8: "ENOEXEC", 12: "ENOMEM", 13: "EACCES", 26: "ETXTBSY" }[errno] ?? `E${errno}`;
  return Object.assign(new Error(`${code}: ${program} can't be started`), { code, errno: -errno, path: program });
}
