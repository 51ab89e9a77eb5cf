import { type AbsPath, nearest, printable, VenvoyError } from "../base/index.ts";
import { type Environment, type Installed, inspectTree, readReceipt, unionOf } from "../env/index.ts";
import { parsePackageName, parseRecord, parseRequirement } from "../pep/index.ts";
import { originText } from "./asked.ts";
import type { Context } from "./context.ts";
import type { WhichReport } from "./outcomes.ts";
import { targetEnvironment } from "./targets.ts";
import { whichProgram } from "./which-program.ts";

interface Answer {
  readonly path: readonly string[];
  readonly kind: WhichReport["kind"] | null;
  readonly origin: string | null;
  readonly all: readonly string[];
}

const answerTimeoutMs = 30_000;

/** Which file an import loads, the package it belongs to, who asked for that, and what it hides. */
export async function which(context: Context, module: string, name: string | undefined): Promise<WhichReport> {
  if (!/^[^\W\d]\w*(\.[^\W\d]\w*)*$/u.test(module)) {
    throw new VenvoyError("ARGUMENT_INVALID", `\`${printable(module)}\` is not the name of a module`, {
      hint: "venvoy which numpy",
    });
  }
  const environment = await targetEnvironment(context, name);
  const root = environment.current.root;
  const answer = await ask(context, environment, module);
  const site = context.fs.path.join(root, ...((await readReceipt(context.fs, root))?.sitePackages ?? "").split("/"));
  const { installed } = await inspectTree(context, root);
  const owners = await ownersOf(context, site, installed);
  if (answer.kind === null) throw unknownModule(module, environment.label, owners);
  const file = (answer.origin ?? undefined) as AbsPath | undefined;
  const owner = file === undefined ? owners.get(module.split(".")[0] ?? "") : ownerOfFile(context, site, file, owners);
  return {
    module,
    file,
    kind: answer.kind,
    distribution: owner === undefined ? undefined : { name: owner.displayName, version: owner.version },
    askedFor: unionOf(environment.intent)
      .filter((item) => owner !== undefined && parseRequirement(item.text).name === parsePackageName(owner.name))
      .map((item) => ({ text: item.text, origin: originText(context, item) })),
    shadowed: shadowedBy(module, answer),
    searchPath: answer.path.map((entry) => ({
      path: entry as AbsPath,
      owner: entryOwner(context, environment, site, entry),
    })),
  };
}

async function ask(context: Context, environment: Environment, module: string): Promise<Answer> {
  const python = context.fs.path.join(
    environment.current.root,
    ...(context.system.os === "windows" ? ["Scripts", "python.exe"] : ["bin", "python"]),
  );
  const result = await context.proc.run({
    argv: [python, "-c", whichProgram, module],
    env: context.system.env,
    timeoutMs: answerTimeoutMs,
  });
  const line = new TextDecoder().decode(result.stdout).trim().split("\n").at(-1) ?? "";
  if (result.exit !== 0) {
    const said = printable(new TextDecoder().decode(result.stderr)).trim().split("\n").at(-1) ?? "";
    throw new VenvoyError("ENV_BROKEN", `The Python of \`${environment.label}\` can't look for modules: ${said}`, {
      hint: `venvoy show ${environment.label}`,
    });
  }
  return JSON.parse(line) as Answer;
}

/** Top-level names and the distribution that brought each, from RECORD. */
async function ownersOf(
  context: Context,
  site: AbsPath,
  installed: readonly Installed[],
): Promise<ReadonlyMap<string, Installed>> {
  const owners = new Map<string, Installed>();
  for (const one of installed) {
    if (one.form !== "dist-info") continue;
    const record = context.fs.path.join(site, one.entry, "RECORD");
    if ((await context.fs.info(record)) === undefined) continue;
    for (const { path } of parseRecord(await context.fs.readText(record))) {
      const [top = ""] = path.split("/");
      const word = top.replace(/\.(py|so|pyd)$|\.cpython-.*$|\.abi3\..*$/, "");
      if (/^[^\W\d]\w*$/u.test(word) && !owners.has(word)) owners.set(word, one);
    }
  }
  return owners;
}

function ownerOfFile(
  context: Context,
  site: AbsPath,
  file: AbsPath,
  owners: ReadonlyMap<string, Installed>,
): Installed | undefined {
  const { path } = context.fs;
  if (!path.isInside(site, file)) return undefined;
  const [top = ""] = path.relative(site, file).split(path.separator);
  return owners.get(top.split(".")[0] ?? "");
}

/** Other files that the same top-level name would load if the first were not there. */
function shadowedBy(module: string, answer: Answer): readonly AbsPath[] {
  if (module.includes(".") || answer.kind === "namespace") return [];
  return answer.all.filter((file) => file !== answer.origin) as AbsPath[];
}

function entryOwner(context: Context, environment: Environment, site: AbsPath, entry: string): string {
  const { fs, system } = context;
  if (entry === site) return `the environment ${environment.label}`;
  const pythonPath = (system.env["PYTHONPATH"] ?? "")
    .split(system.os === "windows" ? ";" : ":")
    .filter((one) => one !== "");
  if (pythonPath.some((one) => fs.path.resolve(system.cwd, one) === entry)) return "PYTHONPATH";
  if (fs.path.isAbsolute(entry) && fs.path.isInside(environment.current.root, entry as AbsPath))
    return "a .pth file of the environment";
  if (/[\\/]\.local[\\/]lib|AppData[\\/]Roaming[\\/]Python/.test(entry)) return "the user site";
  if (/(site|dist)-packages$/.test(entry)) return "the base Python's packages";
  if (/python\d*\.?\d*(\.zip)?$|lib-dynload$|[\\/]DLLs$|[\\/]Lib$/i.test(entry))
    return `Python ${environment.intent.standing.pythonVersion} itself`;
  return "a .pth file";
}

function unknownModule(module: string, label: string, owners: ReadonlyMap<string, Installed>): VenvoyError {
  const near = nearest(module.split(".")[0] ?? "", owners.keys(), { limit: 1 })[0];
  return new VenvoyError("MODULE_UNKNOWN", `Nothing in \`${label}\` provides the module \`${module}\``, {
    hint: near === undefined ? `venvoy add PACKAGE -n ${label}` : `did you mean \`${near}\`?`,
    data: { module, environment: label },
  });
}
