import { type Contents, dependencyTexts, requiresPython } from "./contents.ts";

/** The head of a `pyproject.toml` (PEP 621) that asks for the same. */
export function writeProject(contents: Contents, { pinned }: { readonly pinned: boolean }): string {
  return [
    "[project]",
    `name = ${JSON.stringify(projectName(contents.name))}`,
    'version = "0"',
    `requires-python = ${JSON.stringify(requiresPython(contents))}`,
    ...dependencyList(dependencyTexts(contents, { pinned }), ""),
    "",
  ].join("\n");
}

/** A metadata block for the head of a script (PEP 723). */
export function writeInlineHeader(contents: Contents, { pinned }: { readonly pinned: boolean }): string {
  const lines = [
    `requires-python = ${JSON.stringify(requiresPython(contents))}`,
    ...dependencyList(dependencyTexts(contents, { pinned }), ""),
  ];
  return ["# /// script", ...lines.map((line) => `# ${line}`), "# ///", ""].join("\n");
}

/** The same in the directives of Rhino's script editor, which also name the environment. */
export function writeRhinoHeader(contents: Contents, { pinned }: { readonly pinned: boolean }): string {
  const references = dependencyTexts(contents, { pinned }).map((text) => `# r: ${text}`);
  const isName = /^[A-Za-z0-9][\w.-]*$/.test(contents.name);
  return ["#! python 3", ...(isName ? [`# venv: ${contents.name}`] : []), ...references, ""].join("\n");
}

function dependencyList(texts: readonly string[], indent: string): readonly string[] {
  if (texts.length === 0) return [`${indent}dependencies = []`];
  return [`${indent}dependencies = [`, ...texts.map((text) => `${indent}    ${JSON.stringify(text)},`), `${indent}]`];
}

/** A name that the core metadata admit; a directory's name is the best that is known of one without a name. */
function projectName(name: string): string {
  const last = name.split(/[\\/]/).findLast((part) => part !== "" && part !== "." && part !== "..") ?? "";
  const plain = last.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[._-]+|[._-]+$/g, "");
  return plain === "" ? "environment" : plain;
}
