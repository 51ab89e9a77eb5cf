import { type AbsPath, isVenvoyError, printable, typedWord, VenvoyError } from "../../base/index.ts";
import { type Environment, isDirectoryName } from "../../env/index.ts";
import { openPublication } from "../../share/index.ts";
import { type Context, pathFrom } from "../context.ts";
import { targetEnvironment } from "../targets.ts";
import type { PullRequest } from "./pull.ts";

/** What is to be pulled, and into what. */
export interface PullTarget {
  readonly from: AbsPath;
  /** The name that was asked for. */
  readonly name?: string;
  /** The release that was asked for. */
  readonly release?: number;
  /** The environment that is a copy of it already. */
  readonly existing?: Environment;
}

/** What a request means. Throws `ENV_UNKNOWN`, `ENV_EXISTS`, `ARGUMENT_INVALID`. */
export async function findTargets(context: Context, request: PullRequest): Promise<readonly PullTarget[]> {
  if (request.all === true) return allPulled(context, request);
  const { source, release } = await split(context, request);
  const wanted = release === undefined ? {} : { release };
  if (source === undefined) return [{ ...ofEnvironment(await targetEnvironment(context, undefined)), ...wanted }];
  const named = await byName(context, source);
  if (named !== undefined && request.name === undefined) return [{ ...ofEnvironment(named), ...wanted }];
  const from = pathFrom(context, source);
  if (request.name !== undefined) {
    if (isDirectoryName(request.name)) throw needsName(request.name);
    const existing = await context.home.find(request.name, { exact: true });
    const target = { from, name: request.name, ...wanted };
    if (existing === undefined) return [target];
    await checkSame(context, existing, from);
    return [{ ...target, existing }];
  }
  const existing = await copyOf(context, from);
  return [{ from, ...wanted, ...(existing === undefined ? {} : { existing }) }];
}

async function allPulled(context: Context, request: PullRequest): Promise<readonly PullTarget[]> {
  if (request.source !== undefined || request.release !== undefined) {
    throw new VenvoyError(
      "ARGUMENT_INVALID",
      "`--all` takes every environment that was pulled, so nothing is named beside it",
      {
        hint: "leave out the one or the other",
      },
    );
  }
  const targets: PullTarget[] = [];
  for (const { publication, root } of await context.home.list()) {
    const environment = publication === undefined ? undefined : await context.home.find(root).catch(ignoreBroken);
    if (environment?.intent.publication !== undefined) targets.push(ofEnvironment(environment));
  }
  return targets;
}

/** `list` says that it is broken. */
function ignoreBroken(error: unknown): undefined {
  if (!isVenvoyError(error)) throw error;
}

/** `SRC@7`, unless something has that very name. */
async function split(
  context: Context,
  { source, release }: PullRequest,
): Promise<{ readonly source: string | undefined; readonly release: number | undefined }> {
  const [, before, number] = /^(.+)@([1-9]\d{0,8})$/.exec(source ?? "") ?? [];
  if (source === undefined || before === undefined || (await context.fs.info(pathFrom(context, source))) !== undefined)
    return { source, release };
  if (release !== undefined && release !== Number(number)) {
    throw new VenvoyError("ARGUMENT_INVALID", `\`${source}\` names another release than --release ${release}`, {
      hint: `venvoy pull ${typedWord(before)} --release ${release}`,
    });
  }
  return { source: before, release: Number(number) };
}

/** A name means an environment when there is one; anything with a separator in it is a directory. */
async function byName(context: Context, source: string): Promise<Environment | undefined> {
  if (/[/\\]/.test(source) || isDirectoryName(source)) return undefined;
  try {
    const found = await context.home.find(source);
    if (found?.intent.publication !== undefined) return found;
    return (await context.fs.info(pathFrom(context, source))) === undefined ? found : undefined;
  } catch (error) {
    // A directory's name may be none for an environment.
    if (isVenvoyError(error, "ENV_NAME_INVALID")) return undefined;
    throw error;
  }
}

function ofEnvironment(existing: Environment): PullTarget & { readonly existing: Environment } {
  const { publication } = existing.intent;
  if (publication !== undefined) return { from: publication.from as AbsPath, existing };
  const name = printable(existing.label, { newlines: false });
  throw new VenvoyError("ARGUMENT_INVALID", `\`${name}\` was not pulled from anywhere`, {
    hint: "venvoy pull DIRECTORY NAME makes an environment of what is published there",
    data: { name: existing.label },
  });
}

/**
 * The environment that is a copy of what is published there: the one whose way leads there, also while the share is away; else
 * the one of the same publication, which is seen under another path here; else the one that has its name.
 */
async function copyOf(context: Context, from: AbsPath): Promise<Environment | undefined> {
  const pulled = (await context.home.list()).filter(({ publication }) => publication !== undefined);
  const there = pulled.filter(({ publication }) => publication?.from === from);
  const facts = await openPublication(context, from).then(
    ({ facts: found }) => found,
    () => undefined,
  );
  const same = facts === undefined ? there : pulled.filter(({ publication }) => publication?.id === facts.id);
  const named = same.find(({ name }) => name === facts?.name) ?? same[0];
  if (named !== undefined) return context.home.find(named.root);
  const taken =
    facts === undefined ? undefined : await context.home.find(facts.name, { exact: true }).catch(ignoreBroken);
  if (taken !== undefined) throw nameTaken(taken.label, from);
  return undefined;
}

/** A name that was typed is of an environment that is a copy of the same publication. */
async function checkSame(context: Context, { intent, label }: Environment, from: AbsPath): Promise<void> {
  const { publication } = intent;
  if (publication?.from === from) return;
  const { facts } = await openPublication(context, from);
  if (publication?.id !== facts.id) throw nameTaken(label, from);
}

function nameTaken(label: string, from: AbsPath): VenvoyError {
  const name = printable(label, { newlines: false });
  return new VenvoyError(
    "ENV_EXISTS",
    `\`${name}\` is another environment, not a copy of what is published in \`${from}\``,
    {
      hint: `venvoy pull ${typedWord(from)} ANOTHER-NAME`,
      data: { name: label, from },
    },
  );
}

function needsName(text: string): VenvoyError {
  return new VenvoyError(
    "ARGUMENT_INVALID",
    `\`${printable(text)}\` is a directory, and a copy of a release has a name`,
    {
      hint: "venvoy unpack makes a tree in a directory of its own",
    },
  );
}
