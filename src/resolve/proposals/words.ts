import { printable } from "../../base/index.ts";
import { originSubject } from "../origin.ts";
import type { AskedRequirement } from "../request.ts";
import type { Proposal, ProposedChange } from "./propose.ts";

/** A proposal as one clause: "ask for `numpy` instead of `numpy<2` (a.py line 3), which gives numpy 2.1.0". */
export function proposalSentence({ changes }: Proposal): string {
  return changes.map(clauseOf).join("; and ");
}

function clauseOf(change: ProposedChange): string {
  switch (change.kind) {
    case "python":
      return `take ${printable(change.label, { newlines: false })}`;
    case "drop":
      return `leave out ${shown(change.asked)}`;
    case "loosen": {
      const gives = change.version === "" ? "" : `, which gives ${change.asked.requirement.name} ${change.version}`;
      return `ask for \`${printable(change.to, { newlines: false })}\` instead of ${shown(change.asked)}${gives}`;
    }
  }
}

function shown({ requirement, origin }: AskedRequirement): string {
  const text = `\`${printable(requirement.shown, { newlines: false })}\``;
  return origin.kind === "typed" ? text : `${text} (${originSubject(origin)})`;
}
