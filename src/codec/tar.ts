import { archiveInvalid, shownName } from "./errors.ts";
import { blockBytes, type PaxFields, parsePax, readHeader, type TarHeader, utf8 } from "./tar-header.ts";

/** One member of a tar archive. */
export interface TarEntry {
  /** As the archive writes it, without the `/` that ends a directory's name. Not checked for where it leads. */
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink" | "hardlink" | "other";
  /** Permission, set-id and sticky bits. */
  readonly mode: number;
  /** Where a link leads, as written; empty for what is no link. */
  readonly link: string;
  readonly sizeBytes: number;
  /** The content of a file; what is not read of it before the next entry is asked for is passed over. */
  readonly content: AsyncIterable<Uint8Array>;
}

export interface TarLimits {
  /** Of all contents together. */
  readonly mostBytes: number;
  readonly mostEntries: number;
}

export const defaultTarLimits: TarLimits = { mostBytes: 8 * 2 ** 30, mostEntries: 500_000 };

/** Headers that only say something about the next entry are small in every honest archive. */
const largestExtension = 1 << 20;

/**
 * Reads a tar archive (POSIX ustar and pax, GNU long names) as it comes in, entry by entry. Strict where readers differ:
 * a wrong checksum, a size that two headers say differently, an archive that is cut off, bytes after its end, a name
 * that is not UTF-8, sparse and multi-volume members all throw `ARCHIVE_INVALID`.
 */
export async function* readTar(
  label: string,
  source: AsyncIterable<Uint8Array>,
  limits: TarLimits = defaultTarLimits,
): AsyncGenerator<TarEntry> {
  const bytes = new Blocks(label, source);
  let pax: PaxFields = new Map();
  let global: PaxFields = new Map();
  let long: { name?: string; link?: string } = {};
  let left = limits.mostBytes;
  let entries = 0;
  for (;;) {
    const block = await bytes.block();
    if (block === undefined) throw archiveInvalid(label, "is cut off");
    if (isZero(block)) {
      await checkEnd(label, bytes);
      return;
    }
    const header = readHeader(label, block);
    entries += 1;
    if (entries > limits.mostEntries) throw archiveInvalid(label, `holds more than ${limits.mostEntries} entries`);
    switch (header.type) {
      case "x":
        pax = parsePax(label, await bytes.whole(checkExtension(label, header)));
        continue;
      case "g":
        global = new Map([...global, ...parsePax(label, await bytes.whole(checkExtension(label, header)))]);
        continue;
      case "L":
      case "K": {
        const text = longName(label, await bytes.whole(checkExtension(label, header)));
        long = header.type === "L" ? { ...long, name: text } : { ...long, link: text };
        continue;
      }
    }
    const facts = factsOf(label, header, { pax, global, long });
    left -= facts.sizeBytes;
    if (left < 0) throw archiveInvalid(label, `holds more than ${limits.mostBytes} bytes`);
    const body = bytes.body(facts.sizeBytes);
    yield { ...facts, content: body.chunks() };
    await body.skip();
    pax = new Map();
    long = {};
  }
}

interface Said {
  readonly pax: PaxFields;
  readonly global: PaxFields;
  readonly long: { readonly name?: string; readonly link?: string };
}

function factsOf(label: string, header: TarHeader, { pax, global, long }: Said): Omit<TarEntry, "content"> {
  const written = pax.get("path") ?? long.name ?? global.get("path") ?? header.name;
  if (pax.has("GNU.sparse.major") || pax.has("GNU.sparse.size") || header.type === "S") {
    throw archiveInvalid(label, `has a sparse member \`${shownName(written)}\``);
  }
  const kind = kindOf(label, header.type, written);
  const path = written.replace(/\/+$/, "");
  const stated = pax.get("size");
  // Links and directories have no content, whatever their header says.
  const hasContent = kind === "file" || kind === "other";
  if (stated !== undefined && hasContent && !sameSize(stated, header.sizeBytes)) {
    throw archiveInvalid(label, `says two sizes of \`${shownName(path)}\``);
  }
  return {
    path,
    kind: kind === "file" && written.endsWith("/") ? "directory" : kind,
    mode: header.mode,
    link: kind === "symlink" || kind === "hardlink" ? (pax.get("linkpath") ?? long.link ?? header.link) : "",
    sizeBytes: hasContent ? (stated === undefined ? header.sizeBytes : Number(stated)) : 0,
  };
}

