import { type AbsPath, isVenvoyError, SafeUrl } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import type { WheelName } from "../../pep/index.ts";
import type { Ports } from "../../ports/index.ts";
import { Digests } from "../digests.ts";
import { download } from "../download.ts";
import { metadataUnusable, offlineMissing } from "../errors.ts";
import { localPath } from "../flat/local-path.ts";
import { type Ask, readAll } from "../http/index.ts";
import type { IndexSettings } from "../settings.ts";
import type { FileMetadata, ListedFile } from "../source.ts";
import type { MetadataEntry } from "./metadata-cache.ts";
import { NoRanges, openRanges } from "./range-source.ts";
import { checkedMetadata, maxMetadataBytes, metadataOfWheel, wheelOnDisk } from "./wheel-metadata.ts";

/** What a file's metadata is remembered under: the same bytes have the same metadata, wherever they lie. */
export function metadataKey(file: Pick<ListedFile, "hashes" | "url">): string {
  return file.hashes["sha256"] ?? `url-${createHash("sha256").update(file.url.reveal()).digest("hex")}`;
}

/**
 * Finds out a wheel's metadata from the cheapest place that has it: the file beside the wheel (PEP 658), the end of the
 * wheel by range requests, the whole wheel.
 */
export class MetadataReader {
  readonly #io: Pick<Ports, "fs">;
  readonly #ask: Ask;
  readonly #settings: Pick<IndexSettings, "offline" | "cacheDir">;
  /** Hosts that answered a range request with something else. */
  readonly #withoutRanges = new Set<string>();

  constructor(io: Pick<Ports, "fs">, ask: Ask, settings: Pick<IndexSettings, "offline" | "cacheDir">) {
    this.#io = io;
    this.#ask = ask;
    this.#settings = settings;
  }

  async read(file: ListedFile, signal: AbortSignal): Promise<MetadataEntry> {
    const { wheel, filename } = file;
    if (wheel === undefined) throw metadataUnusable(filename, "only building it would tell what it requires");
    if (file.url.toString().startsWith("file:")) {
      const source = await wheelOnDisk(this.#io.fs, localPath(this.#io.fs, file.url), filename);
      return { metadata: await metadataOfWheel(source, wheel), beside: false };
    }
    if (this.#settings.offline) throw offlineMissing(`The metadata of \`${filename}\``, { filename });
    const beside = await this.#beside(file, wheel, signal);
    if (beside !== undefined) return { metadata: beside, beside: true };
    const ranged = await this.#byRanges(file, wheel, signal);
    return { metadata: ranged ?? (await this.#wholeWheel(file, wheel, signal)), beside: false };
  }

  /** PEP 658; `undefined` when it isn't offered, or offered and not there. */
  async #beside(file: ListedFile, wheel: WheelName, signal: AbortSignal): Promise<FileMetadata | undefined> {
    const promised = file.metadataHashes;
    if (promised === undefined) return undefined;
    const url = besideUrl(file.url);
    const bytes = await this.#ask({
      url,
      signal,
      expects: [403, 404, 410],
      read: async (response, body) => {
        if (response.status < 300) return readAll({ response, body }, url, maxMetadataBytes);
        await response.discard();
        return undefined;
      },
    });
    if (bytes === undefined) return undefined;
    if (promised !== true) {
      const digests = new Digests(promised);
      digests.update(bytes);
      digests.check(promised, { filename: `${file.filename}.metadata`, url });
    }
    return checkedMetadata(bytes, wheel, file.filename);
  }

  async #byRanges(file: ListedFile, wheel: WheelName, signal: AbortSignal): Promise<FileMetadata | undefined> {
    const { host } = new URL(file.url.toString());
    if (this.#withoutRanges.has(host)) return undefined;
    try {
      const source = await openRanges(this.#ask, { url: file.url, label: file.filename, signal });
      return await metadataOfWheel(source, wheel);
    } catch (error) {
      if (!(error instanceof NoRanges)) throw error;
      this.#withoutRanges.add(host);
      return undefined;
    }
  }

  /** Kept, so that installing it needs no second download. */
  async #wholeWheel(file: ListedFile, wheel: WheelName, signal: AbortSignal): Promise<FileMetadata> {
    const sink = wholeWheelPath(this.#io.fs, this.#settings.cacheDir, file);
    const kept = await this.#io.fs.info(sink).catch(() => undefined);
    if (kept === undefined) await this.#fetchWhole(file, sink, signal);
    try {
      return await metadataOfWheel(await wheelOnDisk(this.#io.fs, sink, file.filename), wheel);
    } catch (error) {
      if (isVenvoyError(error)) await this.#io.fs.remove(sink);
      throw error;
    }
  }

  async #fetchWhole(file: ListedFile, sink: AbsPath, signal: AbortSignal): Promise<void> {
    const { fs } = this.#io;
    await fs.makeDir(fs.path.directory(sink));
    const stage = await fs.makeStage(fs.path.directory(sink), ".part");
    try {
      const part = fs.path.join(stage, "wheel");
      await download(this.#io, this.#ask, {
        file: wantedOf(file),
        sink: part,
        promised: file.hashes,
        signal,
        onProgress: () => {},
      });
      await fs.rename(part, sink);
    } finally {
      await fs.remove(stage);
    }
  }
}

function wantedOf({ filename, url, sizeBytes }: ListedFile): { filename: string; url: SafeUrl; sizeBytes?: number } {
  return { filename, url, ...(sizeBytes === undefined ? {} : { sizeBytes }) };
}

/** Where a wheel lies that had to be fetched for its metadata alone. */
export function wholeWheelPath(
  fs: Pick<Ports["fs"], "path">,
  cacheDir: AbsPath,
  file: Pick<ListedFile, "hashes" | "url">,
): AbsPath {
  return fs.path.join(cacheDir, "wheels-1", `${metadataKey(file)}.whl`);
}

/** The address of the metadata file: `.metadata` behind the path, in front of a query. */
function besideUrl(url: SafeUrl): SafeUrl {
  const full = new URL(url.reveal());
  full.pathname += ".metadata";
  return SafeUrl.parse(full.href);
}
