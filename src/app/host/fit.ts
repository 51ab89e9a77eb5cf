import { type AbsPath, isVenvoyError, parseSha256, printable, VenvoyError } from "../../base/index.ts";
import { readElf } from "../../codec/index.ts";
import { readInstalled, readReceipt, unionOf } from "../../env/index.ts";
import type { HostProfile } from "../../host/index.ts";
import { hostFault, type NativeFile, type NativeNeeds, nativeNeeds } from "../../native/index.ts";
import type { Context } from "../context.ts";
import { hostOf } from "../host-truth.ts";
import { baseFor } from "../solve.ts";
import type { HostTree } from "./host-tree.ts";

/** What speaks against packages in a program: `faults` make them unusable, `notes` are worth knowing. */
export interface HostFit {
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Looks whether packages fit a program before it is started: its Python's version, the ABI of compiled modules, what they need
 * of the system, and which versions the program brings itself.
 */
export async function hostFit(
  context: Context,
  profile: HostProfile,
  tree: HostTree,
  signal?: AbortSignal | undefined,
): Promise<HostFit> {
  const minor = (version: string): string => version.split(".").slice(0, 2).join(".");
  const { title, version } = profile;
  if (minor(tree.python) !== minor(version))
    return {
      faults: [`\`${tree.label}\` is for Python ${minor(tree.python)}, and ${title} has ${version}`],
      notes: [],
    };
  const libraries = await librariesIn(context, tree.sitePackages);
  const foreign = libraries.find((path) => !isForAbi(path, profile.abi));
  const notes = await broughtToo(context, profile, tree);
  if (foreign !== undefined) {
    const why = `\`${shown(foreign)}\` of \`${tree.label}\` is for another Python than that of ${title} (${profile.abi ?? "?"})`;
    return { faults: [why], notes };
  }
  const fault = await systemFault(context, { profile, tree, libraries, signal });
  return { faults: fault === undefined ? [] : [fault], notes };
}

/** What to type for packages that fit; the requirements are those of the environment, as far as they fit on a line. */
export function unfit(profile: HostProfile, tree: HostTree, [why = ""]: readonly string[]): VenvoyError {
  const asked = tree.environment === undefined ? [] : unionOf(tree.environment.intent).map(({ text }) => text);
  const words = asked.map((text) => (/^[\w.-]+$/.test(text) ? text : `'${text}'`)).join(" ");
  const wanted = words !== "" && words.length <= 200 ? words : "PACKAGE…";
  const name = `${/^[\w.-]+$/.test(tree.label) ? tree.label : "tools"}-${profile.name}`;
  const then = tree.kind === "publication" ? `; then publish ${name}` : "";
  return new VenvoyError("HOST_UNFIT", why, {
    hint: `venvoy create ${name} --host ${profile.name} ${wanted}${then}`,
    data: { host: profile.name, environment: tree.label, why },
  });
}

const shown = (text: string): string => printable(text, { newlines: false }).slice(0, 200);

async function librariesIn({ fs }: Context, sitePackages: AbsPath): Promise<readonly string[]> {
  const found: string[] = [];
  await fs.scan(sitePackages, ({ path, kind }) => {
    if (kind === "file" && /\.(?:so|pyd)$/.test(path)) found.push(path);
  });
  return found.sort();
}

/** By its name: `x.cpython-311-x86_64-linux-gnu.so`, `x.cp311-win_amd64.pyd`; `x.abi3.so` and `x.so` are for any. */
function isForAbi(path: string, abi: string | undefined): boolean {
  const tag = /\.((?:cpython|cp|pypy|graalpy)-?\d+[^./]*)\.(?:so|pyd)$/.exec(path)?.[1];
  return tag === undefined || abi === undefined || tag === abi;
}

async function broughtToo(context: Context, profile: HostProfile, tree: HostTree): Promise<readonly string[]> {
  const override = new Set(tree.environment?.intent.host?.override ?? []);
  const brought = new Map(profile.bundled.map((one) => [one.name, one.version]));
  return (await readInstalled(context, tree.sitePackages)).flatMap(({ name, version }) => {
    const theirs = brought.get(name);
    if (theirs === undefined || theirs === version || override.has(name)) return [];
    return [`${profile.title} brings ${name} ${theirs}, and ${tree.label} has ${version}, which comes first`];
  });
}

interface Judged {
  readonly profile: HostProfile;
  readonly tree: HostTree;
  readonly libraries: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** As a clause: what a compiled module needs that this machine, or the program's Python, hasn't. */
async function systemFault(context: Context, judged: Judged): Promise<string | undefined> {
  const { profile, tree, libraries, signal } = judged;
  if (context.system.os !== "linux" || libraries.length === 0) return undefined;
  try {
    const { interpreter } = await baseFor(context, profile.python, signal);
    const host = hostOf(context, interpreter, undefined);
    for (const wheel of await wheelsOf(context, tree, libraries)) {
      const fault = await hostFault(wheel, host);
      if (fault !== undefined)
        return `\`${shown(fault.file)}\` of \`${tree.label}\` needs ${fault.needs}, and this machine ${fault.has}`;
    }
  } catch (error) {
    // A Python that can't be asked now was asked once; the program may start without it.
    if (!isVenvoyError(error) || error.code === "ABORTED") throw error;
  }
  return undefined;
}

async function wheelsOf(
  context: Context,
  tree: HostTree,
  libraries: readonly string[],
): Promise<readonly { readonly filename: string; readonly native: readonly NativeNeeds[] }[]> {
  const receipt = tree.kind === "environment" ? await readReceipt(context.fs, tree.tree) : undefined;
  if (receipt !== undefined) {
    const found = await Promise.all(receipt.packages.map(({ sha256 }) => context.store.find(parseSha256(sha256))));
    return found.flatMap((one) => (one?.native === undefined ? [] : [{ filename: one.filename, native: one.native }]));
  }
  const files: NativeFile[] = [];
  for (const path of libraries) {
    const file = context.fs.path.join(tree.sitePackages, ...path.split("/"));
    const elf = await readElf((offset, length) => context.fs.readRange(file, offset, length)).catch(() => undefined);
    if (elf !== undefined) files.push({ path, elf });
  }
  return [{ filename: `${tree.label.replace(/\W/g, "_")}-0-py3-none-linux_x86_64.whl`, native: nativeNeeds(files) }];
}
