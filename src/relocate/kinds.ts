/** What holds a path, which is what decides what happens when the path leads nowhere. */
export interface KindFacts {
  /** In the plural, for a heading: "programs name their Python". */
  readonly title: string;
  /** What happens when the path leads nowhere, or elsewhere; nothing for what nobody follows. */
  readonly breaks: string | undefined;
  /** What happens instead while the former place is still there. */
  readonly misleads?: string;
  /** A path that isn't there breaks it, whatever the path is; else only the tree's own former place does. */
  readonly needsThere: boolean;
  /** Whether somebody follows it can't be seen from here. */
  readonly isUnsure?: boolean;
}

export const kinds = {
  program: {
    title: "programs name their Python in their first line",
    breaks: "they can't be started",
    misleads: "they start another tree's Python",
    needsThere: true,
  },
  launcher: {
    title: "launchers (.exe) name their Python",
    breaks: "they can't be started",
    misleads: "they start another tree's Python",
    needsThere: true,
  },
  loader: {
    title: "programs name the loader that starts them",
    breaks: "they can't be started",
    misleads: "they need another tree to start",
    needsThere: true,
  },
  config: {
    title: "what the environment says of its base",
    breaks: "Python doesn't find its standard library, or finds another one",
    needsThere: true,
  },
  link: { title: "links", breaks: "they lead nowhere, or into another tree", needsThere: true },
  activation: {
    title: "activation scripts",
    breaks: "activating leads PATH and VIRTUAL_ENV elsewhere",
    needsThere: false,
  },
  import: {
    title: "files that add directories to the import path",
    breaks: "imports fail, or load another tree's code",
    needsThere: true,
  },
  library: {
    title: "compiled files look for libraries in fixed places",
    breaks: "libraries are not found, or another tree's are loaded",
    needsThere: false,
  },
  building: {
    title: "what is told to compilers",
    breaks: "what is built against this Python looks for headers and libraries elsewhere",
    needsThere: false,
  },
  binary: {
    title: "compiled files hold paths in their data",
    breaks: "a program may look for its data elsewhere",
    needsThere: false,
    isUnsure: true,
  },
  text: { title: "other text", breaks: "whatever reads it looks elsewhere", needsThere: false, isUnsure: true },
  sourceless: {
    title: "bytecode without its source",
    breaks: "tracebacks name a file that isn't there",
    needsThere: false,
  },
  bytecode: {
    title: "bytecode (Python puts the true path in when it loads it)",
    breaks: undefined,
    needsThere: false,
  },
  note: { title: "notes of installers and documentation", breaks: undefined, needsThere: false },
} as const satisfies Readonly<Record<string, KindFacts>>;

export type Kind = keyof typeof kinds;

interface Row {
  readonly path: RegExp;
  readonly kind: Kind;
}

/** Which kind a text file is; the first row that fits decides. Paths are relative, with `/`. */
const rows: readonly Row[] = [
  { path: /(?:^|\/)orig-prefix\.txt$/, kind: "config" },
  // Its `home` is looked at by itself; the rest is written down for people.
  { path: /(?:^|\/)pyvenv\.cfg$/, kind: "note" },
  {
    path: /(?:^|\/)(?:bin|Scripts)\/(?:de)?activate[^/]*$|(?:^|\/)etc\/conda\/(?:de)?activate\.d\//i,
    kind: "activation",
  },
  { path: /\.(?:pth|egg-link)$|(?:^|\/)__editable__[^/]*\.py$|(?:^|\/)__editable___[^/]*_finder\.py$/, kind: "import" },
  { path: /\.(?:dist-info|egg-info)\/|(?:^|\/)EGG-INFO\/|^conda-meta\/|(?:^|\/)\.lock$/, kind: "note" },
  {
    path: /(?:^|\/)_sysconfigdata_[^/]*\.py$|\.(?:pc|cmake|la)$|(?:^|\/)Makefile$|-config$|(?:^|\/)python-config\.py$/,
    kind: "building",
  },
  { path: /(?:^|\/)(?:build-details\.json|distutils\.cfg|config\.status|pyconfig\.h)$/, kind: "building" },
  { path: /\.(?:md|rst|html?|txt|1|3|tex|css|js|map|ipynb)$|(?:^|\/)share\/(?:doc|man|info)\//i, kind: "note" },
];

export function kindOfText(file: string): Kind {
  return rows.find(({ path }) => path.test(file))?.kind ?? "text";
}

/** Whose place a path is. */
export type Owner =
  /** Where the tree was before. */
  | "former"
  /** Where it is. */
  | "here"
  /** The Python that it stands on. */
  | "base"
  /** A mark that an installer had to replace. */
  | "placeholder"
  /** A directory that pip or uv built in, and removed. */
  | "build"
  | "home"
  | "elsewhere";

export type Harm = "now" | "perhaps" | "moved" | "none";

/** One path that lies in a tree. */
export interface LeftPath {
  /** Relative to the tree, with `/`. */
  readonly file: string;
  /** "line 3", "RUNPATH", "byte 4711", "VIRTUAL_ENV". */
  readonly where: string;
  readonly path: string;
  readonly kind: Kind;
  readonly owner: Owner;
  /** How often it stands in that file. */
  readonly times: number;
  /** On this machine, now. */
  readonly exists: boolean;
  /**
   * `now`: something is broken by it. `perhaps`: it leads to the former place, and whether anybody follows it can't be seen.
   * `moved`: it breaks when the tree or its base moves. `none`: nobody follows it.
   */
  readonly harm: Harm;
  /** What breaks because of it, as a clause; nothing where nobody follows it. */
  readonly breaks?: string;
  /** `rewritten` by `--fix`; `left`, because nothing needs it; `stuck`: it can't be done; `other`: not a path of the former place. */
  readonly fix: "rewritten" | "left" | "stuck" | "other";
}
