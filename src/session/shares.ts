import { type AbsPath, hasCode } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";
import { arrayMismatch } from "./errors.ts";

type ShareIo = Pick<Ports, "fs" | "proc" | "system">;

const prefix = "venvoy-lanes-";
const memoryDir = "/dev/shm" as AbsPath;

/** NumPy's way to write an element's kind: `<f8`, or the fields of a structure. */
export type ArrayType = string | readonly unknown[];

/** Where an array lies in a shared file. */
export interface ArrayPlace {
  readonly file: AbsPath;
  readonly offset: number;
  readonly order: "C" | "F";
  readonly dtype: ArrayType;
  readonly shape: readonly number[];
}

/**
 * An array in shared memory, as this program holds it. Lanes that get it map the same memory. Its memory is given back
 * when every holder has let go: `release` here, garbage collection in the lanes.
 */
export class SharedArray implements AsyncDisposable {
  readonly dtype: ArrayType;
  readonly shape: readonly number[];
  readonly order: "C" | "F";
  readonly place: ArrayPlace;
  /** Lanes that get it may write into it. */
  readonly isWritable: boolean;
  readonly #io: Pick<Ports, "fs">;
  readonly #letGo: () => Promise<void>;

  constructor(
    io: Pick<Ports, "fs">,
    place: ArrayPlace,
    { isWritable = false, letGo }: { readonly isWritable?: boolean; readonly letGo: () => Promise<void> },
  ) {
    this.#io = io;
    this.#letGo = letGo;
    this.place = place;
    this.dtype = place.dtype;
    this.shape = place.shape;
    this.order = place.order;
    this.isWritable = isWritable;
  }

  /** A copy of its bytes: JavaScript can't map files. */
  async bytes(): Promise<Uint8Array> {
    const { file, offset } = this.place;
    return this.#io.fs.readRange(file, offset, sizeOf(this));
  }

  /** The same memory, handed on with leave to write. */
  writable(): SharedArray {
    return new SharedArray(this.#io, this.place, { isWritable: true, letGo: this.#letGo });
  }

  /** Lets go of the memory; lanes that hold it keep it. */
  async release(): Promise<void> {
    await this.#letGo();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

function sizeOf({ dtype, shape }: Pick<ArrayPlace, "dtype" | "shape">): number {
  return shape.reduce((size, length) => size * length, itemSize(dtype));
}

/** The size of one element, in bytes. */
function itemSize(dtype: ArrayType): number {
  if (typeof dtype !== "string") {
    return dtype.reduce<number>((sum, field) => {
      const [, kind, shape = []] = field as readonly [unknown, ArrayType, (readonly number[])?];
      return sum + shape.reduce((size, length) => size * length, itemSize(kind));
    }, 0);
  }
  const size = Number(/^[<>|=]?[A-Za-z](\d+)/.exec(dtype)?.[1] ?? "0");
  return /^[<>|=]?U/.test(dtype) ? 4 * size : size;
}

/** The directories of one session's arrays, and who still holds which file. */
export class Shares {
  readonly directories: readonly AbsPath[];
  readonly #io: ShareIo;
  readonly #holders = new Map<AbsPath, number>();
  #made = 0;

  private constructor(io: ShareIo, directories: readonly AbsPath[]) {
    this.#io = io;
    this.directories = directories;
  }

  /** In memory where the system has a file system for that, and on the disk for what doesn't fit there. */
  static async open(io: ShareIo, diskDir: AbsPath): Promise<Shares> {
    const parents = io.system.os === "linux" ? [memoryDir, diskDir] : [diskDir];
    const directories: AbsPath[] = [];
    for (const parent of parents) {
      await sweep(io, parent);
      const made = await makePrivate(io, parent);
      if (made !== undefined) directories.push(made);
    }
    return new Shares(io, directories);
  }

  /** A file that a lane handed over is held from here on. */
  hold(place: ArrayPlace): SharedArray {
    this.#holders.set(place.file, (this.#holders.get(place.file) ?? 0) + 1);
    let isHeld = true;
    return new SharedArray(this.#io, place, {
      letGo: async () => {
        if (!isHeld) return;
        isHeld = false;
        await this.#release(place.file);
      },
    });
  }

  /** True for a path that a lane of this session may hand over. */
  owns(file: string): boolean {
    const { fs } = this.#io;
    return this.directories.some((directory) => fs.path.directory(file as AbsPath) === directory);
  }

  /** A new array from bytes of this program. */
  async make(bytes: Uint8Array, { dtype, shape }: Pick<ArrayPlace, "dtype" | "shape">): Promise<SharedArray> {
    const { fs } = this.#io;
    const wanted = sizeOf({ dtype, shape });
    if (wanted !== bytes.byteLength || itemSize(dtype) === 0) throw arrayMismatch(bytes.byteLength, wanted);
    let failure: unknown;
    for (const directory of this.directories) {
      const file = fs.path.join(directory, `host-${++this.#made}`);
      try {
        // An empty file can't be mapped.
        await fs.write(file, bytes.byteLength === 0 ? new Uint8Array(1) : bytes, { mode: 0o600 });
        return this.hold({ file, offset: 0, order: "C", dtype, shape });
      } catch (error) {
        failure = error;
        await fs.remove(file);
      }
    }
    throw failure;
  }

  /** A lane is gone: what it made and had not handed over goes. */
  async forget(lane: string): Promise<void> {
    const { fs } = this.#io;
    for (const directory of this.directories) {
      for (const { name } of (await fs.list(directory)) ?? []) {
        const file = fs.path.join(directory, name);
        if (name.startsWith(`${lane}-`) && !this.#holders.has(file)) await fs.remove(file);
      }
    }
  }

  async close(): Promise<void> {
    for (const directory of this.directories) await this.#io.fs.remove(directory);
  }

  async #release(file: AbsPath): Promise<void> {
    const left = (this.#holders.get(file) ?? 0) - 1;
    if (left > 0) return void this.#holders.set(file, left);
    this.#holders.delete(file);
    await this.#io.fs.remove(file);
  }
}

async function makePrivate(io: ShareIo, parent: AbsPath): Promise<AbsPath | undefined> {
  const { fs, system } = io;
  const name = `${prefix}${system.uid}-${system.pid}-${Buffer.from(system.random(6)).toString("hex")}`;
  const directory = fs.path.join(parent, name);
  try {
    await fs.makeDir(directory);
    await fs.setMode(directory, 0o700);
    return directory;
  } catch (error) {
    if (hasCode(error, "ENOENT", "EACCES", "EPERM", "EROFS", "ENOSPC")) return undefined;
    throw error;
  }
}

/** Takes away what sessions of programs that are no more have left behind. */
async function sweep(io: ShareIo, parent: AbsPath): Promise<void> {
  const { fs, proc, system } = io;
  for (const { name } of (await fs.list(parent).catch(() => undefined)) ?? []) {
    const [, uid, pid] = /^venvoy-lanes-(\d+)-(\d+)-[0-9a-f]{12}$/.exec(name) ?? [];
    if (uid === undefined || Number(uid) !== system.uid || Number(pid) === system.pid || proc.isAlive(Number(pid)))
      continue;
    await fs.remove(fs.path.join(parent, name)).catch(() => undefined);
  }
}
