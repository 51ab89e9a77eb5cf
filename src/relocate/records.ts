import { parseRecord } from "../pep/index.ts";

/** What a changed file holds now. */
export interface Content {
  readonly sha256: Buffer;
  readonly sizeBytes: number;
  /** Before the change. */
  readonly formerBytes: number;
}

/** Files that keep account of others, and so come last. */
export function isAccount(file: string): boolean {
  return /(?:^|\/)[^/]+\.dist-info\/RECORD$/.test(file) || /^conda-meta\/[^/]+\.json$/.test(file);
}

/** An account with the digests and sizes of what changed; `undefined` when it names none of that. */
export function updatedAccount(file: string, text: string, changed: ReadonlyMap<string, Content>): string | undefined {
  return file.startsWith("conda-meta/") ? updatedConda(text, changed) : updatedRecord(file, text, changed);
}

/** Rows are changed where they stand, so that whatever else is in the file stays as it is. */
function updatedRecord(file: string, text: string, changed: ReadonlyMap<string, Content>): string | undefined {
  const base = file.split("/").slice(0, -2);
  let isChanged = false;
  const lines = text.split("\n").map((line) => {
    const entry = entryOf(line);
    const content = entry === undefined ? undefined : changed.get(joined(base, entry.path));
    if (entry?.hash?.algorithm !== "sha256" || content === undefined) return line;
    const tail = `sha256=${content.sha256.toString("base64url")},${entry.sizeBytes === undefined ? "" : content.sizeBytes}`;
    const moved = line.replace(/sha256=[^,]*,\d*(?=\r?$)/, tail);
    isChanged ||= moved !== line;
    return moved;
  });
  return isChanged ? lines.join("\n") : undefined;
}

function entryOf(line: string): ReturnType<typeof parseRecord>[number] | undefined {
  try {
    return parseRecord(line)[0];
  } catch {
    // A row that no installer reads either.
    return undefined;
  }
}

function joined(base: readonly string[], relative: string): string {
  const parts = [...base];
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

function updatedConda(text: string, changed: ReadonlyMap<string, Content>): string | undefined {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(text);
  } catch {
    return undefined;
  }
  const data = record["paths_data"] as { readonly paths?: unknown } | undefined;
  if (!Array.isArray(data?.paths)) return undefined;
  let isChanged = false;
  for (const entry of data.paths as Record<string, unknown>[]) {
    const content = changed.get(String(entry["_path"]));
    // conda writes the digest of what lies in the prefix always, rattler only for what it rewrote.
    if (content === undefined || (!("sha256_in_prefix" in entry) && !("prefix_placeholder" in entry))) continue;
    entry["sha256_in_prefix"] = content.sha256.toString("hex");
    if (entry["size_in_bytes"] === content.formerBytes) entry["size_in_bytes"] = content.sizeBytes;
    isChanged = true;
  }
  return isChanged ? `${JSON.stringify(record, undefined, 2)}${text.endsWith("\n") ? "\n" : ""}` : undefined;
}
