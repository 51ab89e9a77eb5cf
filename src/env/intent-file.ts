import type { EnvId } from "../base/index.ts";
import type { LinkMode } from "../ports/index.ts";
import { isEnvId } from "./environment-id.ts";
import type {
  AskedFor,
  Claim,
  FormerName,
  Intent,
  Keeping,
  Layout,
  PublicationOf,
  RequirementSource,
  Standing,
  Wanted,
} from "./intent.ts";
import { isEnvName } from "./name.ts";
import { numberOf, rowsOf, type TomlObject, tableOf, textOf, textsOf, timeOf } from "./toml-read.ts";
import { type TomlTable, tomlKey, tomlLines } from "./toml-text.ts";

const preamble = [
  "# What this environment is asked to hold. venvoy keeps this file; you may edit it, `venvoy rebuild` applies it.",
];

/** The text of `intent.toml`. */
export function formatIntent(intent: Intent): string {
  const { standing } = intent;
  const head = tomlLines({
    id: intent.id,
    created: new Date(intent.createdMs),
    generation: standing.generation,
    latest: standing.latest,
    undone: standing.undone,
    base: standing.base,
    "python-version": standing.pythonVersion,
    packages: standing.packages,
    owner: intent.owner,
    purpose: intent.purpose,
    protected: intent.protected || undefined,
    temporary: intent.temporary || undefined,
  });
  const variables = Object.entries(intent.variables).map(([key, value]) => [key, value] as const);
  const lines = [...preamble, ...head, ...wantedHead(intent)];
  if (variables.length > 0) lines.push("", "[variables]", ...tomlLines(Object.fromEntries(variables)));
  for (const { name, untilMs } of intent.former)
    lines.push("", "[[former]]", ...tomlLines({ name, until: new Date(untilMs) }));
  for (const file of intent.tracked) lines.push("", "[[tracked]]", ...tomlLines({ file }));
  return `${[...lines, ...wantedTables(intent, "")].join("\n")}\n`;
}

/** The same `Wanted`, as the tables of a history record under `prefix`. */
export function formatWanted(wanted: Wanted, prefix: string): string {
  return `${[`[${prefix}]`, ...wantedHead(wanted), ...wantedTables(wanted, `${prefix}.`)].join("\n")}\n`;
}

function wantedHead(wanted: Wanted): string[] {
  return tomlLines({
    python: wanted.python,
    layout: wanted.layout,
    "link-mode": wanted.linkMode,
    "system-site-packages": wanted.systemSitePackages || undefined,
    backend: wanted.backend,
    "for-host": wanted.forHost,
    "published-at": wanted.publication?.from,
    publication: wanted.publication?.id,
    release: wanted.publication?.release,
    pinned: wanted.publication?.pinned === true || undefined,
  });
}

function wantedTables(wanted: Wanted, prefix: string): string[] {
  const lines: string[] = [];
  if (wanted.host !== undefined) {
    const { name, override } = wanted.host;
    lines.push("", `[${prefix}host]`, ...tomlLines({ name, "override-bundled": override }));
  }
  for (const item of wanted.requirements) {
    lines.push("", `[[${prefix}requirement]]`, ...tomlLines(requirementTable(item)));
  }
  for (const claim of wanted.claims) {
    lines.push(
      "",
      `[[${prefix}claim]]`,
      ...tomlLines({
        script: claim.script,
        digest: claim.digest,
        seen: new Date(claim.seenMs),
        python: claim.python,
        requirements: claim.requirements.map((item) => ({ text: item.text, line: item.line })),
      }),
    );
  }
  return lines;
}

function requirementTable({ text, source }: AskedFor): TomlTable {
  switch (source.kind) {
    case "typed":
      return { text };
    case "file":
      return { text, file: source.file, line: source.line };
    case "noticed":
      return { text, "installed-by": source.installer };
  }
}

/** Reads the tables of `intent.toml`; throws an `Error` that says what is missing. */
export function readIntent(table: TomlObject): Intent {
  return {
    id: idOf(table),
    createdMs: timeOf(table["created"]) ?? 0,
    former: rowsOf(table["former"]).flatMap(readFormer),
    standing: readStanding(table),
    ...readKeeping(table),
    ...readWanted(table),
  };
}

export function readWanted(table: TomlObject): Wanted {
  return {
    requirements: rowsOf(table["requirement"]).map(readRequirement),
    claims: rowsOf(table["claim"]).map(readClaim),
    python: textOf(table["python"]),
    layout: layoutOf(table["layout"]),
    linkMode: linkModeOf(table["link-mode"]),
    systemSitePackages: table["system-site-packages"] === true,
    backend: textOf(table["backend"]),
    forHost: textOf(table["for-host"]),
    ...hostOf(table),
    ...readPublication(table),
  };
}

