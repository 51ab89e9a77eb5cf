import { type AbsPath, compareCodePoints, type PackageName } from "../base/index.ts";
import { type Environment, type Installed, inspectTree, readLock, readReceipt, unionOf } from "../env/index.ts";
import {
  evaluateMarker,
  type MarkerEnvironment,
  parseMetadata,
  parsePackageName,
  parseRequirement,
  type Requirement,
} from "../pep/index.ts";
import { originText } from "./asked.ts";
import { markersFor } from "./bases.ts";
import type { Context } from "./context.ts";
import type { OtherVersion, TreeNode, WhyNode, WhyReport } from "./outcomes.ts";
import { notInstalled } from "./packages.ts";
import { targetEnvironment } from "./targets.ts";
import { whyVersion } from "./why-version.ts";

/** One installed distribution and what it wants of others here. */
interface Node {
  readonly name: PackageName;
  readonly displayName: string;
  readonly version: string;
  readonly requirements: readonly Requirement[];
}

interface Graph {
  readonly environment: Environment;
  readonly nodes: ReadonlyMap<PackageName, Node>;
  readonly asked: ReadonlyMap<PackageName, readonly { readonly text: string; readonly origin: string }[]>;
}

const longestChains = 20;

/** Which package needs which, from what was asked down; what nothing needs stands at the end as a root of its own. */
export async function tree(context: Context, name: string | undefined): Promise<readonly TreeNode[]> {
  const graph = await readGraph(context, await targetEnvironment(context, name));
  const shown = new Set<PackageName>();
  const grow = (node: Node | undefined, wanted: string | undefined, missing: string): TreeNode => {
    if (node === undefined)
      return { name: missing, version: undefined, requirement: wanted, dependencies: [], repeated: false };
    const repeated = shown.has(node.name) && node.requirements.length > 0;
    shown.add(node.name);
    const dependencies = repeated
      ? []
      : node.requirements.map((one) => grow(graph.nodes.get(one.name), specifierOf(one), one.displayName));
    return { name: node.displayName, version: node.version, requirement: wanted, dependencies, repeated };
  };
  const roots = [...graph.asked.keys()]
    .sort(compareCodePoints)
    .map((one) => grow(graph.nodes.get(one), undefined, one));
  const rest = [...graph.nodes.values()].filter((node) => !shown.has(node.name) && !isNeeded(graph, node.name));
  return [...roots, ...rest.map((node) => grow(node, undefined, node.name))];
}

/** The same upside down: what needs a package, up to what was asked for. Throws `PACKAGE_NOT_INSTALLED`. */
export async function treeOf(context: Context, text: string, name: string | undefined): Promise<WhyNode> {
  const graph = await readGraph(context, await targetEnvironment(context, name));
  const first = graph.nodes.get(parsePackageName(text));
  if (first === undefined) throw notInstalled(text, graph.environment.label, new Set(graph.nodes.keys()));
  const shown = new Set<PackageName>();
  const grow = (node: Node, wants: string | undefined): WhyNode => {
    const users = usersOf(graph, node.name);
    const repeated = shown.has(node.name) && users.length > 0;
    shown.add(node.name);
    return {
      name: node.displayName,
      version: node.version,
      wants,
      askedFor: graph.asked.get(node.name) ?? [],
      neededBy: repeated ? [] : users.map(({ node: user, wants: wanted }) => grow(user, wanted)),
      repeated,
    };
  };
  return grow(first, undefined);
}

/** What is there and needs a package, by name. */
function usersOf(graph: Graph, wanted: PackageName): readonly { readonly node: Node; readonly wants: string }[] {
  return [...graph.nodes.values()]
    .flatMap((node) => {
      const requirement = node.requirements.find((one) => one.name === wanted && node.name !== wanted);
      return requirement === undefined ? [] : [{ node, wants: wantOf(requirement) }];
    })
    .sort((a, b) => compareCodePoints(a.node.name, b.node.name));
}

/** `idna<4,>=2.5`: its condition holds here, and says nothing more. */
function wantOf({ displayName, extras, specifier }: Requirement): string {
  return `${displayName}${extras.length === 0 ? "" : `[${extras.join(",")}]`}${specifier}`;
}

