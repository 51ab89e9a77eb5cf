import { byCodePoint, parseSha256, type Sha256 } from "../base/index.ts";
import { createHash } from "../codec/index.ts";
import type { HeaderRequirement, ScriptHeader } from "./header.ts";

/**
 * A digest of what a header asks of its environment, so that an edited script is recognised. Spelling, order, places,
 * and what changes no package (`async`, `flag`, `platform`, comments) leave it as it is.
 */
export function digestHeader(header: ScriptHeader): Sha256 {
  const asked = {
    language: header.language?.name ?? null,
    venv: header.venv?.isName === true ? header.venv.text : null,
    requirements: [...new Set(header.requirements.map(requirementText))].sort(byCodePoint),
    requiresPython: header.requiresPython?.text.replace(/\s/g, "") ?? null,
    pipOptions: header.pipOptions.map(({ name, value }) => `${name} ${value ?? ""}`),
    envPaths: header.envPaths.map(({ text }) => text),
    tool: header.tool,
  };
  return parseSha256(
    createHash("sha256")
      .update(JSON.stringify(sorted(asked)))
      .digest("hex"),
  );
}

function requirementText({ text, provider, requirement, editable }: HeaderRequirement): string {
  const shown =
    requirement === undefined ? text : requirement.toString().replace(requirement.displayName, requirement.name);
  return `${provider}:${editable ? "-e " : ""}${shown}`;
}

/** The same value with the keys of every object in order, so that equal tables have one text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).sort(([a], [b]) => byCodePoint(a, b));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
