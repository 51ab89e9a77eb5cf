import { type AbsPath, type PackageName, VenvoyError } from "../../base/index.ts";
import { type Environment, readLock } from "../../env/index.ts";
import type { AskedRequirement } from "../../resolve/index.ts";
import { askedOf } from "../asked.ts";
import { type Context, pathFrom } from "../context.ts";
import { isLockFile, readRequirementFiles } from "../files.ts";
import type { HashRules } from "../hashes.ts";
import { ownOfLock } from "../own-of-lock.ts";
import type { OwnPackages } from "../own-packages.ts";
import { withRemembered } from "../remembered.ts";
import type { FileWish, OperationOptions, ResolveChoices } from "../requests.ts";
import { interpreterFor, preferencesOf } from "../solve.ts";
import { targetEnvironment } from "../targets.ts";

/** What files or an environment ask for, to be resolved for targets. */
export interface LockInputs {
  readonly asked: readonly AskedRequirement[];
  readonly constraints: readonly AskedRequirement[];
  readonly hashes: HashRules;
  /** The caller's, over those that stand in the files. */
  readonly choices: ResolveChoices;
  /** Versions of the environment that is locked. */
  readonly preferences: ReadonlyMap<PackageName, string>;
  readonly environment?: Environment;
  /** What the environment has from sources at an address, as it is there. */
  readonly own: OwnPackages;
}

export interface InputRequest extends ResolveChoices, OperationOptions, FileWish {
  readonly files?: readonly string[];
  /** The environment, in place of files; without either the active one. */
  readonly name?: string;
}

/** Reads what is asked for. Throws `ARGUMENT_INVALID`, and what reading files and finding environments throws. */
export async function readInputs(context: Context, request: InputRequest): Promise<LockInputs> {
  const files = request.files ?? [];
  if (files.length > 0 && request.name !== undefined) {
    throw new VenvoyError("ARGUMENT_INVALID", "Files and an environment can't be locked together", {
      hint: "leave out -n, or the files",
    });
  }
  if (files.length > 0) {
    const { python, signal } = request;
    const naming = { choices: request, interpreter: () => interpreterFor(context, python, signal), signal };
    const read = await readRequirementFiles(context, files, { naming, wish: request });
    return {
      asked: askedOf(context, { requirements: read.requirements, claims: [] }),
      constraints: read.constraints,
      hashes: read.hashes,
      choices: { ...read.choices, ...request },
      preferences: new Map(),
      own: new Map(),
    };
  }
  const environment = await targetEnvironment(context, request.name);
  const before = await readLock(context.fs, environment, environment.current.number);
  return {
    asked: askedOf(context, environment.intent),
    constraints: [],
    hashes: new Map(),
    choices: withRemembered(request, environment.intent),
    preferences: preferencesOf(before),
    environment,
    own: await ownOfLock(context, before, environment.intent.requirements),
  };
}

/** The lock file among the arguments, which can't stand beside others. */
export function onlyLockFile(context: Context, files: readonly string[]): AbsPath | undefined {
  const paths = files.map((file) => pathFrom(context, file));
  const found = paths.find((path) => isLockFile(context, path));
  if (found === undefined || paths.length === 1) return found;
  throw new VenvoyError("ARGUMENT_INVALID", "A lock file says everything: no other file can stand beside it", {
    hint: "name the lock file alone",
  });
}