/** Also of the head alone, for whoever lists environments. */
export function readPublication(table: TomlObject): { readonly publication?: PublicationOf } {
  const from = textOf(table["published-at"]);
  if (from === undefined) return {};
  const id = textOf(table["publication"]) ?? "";
  return {
    publication: { from, id, release: numberOf(table["release"]) ?? 0, pinned: table["pinned"] === true },
  };
}

function hostOf(table: TomlObject): Pick<Wanted, "host"> {
  const host = tableOf(table["host"]);
  const name = textOf(host["name"]);
  if (name === undefined) return {};
  const list = host["override-bundled"];
  return { host: { name, override: Array.isArray(list) ? list.flatMap((item) => textOf(item) ?? []) : [] } };
}

function readKeeping(table: TomlObject): Keeping {
  return {
    owner: textOf(table["owner"]) ?? "",
    purpose: textOf(table["purpose"]),
    variables: textsOf(table["variables"]),
    protected: table["protected"] === true,
    temporary: table["temporary"] === true,
    tracked: rowsOf(table["tracked"]).flatMap(({ file }) => textOf(file) ?? []),
  };
}

function readStanding(table: TomlObject): Standing {
  const generation = numberOf(table["generation"]) ?? 0;
  return {
    generation,
    latest: Math.max(numberOf(table["latest"]) ?? 0, generation),
    base: textOf(table["base"]) ?? "",
    pythonVersion: textOf(table["python-version"]) ?? "",
    packages: numberOf(table["packages"]) ?? 0,
    ...(numberOf(table["undone"]) === undefined ? {} : { undone: numberOf(table["undone"]) }),
  };
}

function idOf(table: TomlObject): EnvId {
  const id = textOf(table["id"]) ?? "";
  if (!isEnvId(id)) throw new Error("`id` is missing or not an id");
  return id;
}

function readRequirement(row: TomlObject): AskedFor {
  const text = textOf(row["text"]);
  if (text === undefined) throw new Error("a `[[requirement]]` has no `text`");
  return { text, source: readSource(row) };
}

function readSource(row: TomlObject): RequirementSource {
  const file = textOf(row["file"]);
  if (file !== undefined) return { kind: "file", file, line: numberOf(row["line"]) ?? 0 };
  const installer = textOf(row["installed-by"]);
  return installer === undefined ? { kind: "typed" } : { kind: "noticed", installer };
}

function readClaim(row: TomlObject): Claim {
  const script = textOf(row["script"]);
  if (script === undefined) throw new Error("a `[[claim]]` has no `script`");
  return {
    script,
    digest: textOf(row["digest"]) ?? "",
    seenMs: timeOf(row["seen"]) ?? 0,
    python: textOf(row["python"]),
    requirements: rowsOf(row["requirements"]).flatMap((item) => {
      const text = textOf(item["text"]);
      return text === undefined ? [] : [{ text, line: numberOf(item["line"]) ?? 0 }];
    }),
  };
}

/** A hand may have written anything there; it names files, so only what is a name counts. */
function readFormer(row: TomlObject): FormerName[] {
  const name = textOf(row["name"]);
  return name === undefined || !isEnvName(name) ? [] : [{ name, untilMs: timeOf(row["until"]) ?? 0 }];
}

function layoutOf(value: unknown): Layout {
  return value === "plain" || value === "standalone" || value === "conda" ? value : "venv";
}

function linkModeOf(value: unknown): LinkMode | undefined {
  return value === "hardlink" || value === "reflink" || value === "copy" ? value : undefined;
}

/**
 * The keys that a list of environments shows, without a TOML parser: the lines before the first table, each in the form
 * that `formatIntent` writes. `undefined` when a line has another form (somebody edited the file): parse it then.
 */
export function scanIntentHead(text: string): TomlObject | undefined {
  const found = new Map<string, unknown>();
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end === -1 ? text.length : end);
    at = end === -1 ? text.length : end + 1;
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("[")) break;
    const equals = line.indexOf(" = ");
    const key = line.slice(0, equals);
    if (equals < 1 || tomlKey(key) !== key) return undefined;
    const value = scanValue(line.slice(equals + 3));
    if (value === undefined) return undefined;
    found.set(key, value);
  }
  return Object.fromEntries(found);
}

function scanValue(text: string): string | number | boolean | undefined {
  if (text === "true" || text === "false") return text === "true";
  if (/^\d{1,15}$/.test(text)) return Number(text);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return text;
  return /^"[^"\\]*"$/.test(text) ? text.slice(1, -1) : undefined;
}
