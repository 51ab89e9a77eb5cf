import { VenvoyError } from "../base/index.ts";
import { parseYaml } from "../codec/index.ts";

/** What a conda `environment.yml` asks for. */
export interface CondaFile {
  readonly name: string | undefined;
  /** A request for a Python, in our words: `3.12`, `>=3.9,<3.12`. */
  readonly python: string | undefined;
  /** The lines of its pip part, as a requirements file has them. */
  readonly pip: readonly { readonly text: string; readonly line: number }[];
  /** Packages of conda itself, save Python and pip. */
  readonly conda: readonly { readonly text: string; readonly line: number }[];
}

/** Reads an `environment.yml`. Throws `FILE_UNREADABLE` for what is not YAML, or not such a file. */
export async function readCondaFile(text: string, label: string): Promise<CondaFile> {
  const { value, lineOf } = await parseYaml(text, { label });
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw notCondaFile(label);
  const { name, dependencies } = value as Record<string, unknown>;
  if (dependencies === undefined && name === undefined) throw notCondaFile(label);
  const pip: { text: string; line: number }[] = [];
  const conda: { text: string; line: number }[] = [];
  let python: string | undefined;
  for (const [index, item] of (Array.isArray(dependencies) ? dependencies : []).entries()) {
    const line = lineOf(["dependencies", index]);
    if (typeof item === "string") {
      const spec = condaSpec(item);
      if (spec.name === "python") python = pythonRequest(spec.rest);
      else if (!isTool(spec.name)) conda.push({ text: item.trim(), line });
    } else if (typeof item === "object" && item !== null && "pip" in item && Array.isArray(item.pip)) {
      for (const [at, one] of item.pip.entries())
        if (typeof one === "string") pip.push({ text: one, line: lineOf(["dependencies", index, "pip", at]) });
    }
  }
  return { name: typeof name === "string" && name !== "" ? name : undefined, python, pip, conda };
}

/** `conda-forge::numpy>=1.20` without its channel; the name in lower case, as conda compares it. */
function condaSpec(text: string): { readonly name: string; readonly rest: string } {
  const plain = text.replace(/^[^\s<>=!~]*::/, "").trim();
  const name = /^[\w.-]+/.exec(plain)?.[0] ?? "";
  return { name: name.toLowerCase(), rest: plain.slice(name.length).trim() };
}

function isTool(name: string): boolean {
  return name === "pip" || name === "setuptools" || name === "wheel" || name === "";
}

/** conda's `=3.12` is a prefix, `3.12.1=build` an exact file; what has no word here asks for nothing. */
function pythonRequest(rest: string): string | undefined {
  if (/^[<>!~]=?\s*\d|^==/.test(rest)) return /[|]/.test(rest) ? undefined : rest.replace(/\s+/g, "");
  const [version = ""] = rest.replace(/^=/, "").trim().split(/[=\s]/);
  const plain = version.replace(/\.\*$/, "");
  return /^\d+(\.\d+){0,2}$/.test(plain) ? plain : undefined;
}

function notCondaFile(label: string): VenvoyError {
  return new VenvoyError("FILE_UNREADABLE", `\`${label}\` is not an environment.yml: it has no \`dependencies\``, {
    data: { file: label },
  });
}
