import { VenvoyError } from "../base/index.ts";
import { type Asked, type AskedFor as AskedOf, unionOf, type Wanted } from "../env/index.ts";
import { parseRequirement, type Requirement } from "../pep/index.ts";
import type { AskedRequirement } from "../resolve/index.ts";
import type { Naming } from "./building/unnamed.ts";
import { type Context, shownPath } from "./context.ts";
import type { AskedFor } from "./outcomes.ts";

/** Reads requirements as somebody typed them. Throws `REQUIREMENT_INVALID`, before anything else is done. */
export function typedRequirements(texts: readonly string[]): readonly AskedOf[] {
  return texts.map((text) => {
    checkKind(text);
    return { text: parseRequirement(text).toString(), source: { kind: "typed" } };
  });
}

/** The same for what may also be a path or an address without a name, which the sources then say themselves. */
export async function typedOrNamed(
  context: Context,
  texts: readonly string[],
  naming: Naming,
): Promise<readonly AskedOf[]> {
  if (!texts.some(isUnnamed)) return typedRequirements(texts);
  const { withNames } = await import("./building/unnamed.ts");
  return typedRequirements(await withNames(context, texts, naming));
}

/** A path, an address or an editable install, written without a name in front. */
export function isUnnamed(text: string): boolean {
  const word = text.trim();
  return (
    /^(?:-e|--editable)[\s=]/.test(word) ||
    /^(?:git\+|hg\+|svn\+|bzr\+|https?:|file:)/i.test(word) ||
    /^(?:\.{1,2}$|\.{0,2}[\\/]|~[\\/]|[A-Za-z]:[\\/])/.test(word) ||
    /^[^\s@]+\.(?:whl|zip|tar\.\w+|tgz)(?:\[.*\])?$/i.test(word)
  );
}

/** Everything that an environment is asked to hold, ready for the resolver. */
export function askedOf(
  context: Context,
  wanted: Pick<Wanted, "requirements" | "claims">,
): readonly AskedRequirement[] {
  return unionOf(wanted).map(({ text, origin }) => ({
    requirement: parseRequirement(text),
    origin: "file" in origin ? { ...origin, file: shownPath(context, origin.file) } : origin,
  }));
}

/** For a person: the text and where it stands. */
export function shownAsked(context: Context, wanted: Pick<Wanted, "requirements" | "claims">): readonly AskedFor[] {
  return unionOf(wanted).map((asked) => ({ text: asked.text, origin: originText(context, asked) }));
}

/** `typed`, or where it stands: "a.py line 3". */
export function originText(context: Context, { origin }: Asked): string {
  return "file" in origin ? `${shownPath(context, origin.file)} line ${origin.line}` : "typed";
}

/** Kinds of requirements that are not names yet get one clear sentence instead of a syntax error. */
function checkKind(text: string): void {
  if (!isUnnamed(text)) return;
  throw new VenvoyError("REQUIREMENT_INVALID", `\`${text}\` has no package name in front`, {
    hint: "write it as `NAME @ URL`, for example `demo @ https://files.example/demo-1.0-py3-none-any.whl`",
    data: { source: text },
  });
}

/**
 * Adds requirements to what was asked: one for the same package (and the same condition) takes the place of the old.
 * What is added at once holds together: `rich<14` and `rich[jupyter]` both count.
 */
export function joinRequirements(old: readonly AskedOf[], added: readonly AskedOf[]): readonly AskedOf[] {
  const replaced = new Set(added.map((item) => requirementKey(parseRequirement(item.text))));
  const kept = old.filter((item) => !replaced.has(requirementKey(parseRequirement(item.text))));
  return [...kept, ...eachOnce(added)];
}

/** Without those that are written a second time. */
export function eachOnce(requirements: readonly AskedOf[]): readonly AskedOf[] {
  return [...new Map(requirements.map((item) => [item.text, item])).values()];
}

function requirementKey(requirement: Requirement): string {
  return `${requirement.name};${requirement.marker ?? ""}`;
}
