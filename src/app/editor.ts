import { type AbsPath, VenvoyError } from "../base/index.ts";
import { editJsonc, type JsoncObject, parseJsonc, parseToml } from "../codec/index.ts";
import type { Environment } from "../env/index.ts";
import { type Context, shownPath } from "./context.ts";
import type { OperationOptions } from "./requests.ts";
import { targetEnvironment } from "./targets.ts";

export type Editor = "vscode" | "pyright";

export interface EditorRequest extends OperationOptions {
  readonly editor: Editor;
  /** The environment; else the active one. */
  readonly name?: string;
  /** Writes the settings into the working directory's file; else they are only told. */
  readonly write?: boolean;
}

export interface EditorReport {
  readonly environment: string;
  readonly file: AbsPath;
  readonly settings: JsoncObject;
  /** What the file says otherwise now. */
  readonly replaces: JsoncObject;
  readonly written: boolean;
  readonly notes: readonly string[];
}

/**
 * The settings that lead an editor to an environment, through the path that stays the same when the environment
 * changes. Written only when asked; comments and other settings stay. Throws `FILE_UNREADABLE`.
 */
export async function editor(context: Context, request: EditorRequest): Promise<EditorReport> {
  const environment = await targetEnvironment(context, request.name);
  const { fs, system } = context;
  const file = fs.path.join(
    system.cwd,
    ...(request.editor === "vscode" ? [".vscode", "settings.json"] : ["pyrightconfig.json"]),
  );
  const text = (await fs.info(file)) === undefined ? undefined : await fs.readText(file);
  const before = text === undefined ? {} : parseJsonc(text, shownPath(context, file));
  const settings = request.editor === "vscode" ? vscode(context, environment) : pyright(context, environment);
  const different = Object.entries(settings).filter(([key, value]) => before[key] !== value);
  const elsewhere = request.editor === "pyright" && text === undefined ? await pyrightTable(context) : undefined;
  const written = request.write === true && different.length > 0;
  if (written && elsewhere !== undefined) throw elsewhere;
  if (written) {
    await fs.makeDir(fs.path.directory(file));
    await fs.writeAtomic(file, editJsonc(text ?? "", Object.fromEntries(different)));
  }
  return {
    environment: environment.label,
    file,
    settings,
    replaces: Object.fromEntries(different.flatMap(([key]) => (key in before ? [[key, before[key]]] : []))),
    written,
    notes: elsewhere === undefined ? [] : [elsewhere.message],
  };
}

/** Through the name, which leads to every later version. */
function vscode(context: Context, { root }: Environment): JsoncObject {
  const { fs, system } = context;
  const words = system.os === "windows" ? ["Scripts", "python.exe"] : ["bin", "python"];
  return { "python.defaultInterpreterPath": fs.path.join(root, ...words) };
}

function pyright({ fs }: Context, { root }: Environment): JsoncObject {
  return { venvPath: fs.path.directory(root), venv: fs.path.name(root) };
}

/** Pyright ignores `[tool.pyright]` as soon as there is a `pyrightconfig.json`. */
async function pyrightTable(context: Context): Promise<VenvoyError | undefined> {
  const { fs, system } = context;
  const file = fs.path.join(system.cwd, "pyproject.toml");
  if ((await fs.info(file)) === undefined) return undefined;
  const tool = parseToml(await fs.readText(file), { label: "pyproject.toml", code: "FILE_UNREADABLE" })["tool"];
  if (typeof tool !== "object" || tool === null || !("pyright" in tool)) return undefined;
  return new VenvoyError(
    "ARGUMENT_INVALID",
    "`pyproject.toml` has `[tool.pyright]`, which Pyright would ignore beside a `pyrightconfig.json`",
    { hint: "put `venvPath` and `venv` into `[tool.pyright]`" },
  );
}
