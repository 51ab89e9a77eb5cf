import { type AbsPath, VenvoyError } from "../../base/index.ts";
import { explainingDisk, withStage } from "../../disk/index.ts";
import type { LockedPackage } from "../../resolve/index.ts";
import { askedOf, typedOrNamed } from "../asked.ts";
import { baseOfEnvironment } from "../bases.ts";
import type { BuildingSource } from "../building/source.ts";
import { type Context, pathFrom } from "../context.ts";
import { readRequirementFiles } from "../files.ts";
import { withProof } from "../hash-proof.ts";
import { checkHashes } from "../hashes.ts";
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
  const files = await readRequirementFiles(context, request.files ?? [], { naming });
  const requirements = [...files.requirements, ...(await typedOrNamed(context, request.requirements, naming))];
  if (requirements.length === 0)
    throw new VenvoyError("ARGUMENT_INVALID", "`venvoy pip download` needs a package", {
      hint: "venvoy pip download numpy",
    });
  const choices = { ...files.choices, ...request };
  const environment = await context.home.open(place.root);
  const base = await baseOfEnvironment(context, environment, request.signal);
  const solved = await solve(context, base.interpreter, {
    asked: askedOf(context, { requirements, claims: [] }),
    constraints: files.constraints,
    hashes: files.hashes,
    choices,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  const check = { required: choices.requireHashes };
  checkHashes(solved.lock, files.hashes, { ...check, isPlan: true });
  await withProof(context, files.hashes, { ...solved, check, signal: request.signal });
  const directory = request.to === undefined ? fs.path.resolve(context.system.cwd, ".") : pathFrom(context, request.to);
  const wanted = solved.lock.packages.filter((item) => !request.onlyAsked || item.requested);
  const done: DownloadedFile[] = [];
  await explainingDisk(directory, () => fs.makeDir(directory));
  for (const item of wanted) done.push(await save(context, item, { directory, source: solved.source, request }));
  return { directory, files: done, notes: solved.notes };
}

async function save(
  context: Context,
  item: LockedPackage,
  to: { readonly directory: AbsPath; readonly source: BuildingSource; readonly request: DownloadRequest },
): Promise<DownloadedFile> {
  const { fs, layout } = context;
  const { filename, url, sha256, sizeBytes } = item.wheel;
  const { name, version } = item;
  const file = fs.path.join(to.directory, filename);
  const isThere = (await fs.info(file))?.kind === "file";
  if (isThere && sha256 !== undefined && (await fs.digests([file]))[0] === sha256)
    return { name, version, file, fresh: false };
  if (url === undefined) {
    throw new VenvoyError(
      "PACKAGE_BLOCKED",
      `\`${name}\` comes from sources at an address: there is no file to download`,
      {
        hint: "venvoy add takes it from there",
        data: { name },
      },
    );
  }
  const wanted = {
    filename,
    url,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
  const { signal } = to.request;
  await withStage(context, layout.stage, "download", async (stage) => {
    const fetched = fs.path.join(stage, filename);
    await to.source.fetch(wanted, fetched, signal === undefined ? {} : { signal });
    await explainingDisk(file, async () => {
      await fs.remove(file);
      await fs.copyFile(fetched, file);
    });
  });
  return { name, version, file, fresh: true };
}
