import type { CandidateSet, Derivation, Term } from "../../solver/index.ts";
import type { Pack } from "../pypi-provider.ts";
import type { Reason } from "../reasons.ts";
import { listed, versionWords } from "./version-words.ts";

/** One step of a proof: a fact (`because` is empty), or what follows from two others. */
export interface DerivationNode {
  readonly id: number;
  readonly says: string;
  /** Ids of the two nodes it follows from. */
  readonly because: readonly number[];
}

/** A whole proof as data: nodes by id, causes before what follows from them; the last one is the failure. */
export interface DerivationData {
  readonly nodes: readonly DerivationNode[];
}

/** Past this a proof is for machines alone, and the steps nearest to the facts are left out. */
const mostNodes = 2000;

/** Flattens a derivation; shared nodes appear once. `wordFact` words the leaves. */
export function derivationData(
  root: Derivation<Pack, Reason>,
  wordFact: (leaf: Derivation<Pack, Reason>) => string | undefined,
): DerivationData {
  const nodes: DerivationNode[] = [];
  const ids = new Map<Derivation<Pack, Reason>, number>();
  const stack = [root];
  while (stack.length > 0 && nodes.length < mostNodes) {
    const top = stack[stack.length - 1] as Derivation<Pack, Reason>;
    const causes = top.cause.kind === "derived" ? [top.cause.left, top.cause.right] : [];
    const open = causes.filter((cause) => !ids.has(cause));
    if (!ids.has(top) && open.length > 0) {
      stack.push(...open);
      continue;
    }
    stack.pop();
    if (ids.has(top)) continue;
    ids.set(top, nodes.length);
    const says = (causes.length === 0 ? wordFact(top) : undefined) ?? termsClause(top.terms);
    nodes.push({ id: nodes.length, says, because: causes.map((cause) => ids.get(cause) as number) });
  }
  return { nodes };
}

/** "`a` 1 needs `b` 2", "`b` 2 is needed", "`a` 1 and `b` 2 are impossible together". */
function termsClause(terms: readonly Term<Pack>[]): string {
  const own = terms.filter((term) => term.package.kind !== "root");
  const present = own.filter(({ set }) => set.isPositive).map(({ package: pack, set }) => termWords(pack, set));
  const needed = own
    .filter(({ set }) => !set.isPositive)
    .map(({ package: pack, set }) => termWords(pack, set.complement()));
  if (needed.length > 0) {
    const wanted = listed(needed, "or");
    return present.length === 0 ? `${wanted} is needed` : `${listed(present)} needs ${wanted}`;
  }
  if (present.length === 0) return "what is asked for is impossible";
  return present.length === 1 ? `${present[0]} is impossible` : `${listed(present)} are impossible together`;
}

function termWords(pack: Pack, set: CandidateSet): string {
  if (pack.kind === "root") return "what is asked for";
  const project = pack.kind === "extra" ? pack.project : pack;
  const name = pack.kind === "extra" ? `${project.name}[${pack.extra}]` : project.name;
  return `\`${name}\` ${versionWords(project, set)?.text ?? "in no final version"}`;
}
