import { type AbsPath, byCodePoint, printable, VenvoyError } from "../../base/index.ts";
import { type Context, pathFrom, shownPath } from "../context.ts";

/** Directories below one that is searched in which no scripts of a person's own lie. */
const passedOver = /^(?:\..*|__pycache__|node_modules|site-packages|site-envs|dist-packages)$/;

/** What programs read of their extensions, and Python doesn't. */
const declarationName = /^blender_manifest\.toml$|\.uplugin$/i;

const scriptName = /\.(?:pyw?|py[23])$/i;

/** More is no set of scripts but a mistake (a home directory, the root). */
const mostFound = 5_000;

export interface FoundScripts {
  /** Absolute, in the order of the words; a directory's in order of their paths. No path twice. */
  readonly paths: readonly AbsPath[];
  /** Of these only the path was found: they count when they have a header. */
  readonly searched: ReadonlySet<AbsPath>;
}

/**
 * The scripts that words mean: files as they are (they need not exist), directories with everything below them, and
 * patterns (`*`, `?`, `**`) that the shell left alone. Throws `FILE_UNREADABLE` for a directory or pattern that holds none.
 */
export async function findScripts(context: Context, words: readonly string[]): Promise<FoundScripts> {
  const paths = new Set<AbsPath>();
  const searched = new Set<AbsPath>();
  for (const word of words) {
    const path = pathFrom(context, word);
    // What can't even be looked at is told when it is read.
    const info = await context.fs.info(path).catch(() => undefined);
    const isPattern = info === undefined && /[*?]/.test(word);
    if (info?.kind !== "directory" && !isPattern) {
      paths.add(path);
      searched.delete(path);
      continue;
    }
    const found = isPattern ? await matching(context, path) : await below(context, path, () => true);
    if (found.length === 0) throw nothingThere(word, { isPattern });
    for (const one of found) {
      if (!paths.has(one) && !isPattern) searched.add(one);
      paths.add(one);
    }
  }
  return { paths: [...paths], searched };
}

async function matching(context: Context, pattern: AbsPath): Promise<readonly AbsPath[]> {
  const { path: paths } = context.fs;
  let root = paths.directory(pattern);
  while (/[*?]/.test(root) && paths.directory(root) !== root) root = paths.directory(root);
  const shape = expressionOf(paths.relative(root, pattern).split(paths.separator).join("/"));
  const fits = (path: AbsPath): boolean => shape.test(paths.relative(root, path).split(paths.separator).join("/"));
  return below(context, root, fits, { everyName: true });
}

function expressionOf(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*\/|\*\*|\*|\?)/).map((part) => {
    if (part === "**/") return "(?:[^/]+/)*";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    return part.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`);
}

async function below(
  context: Context,
  root: AbsPath,
  fits: (path: AbsPath) => boolean,
  { everyName = false }: { readonly everyName?: boolean } = {},
): Promise<readonly AbsPath[]> {
  const { fs } = context;
  const found: AbsPath[] = [];
  const waiting: AbsPath[] = [root];
  for (let dir = waiting.pop(); dir !== undefined; dir = waiting.pop()) {
    const entries = (await fs.list(dir)) ?? [];
    // Another's environment is no place for scripts.
    if (dir !== root && entries.some(({ name }) => name === "pyvenv.cfg")) continue;
    const counts = everyName ? () => true : countsAmong(new Set(entries.map(({ name }) => name)));
    for (const { name, kind } of entries) {
      const path = fs.path.join(dir, name);
      if (kind === "directory") {
        if (!passedOver.test(name)) waiting.push(path);
      } else if (counts(name) && fits(path)) found.push(path);
    }
    if (found.length > mostFound) throw tooMany(shownPath(context, root));
  }
  return found.sort(byCodePoint);
}

/**
 * Of the names in one directory, those that may say what they need. A requirements file is somebody's notes in most places; beside
 * `__init__.py` it is what a node of ComfyUI asks for, and its `pyproject.toml` where it has no such file.
 */
function countsAmong(names: ReadonlySet<string>): (name: string) => boolean {
  const node = !names.has("__init__.py")
    ? undefined
    : names.has("requirements.txt")
      ? "requirements.txt"
      : "pyproject.toml";
  return (name) => scriptName.test(name) || declarationName.test(name) || name === node;
}

function nothingThere(word: string, { isPattern }: { readonly isPattern: boolean }): VenvoyError {
  const shown = printable(word, { newlines: false });
  const why = isPattern ? "no file fits this pattern" : "no Python script lies there or below";
  return new VenvoyError("FILE_UNREADABLE", `\`${shown}\`: ${why}`, { data: { file: word } });
}

function tooMany(label: string): VenvoyError {
  return new VenvoyError("ARGUMENT_INVALID", `More than ${mostFound} scripts lie below \`${printable(label)}\``, {
    hint: "name the directory that holds the scripts of one program",
  });
}
