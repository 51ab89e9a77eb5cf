import { type AbsPath, mapLimit, type SafeUrl, type Sha256 } from "../../base/index.ts";
import { explainingDisk, sweepStages, withStage } from "../../disk/index.ts";
import type { PackageSource } from "../../pypi/index.ts";
import type { Context } from "../context.ts";

/** A file that shall lie in a directory, for `--find-links`. */
export interface WheelhouseFile {
  readonly filename: string;
  /** Without it the file is fetched whatever lies there. */
  readonly sha256?: Sha256 | undefined;
  readonly url: SafeUrl;
  readonly sizeBytes?: number | undefined;
}

/** How many files are hashed or fetched at once; the index client bounds requests by host. */
const atOnce = 16;

/** Those of the files that lie in the directory already, with the right digest. */
export async function filesThere<File extends Pick<WheelhouseFile, "filename" | "sha256">>(
  { fs }: Context,
  directory: AbsPath,
  files: readonly File[],
): Promise<ReadonlySet<File>> {
  const states = await mapLimit(files, atOnce, async (file) => {
    if (file.sha256 === undefined) return undefined;
    const [digest] = await fs.digests([fs.path.join(directory, file.filename)]);
    return digest === file.sha256 ? file : undefined;
  });
  return new Set(states.filter((file) => file !== undefined));
}

/**
 * Fetches files into a directory, which is made. Each gets its name when it is whole, in place of what had it; what a run
 * that was cut off left half done goes. The answer is the number of bytes.
 */
export async function bringInto(
  context: Context,
  directory: AbsPath,
  {
    files,
    source,
    signal,
  }: {
    readonly files: readonly WheelhouseFile[];
    readonly source: PackageSource;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<number> {
  const { fs } = context;
  await explainingDisk(directory, () => fs.makeDir(directory));
  await sweepStages(context, directory);
  if (files.length === 0) return 0;
  // The stage lies in the directory itself: a rename is then a rename, whatever disk that is.
  const sizes = await withStage(context, directory, ".fetch", (stage) =>
    mapLimit(files, atOnce, async ({ filename, url, sha256, sizeBytes }) => {
      const half = fs.path.join(stage, filename);
      const wanted = {
        filename,
        url,
        ...(sha256 === undefined ? {} : { sha256 }),
        ...(sizeBytes === undefined ? {} : { sizeBytes }),
      };
      const fetched = await source.fetch(wanted, half, signal === undefined ? {} : { signal });
      await explainingDisk(directory, () => fs.rename(half, fs.path.join(directory, filename)));
      return fetched.sizeBytes;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
