import { byCodePoint, VenvoyError } from "../base/index.ts";
import {
  type Environment,
  historyEnd,
  type Installed,
  inspectTree,
  isDirectoryName,
  readHistory,
  readLock,
  readReceipt,
  readRecord,
  unionOf,
} from "../env/index.ts";
import type { Context } from "./context.ts";
import type { OperationOptions } from "./requests.ts";
import { targetPlace } from "./targets.ts";

export interface DiffRequest extends OperationOptions {
  /** `demo`, `./env`, `demo@2` for version 2 of it, `@2` for version 2 of the active one. */
  readonly from: string;
  /** Left out: what the environment of `from` is now. */
  readonly to?: string;
}

/** One side of a comparison. */
export interface DiffSide {
  readonly name: string;
  readonly version: number;
  readonly python: string;
  readonly packages: number;
}

/** `from` is missing for what only the second has, `to` for what only the first has. */
export interface Difference {
  readonly name: string;
  readonly from?: string;
  readonly to?: string;
}

export interface DiffReport {
  readonly same: boolean;
  readonly from: DiffSide;
  readonly to: DiffSide;
  readonly python: boolean;
  readonly packages: readonly Difference[];
  /** What is set on activation. It belongs to the environment, so versions of one never differ in it. */
  readonly variables: readonly Difference[];
  /** What was asked for, as typed or as scripts say it. */
  readonly askedFor: readonly Difference[];
  readonly systemSitePackages: boolean;
}

interface Side {
  readonly side: DiffSide;
  readonly packages: ReadonlyMap<string, string>;
  readonly variables: ReadonlyMap<string, string>;
  readonly asked: ReadonlyMap<string, string>;
  readonly systemSitePackages: boolean;
}

/** Says in what two environments, or two versions, differ. What was installed by hand counts: it is there. */
export async function diff(context: Context, request: DiffRequest): Promise<DiffReport> {
  const first = parseSide(request.from);
  if (request.to === undefined && first.version === undefined) {
    throw new VenvoyError("ARGUMENT_INVALID", "`venvoy diff` compares two: name another one, or a version", {
      hint: `venvoy diff ${request.from} OTHER, or venvoy diff ${request.from}@1`,
    });
  }
  const from = await readSide(context, first);
  const to = await readSide(context, request.to === undefined ? { name: first.name } : parseSide(request.to));
  const packages = differences(from.packages, to.packages);
  const variables = differences(from.variables, to.variables);
  const askedFor = differences(from.asked, to.asked);
  const python = from.side.python !== to.side.python;
  const systemSitePackages = from.systemSitePackages !== to.systemSitePackages;
  const same = !python && !systemSitePackages && packages.length + variables.length + askedFor.length === 0;
  return { same, from: from.side, to: to.side, python, packages, variables, askedFor, systemSitePackages };
}

interface SideName {
  readonly name: string | undefined;
  readonly version?: number;
}

/** No name holds `@`; of a directory's path, the last one counts. */
function parseSide(text: string): SideName {
  const match = /^(.*)@(\d{1,9})$/.exec(text);
  if (match === null) return { name: text };
  const [, name = "", version = ""] = match;
  return { name: name === "" ? undefined : name, version: Number(version) };
}

async function readSide(context: Context, { name, version }: SideName): Promise<Side> {
  const wanted =
    name !== undefined && version !== undefined && isDirectoryName(name) ? `${name}@${version}` : undefined;
  // A directory may end like a version.
  const whole = wanted === undefined ? undefined : await context.home.find(wanted);
  const environment = whole ?? (await context.home.open((await targetPlace(context, name)).root));
  const number = whole === undefined && version !== undefined ? version : environment.current.number;
  const record = await readRecord(context.fs, environment, number);
  const lock = await readLock(context.fs, environment, number);
  if (record === undefined || lock === undefined) throw await noVersion(context, environment, number);
  const locked = new Map(lock.packages.map((item): [string, string] => [item.name, item.version]));
  const isCurrent = number === environment.current.number;
  const wantedThen = isCurrent ? environment.intent : record.wanted;
  const packages = isCurrent ? await asInstalled(context, environment, locked) : locked;
  return {
    side: { name: environment.label, version: number, python: record.pythonVersion, packages: packages.size },
    packages,
    variables: new Map(Object.entries(environment.intent.variables)),
    asked: askedTexts(wantedThen),
    systemSitePackages: wantedThen.systemSitePackages,
  };
}

/** What the tree holds, when it is there; the pip that every environment has is left out on both sides. */
async function asInstalled(
  context: Context,
  { current }: Environment,
  locked: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const receipt = await readReceipt(context.fs, current.root);
  if (receipt === undefined) return locked;
  const seeds = new Set(receipt.packages.filter((one) => one.seeded === true).map((one) => one.name));
  const { installed } = await inspectTree(context, current.root);
  return new Map(installed.filter((one: Installed) => !seeds.has(one.name)).map((one) => [one.name, one.version]));
}

function askedTexts(wanted: Parameters<typeof unionOf>[0]): ReadonlyMap<string, string> {
  return new Map(unionOf(wanted).map(({ text }) => [text, text]));
}

function differences(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): readonly Difference[] {
  const names = [...new Set([...from.keys(), ...to.keys()])].sort(byCodePoint);
  return names.flatMap((name) => {
    const [before, after] = [from.get(name), to.get(name)];
    if (before === after) return [];
    return [{ name, ...(before === undefined ? {} : { from: before }), ...(after === undefined ? {} : { to: after }) }];
  });
}

async function noVersion(context: Context, environment: Environment, number: number): Promise<VenvoyError> {
  const known = (await readHistory(context.fs, environment)).map((record) => record.number);
  return historyEnd(environment.label, number, known);
}