/** A size that the old header can't hold is written there as zero; any other must agree. */
function sameSize(stated: string, inHeader: number): boolean {
  if (!/^\d{1,15}$/.test(stated)) return false;
  return Number(stated) === inHeader || (inHeader === 0 && Number(stated) >= 8 ** 11);
}

function kindOf(label: string, type: string, name: string): TarEntry["kind"] {
  switch (type) {
    case "0":
    case "\0":
    case "7":
      return "file";
    case "1":
      return "hardlink";
    case "2":
      return "symlink";
    case "5":
      return "directory";
    case "3":
    case "4":
    case "6":
      return "other";
    default:
      throw archiveInvalid(label, `has a member \`${shownName(name)}\` of the unknown type \`${shownName(type)}\``);
  }
}

function checkExtension(label: string, { sizeBytes }: TarHeader): number {
  if (sizeBytes > largestExtension) throw archiveInvalid(label, `has a header of ${sizeBytes} bytes`);
  return sizeBytes;
}

function longName(label: string, bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return utf8(label, end < 0 ? bytes : bytes.subarray(0, end));
}

/** After the first zero block only zeros may come. One zero block alone is how some old writers end. */
async function checkEnd(label: string, bytes: Blocks): Promise<void> {
  for (let block = await bytes.block(); block !== undefined; block = await bytes.block()) {
    if (!isZero(block)) throw archiveInvalid(label, "has more after its end");
  }
}

function isZero(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** A stream of bytes in blocks of 512, and bodies that end at a block's end. */
class Blocks {
  readonly #label: string;
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);

  constructor(label: string, source: AsyncIterable<Uint8Array>) {
    this.#label = label;
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next block; `undefined` at the end of the stream. */
  async block(): Promise<Uint8Array | undefined> {
    if (this.#chunk.length === 0 && !(await this.#more())) return undefined;
    return this.#exactly(blockBytes);
  }

  /** A whole small body with its padding taken. */
  async whole(length: number): Promise<Uint8Array> {
    const bytes = await this.#exactly(length);
    await this.#exactly(paddingOf(length));
    return bytes;
  }

  body(length: number): { readonly chunks: () => AsyncIterable<Uint8Array>; readonly skip: () => Promise<void> } {
    let left = length;
    let isPadded = false;
    const next = async (): Promise<Uint8Array | undefined> => {
      if (left === 0) return undefined;
      const chunk = await this.#upTo(left);
      left -= chunk.length;
      return chunk;
    };
    return {
      chunks: async function* () {
        for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
      },
      skip: async () => {
        while ((await next()) !== undefined);
        if (!isPadded) await this.#exactly(paddingOf(length));
        isPadded = true;
      },
    };
  }

  async #more(): Promise<boolean> {
    for (;;) {
      const { done, value } = await this.#source.next();
      if (done === true) return false;
      if (value.length === 0) continue;
      this.#chunk = value;
      return true;
    }
  }

  async #upTo(length: number): Promise<Uint8Array> {
    if (this.#chunk.length === 0 && !(await this.#more())) throw archiveInvalid(this.#label, "is cut off");
    const taken = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(taken.length);
    return taken;
  }

  async #exactly(length: number): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array(0);
    if (this.#chunk.length >= length) return this.#upTo(length);
    const joined = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const part = await this.#upTo(length - at);
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }
}

function paddingOf(length: number): number {
  return (blockBytes - (length % blockBytes)) % blockBytes;
}
