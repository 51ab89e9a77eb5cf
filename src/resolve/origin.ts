import { printable } from "../base/index.ts";
import type { AskedRequirement, Origin } from "./request.ts";

/** Who asks, as the subject of a sentence: "you", "a.py line 3", "demo". */
export function originSubject(origin: Origin): string {
  switch (origin.kind) {
    case "typed":
      return "you";
    case "script":
    case "file":
      return printable(`${origin.file} line ${origin.line}`, { newlines: false });
    case "build":
      return printable(`the build of ${origin.of}`, { newlines: false });
    case "host":
      return printable(origin.name, { newlines: false });
    case "environment":
      return printable(`the environment ${origin.name}`, { newlines: false });
  }
}

/** The requirement as the person wrote it, with the place: "`numpy<2` (a.py line 3)". */
export function originText(origin: Origin): string {
  const text = `\`${printable(origin.text.trim(), { newlines: false })}\``;
  return origin.kind === "typed" ? text : `${text} (${originSubject(origin)})`;
}

/** "you ask for `numpy<2`", "a.py line 3 asks for `numpy<2`". */
export function askedClause({ requirement, origin }: AskedRequirement): string {
  const verb = origin.kind === "typed" ? "ask" : "asks";
  return `${originSubject(origin)} ${verb} for \`${printable(String(requirement), { newlines: false })}\``;
}
