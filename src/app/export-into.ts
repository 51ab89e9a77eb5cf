import { VenvoyError } from "../base/index.ts";
import { type Contents, dependencyTexts, editProject, listProject, requirementKey } from "../exchange/index.ts";
import { parseRequirement } from "../pep/index.ts";
import { addRequirement, readHeader, removeRequirement } from "../script/index.ts";

/** A `pyproject.toml` that is there, with the environment's requirements as its dependencies and nothing else changed. */
export function projectForFile(before: string, contents: Contents, options: { readonly pinned: boolean }): string {
  const { items, refusal } = listProject(before, "pyproject.toml");
  if (refusal !== undefined) {
    throw new VenvoyError("FILE_EXISTS", `The dependencies of \`pyproject.toml\` can't be replaced: ${refusal}`, {
      hint: "venvoy export --as pyproject prints what belongs there",
    });
  }
  const put = dependencyTexts(contents, options);
  const wanted = new Set(put.map((text) => requirementKey(parseRequirement(text))));
  const keys = items.map(({ requirement }) => requirementKey(requirement));
  return editProject(before, { put, removed: new Set(keys.filter((key) => !wanted.has(key))) });
}

/** A script that is there, with a header that asks for the same, in the notation that it uses. */
export function headerForScript(before: string, contents: Contents, options: { readonly pinned: boolean }): string {
  const put = dependencyTexts(contents, options);
  const wanted = new Set<string>(put.map((text) => parseRequirement(text).name));
  let text = before;
  for (const { requirement, provider } of readHeader(before).requirements)
    if (provider === "pip" && requirement !== undefined && !wanted.has(requirement.name))
      text = removeRequirement(text, requirement.name);
  for (const one of put) text = addRequirement(text, one);
  return text;
}
