import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TreeReport } from "../../src/app/index.ts";
import type { TestContext } from "../kit/context.ts";

export type Files = Readonly<Record<string, string | Uint8Array>>;

export function plant(root: string, files: Files): string {
  for (const [path, content] of Object.entries(files)) {
    const at = join(root, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content, { mode: /(?:^|\/)bin\//.test(path) ? 0o755 : 0o644 });
  }
  return root;
}

export async function report(
  t: TestContext,
  ...words: readonly string[]
): Promise<TreeReport & { readonly exit: number }> {
  const { out, err, exit } = await t.venvoy("doctor", ...words, "--json");
  if (out === "") throw new Error(err);
  return { ...JSON.parse(out), exit };
}

/** Everything in a tree: contents, modes, links. */
export function pictureOf(root: string): Readonly<Record<string, string>> {
  const picture: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const at = join(entry.parentPath, entry.name);
    const path = at.slice(root.length + 1);
    if (entry.isSymbolicLink()) picture[path] = `-> ${readlinkSync(at)}`;
    else if (entry.isFile()) picture[path] = `${statSync(at).mode.toString(8)} ${readFileSync(at, "latin1")}`;
  }
  return picture;
}

export const sha256 = (text: string | Uint8Array) => createHash("sha256").update(text).digest();