/** Chains from something asked for down to a package; with a version (`idna==3.6`) also whether that one would fit. */
export async function why(
  context: Context,
  text: string,
  { name, signal }: { readonly name?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<WhyReport> {
  const graph = await readGraph(context, await targetEnvironment(context, name));
  const requirement = parseRequirement(text);
  const node = graph.nodes.get(requirement.name);
  const isAnother =
    !requirement.specifier.isEmpty &&
    (node === undefined || !requirement.specifier.contains(node.version, { prereleases: true }));
  if (node === undefined && !isAnother) throw notInstalled(text, graph.environment.label, new Set(graph.nodes.keys()));
  return {
    name: node?.displayName ?? requirement.displayName,
    version: node?.version,
    askedFor: graph.asked.get(requirement.name) ?? [],
    chains: node === undefined ? [] : chainsTo(graph, requirement.name),
    ...(isAnother ? { other: await otherVersion(context, requirement, { graph, name, signal }) } : {}),
  };
}

async function otherVersion(
  context: Context,
  requirement: Requirement,
  of: { readonly graph: Graph; readonly name: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<OtherVersion> {
  const { graph, ...options } = of;
  const answer = await whyVersion(context, requirement, options);
  const users = [...graph.nodes.values()].flatMap((node) =>
    node.requirements.filter((one) => one.name === requirement.name).map((one) => ({ node, one })),
  );
  const excludedBy = users
    .filter(({ one }) => one.specifier.ranges.length === 0 || !overlaps(one, requirement, answer.version))
    .map(({ node, one }) => ({ name: node.displayName, version: node.version, wants: wantOf(one) }));
  const { version: _, ...other } = answer;
  return { ...other, excludedBy };
}

/** Whether what is needed admits the version that would be taken; without one, any version that was asked about. */
function overlaps(needed: Requirement, asked: Requirement, taken: string | undefined): boolean {
  const versions = taken === undefined ? exactVersions(asked) : [taken];
  return versions.length === 0 || versions.some((one) => needed.specifier.contains(one, { prereleases: true }));
}

/** Of `==1.0`; of a range nobody knows which. */
function exactVersions({ specifier }: Requirement): readonly string[] {
  return specifier.specifiers.flatMap(({ operator, version }) =>
    operator === "==" && !String(version).endsWith("*") ? [String(version)] : [],
  );
}

/** Chains from something asked for down to a package, for whoever has the environment at hand. */
export async function chainsFor(
  context: Context,
  environment: Environment,
  wanted: PackageName,
): Promise<WhyReport["chains"]> {
  return chainsTo(await readGraph(context, environment), wanted);
}

/** Shortest first; each package appears once in a chain. */
function chainsTo(graph: Graph, wanted: PackageName): WhyReport["chains"] {
  const chains: { readonly name: string; readonly version: string; readonly wants: string }[][] = [];
  const queue: { readonly path: readonly Node[]; readonly wants: readonly string[] }[] = [
    ...graph.asked.keys(),
  ].flatMap((name) => {
    const node = graph.nodes.get(name);
    return node === undefined || name === wanted ? [] : [{ path: [node], wants: [] }];
  });
  // Breadth first over at most a few thousand partial chains: a package with many users has far more ways than help.
  for (let at = 0; at < queue.length && at < 20_000 && chains.length < longestChains; at++) {
    const { path, wants } = queue[at] ?? { path: [], wants: [] };
    for (const requirement of path.at(-1)?.requirements ?? []) {
      const next = graph.nodes.get(requirement.name);
      if (next === undefined || path.includes(next)) continue;
      const step = { path: [...path, next], wants: [...wants, wantOf(requirement)] };
      if (next.name !== wanted) queue.push(step);
      else
        chains.push(
          step.path.map((one, index) => ({
            name: one.displayName,
            version: one.version,
            wants: step.wants[index] ?? "",
          })),
        );
    }
  }
  return chains;
}

async function readGraph(context: Context, environment: Environment): Promise<Graph> {
  const root = environment.current.root;
  const { installed } = await inspectTree(context, root);
  const markers = await markersFor(context, environment);
  const sitePackages = (await readReceipt(context.fs, root))?.sitePackages ?? "";
  const directory = context.fs.path.join(root, ...sitePackages.split("/"));
  const lock = await readLock(context.fs, environment, environment.current.number);
  const extras = new Map((lock?.packages ?? []).map((item) => [item.name, new Set<string>(item.extras)]));
  const nodes = new Map<PackageName, Node>();
  for (const one of installed) {
    const name = parsePackageName(one.name);
    nodes.set(name, await nodeOf(context, directory, one, markers, extras.get(name) ?? new Set()));
  }
  const asked = new Map<PackageName, { text: string; origin: string }[]>();
  for (const item of unionOf(environment.intent)) {
    const name = parseRequirement(item.text).name;
    asked.set(name, [...(asked.get(name) ?? []), { text: item.text, origin: originText(context, item) }]);
  }
  return { environment, nodes, asked };
}

async function nodeOf(
  context: Context,
  directory: AbsPath,
  one: Installed,
  markers: MarkerEnvironment,
  extras: ReadonlySet<string>,
): Promise<Node> {
  const file = context.fs.path.join(directory, one.entry, one.form === "dist-info" ? "METADATA" : "PKG-INFO");
  const text = (await context.fs.info(file)) === undefined ? undefined : await context.fs.readText(file);
  const lines = text === undefined ? [] : parseMetadata(text).requiresDist;
  const requirements = lines.flatMap((line) => {
    const requirement = parseRequirement(line);
    return requirement.marker === undefined || evaluateMarker(requirement.marker, markers, extras) ? [requirement] : [];
  });
  return { name: parsePackageName(one.name), displayName: one.displayName, version: one.version, requirements };
}

function isNeeded(graph: Graph, name: PackageName): boolean {
  return [...graph.nodes.values()].some((node) => node.requirements.some((one) => one.name === name));
}

function specifierOf(requirement: Requirement): string {
  const text = requirement.specifier.toString();
  return text === "" ? "any version" : text;
}
