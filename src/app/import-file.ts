import { type AbsPath, VenvoyError } from "../base/index.ts";
import { type AskedFor, adaptEnvName, nothingWanted, parseEnvName } from "../env/index.ts";
import type { LeftOut } from "../exchange/index.ts";
import { readCondaFile } from "../exchange/index.ts";
import { readHeader, requireSound } from "../script/index.ts";
import { type Context, shownPath } from "./context.ts";
import { create, createWanted } from "./create.ts";
import { isLockFile, readRequirementFiles } from "./files.ts";
import type { Imported, ImportRequest } from "./import.ts";

/** Makes an environment of a file of another tool. */
export async function importFile(context: Context, file: AbsPath, request: ImportRequest): Promise<Imported> {
  const { path } = context.fs;
  const name = request.name ?? adaptEnvName(await nameIn(context, file));
  if (/\.pyw?$/i.test(file)) return importScript(context, file, name, request);
  if (isLockFile(context, file)) {
    const { path: _, name: __, ...options } = request;
    return {
      name,
      from: file,
      kind: "file",
      change: await create(context, { ...options, name, files: [file] }),
      leftOut: [],
    };
  }
  const condaLeftOut: string[] = [];
  const files = await readRequirementFiles(context, [file], { condaLeftOut });
  const python = request.python ?? files.choices.python;
  const wanted = { ...nothingWanted, requirements: files.requirements, python };
  const { report } = await createWanted(context, parseEnvName(name), wanted, {
    ...files.choices,
    ...request,
    constraints: files.constraints,
    hashes: files.hashes,
  });
  const leftOut: LeftOut[] = condaLeftOut.map((what) => ({ what, why: "it is a conda package" }));
  const hint = `if an index has the same: venvoy add -n ${name} ${condaLeftOut.map(condaName).join(" ")}`;
  const change = condaLeftOut.length === 0 ? report : { ...report, notes: [...report.notes, hint] };
  return { name: path.name(report.environment.name), from: file, kind: "file", change, leftOut };
}

/** The words of a header become the environment's own: the script has no claim on it. */
async function importScript(context: Context, file: AbsPath, name: string, request: ImportRequest): Promise<Imported> {
  const header = readHeader(await context.fs.read(file));
  requireSound(header, shownPath(context, file));
  const requirements: AskedFor[] = [];
  const leftOut: LeftOut[] = [];
  for (const { requirement, provider, editable, text, line } of header.requirements) {
    if (requirement !== undefined && provider === "pip" && !editable)
      requirements.push({ text: requirement.toString(), source: { kind: "file", file, line } });
    else leftOut.push({ what: text, why: provider === "pip" ? "it has no package name" : `it is for ${provider}` });
  }
  const language = header.language?.version;
  const python = request.python ?? header.requiresPython?.text ?? (language === "3" ? undefined : language);
  const wanted = { ...nothingWanted, requirements, python };
  const { report } = await createWanted(context, parseEnvName(name), wanted, request);
  return { name, from: file, kind: "file", change: report, leftOut };
}

/** What the file calls itself, else the directory that it lies in; a script is known by its own name. */
async function nameIn(context: Context, file: AbsPath): Promise<string> {
  const { fs } = context;
  const base = fs.path.name(file);
  if (/\.pyw?$/i.test(file)) return base.replace(/\.pyw?$/i, "");
  if (/\.ya?ml$/i.test(file)) {
    const { name } = await readCondaFile(await fs.readText(file), shownPath(context, file));
    if (name !== undefined) return name;
  }
  const parent = fs.path.name(fs.path.directory(file));
  if (parent !== "") return parent;
  throw new VenvoyError("ARGUMENT_INVALID", `\`venvoy import ${base}\` needs a name`, {
    hint: `venvoy import ${base} demo`,
  });
}

function condaName(text: string): string {
  return /^[\w.-]+/.exec(text.replace(/^[^\s<>=!~]*::/, ""))?.[0] ?? text;
}
