import { type AbsPath, VenvoyError } from "../../base/index.ts";
import type { LockedPackage } from "../../resolve/index.ts";
import { askedOf, typedOrNamed } from "../asked.ts";
import { baseOfEnvironment } from "../bases.ts";
import { type Context, pathFrom } from "../context.ts";
import { readRequirementFiles } from "../files.ts";
import { withProof } from "../hash-proof.ts";
import { checkHashes } from "../hashes.ts";
import { bringInto, filesThere, type WheelhouseFile } from "../locking/wheelhouse.ts";
import { namingIn } from "../packages.ts";
import type { ContentRequest } from "../requests.ts";
import { solve } from "../solve.ts";
import { targetPlace } from "../targets.ts";

export interface DownloadRequest extends ContentRequest {
  readonly requirements: readonly string[];
  readonly files?: readonly string[];
  /** Left out: the working directory. */
  readonly to?: string;
  /** Only what is asked for by name. */
  readonly onlyAsked?: boolean;
}

export interface DownloadedFile {
  readonly name: string;
  readonly version: string;
  readonly file: AbsPath;
  /** False when it was there already, with the digest that was promised. */
  readonly fresh: boolean;
}

export interface DownloadReport {
  readonly directory: AbsPath;
  readonly files: readonly DownloadedFile[];
  readonly notes: readonly string[];
}

/** Writes the files that a fresh environment on the same Python would be made of into a directory; installs nothing. */
export async function download(context: Context, request: DownloadRequest): Promise<DownloadReport> {
  const { fs } = context;
  const place = await targetPlace(context, request.name);
  const naming = namingIn(context, place, request);
  const read = await readRequirementFiles(context, request.files ?? [], { naming });
  const requirements = [...read.requirements, ...(await typedOrNamed(context, request.requirements, naming))];
  if (requirements.length === 0)
    throw new VenvoyError("ARGUMENT_INVALID", "`venvoy pip download` needs a package", {
      hint: "venvoy pip download numpy",
    });
  const choices = { ...read.choices, ...request };
  const environment = await context.home.open(place.root);
  const base = await baseOfEnvironment(context, environment, request.signal);
  const solved = await solve(context, base.interpreter, {
    asked: askedOf(context, { requirements, claims: [] }),
    constraints: read.constraints,
    hashes: read.hashes,
    choices,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  const check = { required: choices.requireHashes };
  checkHashes(solved.lock, read.hashes, { ...check, isPlan: true });
  await withProof(context, read.hashes, { ...solved, check, signal: request.signal });
  const directory = request.to === undefined ? fs.path.resolve(context.system.cwd, ".") : pathFrom(context, request.to);
  const wanted = solved.lock.packages.filter((item) => !request.onlyAsked || item.requested);
  const files = wanted.map(downloadable);
  const there = await filesThere(context, directory, files);
  const missing = files.filter((file) => !there.has(file));
  await bringInto(context, directory, { files: missing, source: solved.source, signal: request.signal });
  return {
    directory,
    files: files.map((file) => {
      const { name, version, filename } = file;
      return { name, version, file: fs.path.join(directory, filename), fresh: !there.has(file) };
    }),
    notes: solved.notes,
  };
}

function downloadable({
  name,
  version,
  wheel,
}: LockedPackage): WheelhouseFile & Pick<LockedPackage, "name" | "version"> {
  const { filename, url, sha256, sizeBytes } = wheel;
  if (url !== undefined) return { name, version, filename, url, sha256, sizeBytes };
  throw new VenvoyError(
    "PACKAGE_BLOCKED",
    `\`${name}\` comes from sources at an address: there is no file to download`,
    {
      hint: "venvoy add takes it from there",
      data: { name },
    },
  );
}
