import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { absPath, parseSha256 } from "../../src/base/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import {
  currentRelease,
  formOf,
  listPath,
  openPublication,
  type PublishWish,
  parseFileList,
  readReleases,
  type SealedTree,
  type ShareIo,
} from "../../src/share/index.ts";
import { RecordingReporter } from "../kit/memory-ports.ts";

/** Path -> content; `*` before the path makes a file that can be started, `-> target` as content a link. */
export type TreeFiles = Readonly<Record<string, string>>;

const sha256 = (bytes: string | Uint8Array) => parseSha256(createHash("sha256").update(bytes).digest("hex"));

/** What publishing starts from, without a Python in it: a tree of small files, written down as `pack` does. */
export function treeOf(root: string, files: TreeFiles): SealedTree {
  const lines: string[] = [];
  const links: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    const executable = name.startsWith("*");
    const path = executable ? name.slice(1) : name;
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    const target = /^-> (.+)$/.exec(content)?.[1];
    if (target !== undefined) {
      symlinkSync(target, file);
      links.push(`-> ${JSON.stringify(target)} ${JSON.stringify(path)}\n`);
      continue;
    }
    writeFileSync(file, content);
    if (executable) chmodSync(file, 0o755);
    lines.push(`${sha256(content)} ${executable ? "x" : "-"} ${JSON.stringify(path)}\n`);
  }
  mkdirSync(join(root, ".venvoy"), { recursive: true });
  writeFileSync(join(root, listPath), [...lines, ...links].join(""));
  return sealedAt(root);
}

/** The same, of a tree that was made by another process. */
export function sealedAt(root: string): SealedTree {
  const list = readFileSync(join(root, listPath), "utf8");
  const { files, links } = parseFileList(list, absPath(root));
  const directories = new Set([".venvoy"]);
  for (const { path } of [...files, ...links]) {
    path.split("/").forEach((_part, index, parts) => {
      if (index > 0) directories.add(parts.slice(0, index).join("/"));
    });
  }
  return {
    root: absPath(root),
    list,
    digest: sha256(list),
    files: files.map((file) => ({ ...file, sizeBytes: statSync(join(root, file.path)).size })),
    links,
    directories: [...directories].sort(),
  };
}

/** Many small files; those of `changed` differ from release to release. */
export function manyFiles(count: number, release: number): TreeFiles {
  const tool = '#!/bin/sh\ncat "${0%/*}/../lib/word.txt"\n';
  return {
    "*bin/tool": tool,
    "bin/other": "-> tool",
    "lib/word.txt": `release ${release}\n`,
    ...Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `lib/p${index % 7}/m${index}.py`,
        `${index % 10 === 0 ? `# of release ${release}\n` : ""}x = ${index}\n`,
      ]),
    ),
  };
}

export function shareIo(): ShareIo & { readonly reporter: RecordingReporter } {
  return { ...nodePorts(), reporter: new RecordingReporter() };
}

export function wishFor(tree: SealedTree, more: Partial<PublishWish> = {}): PublishWish {
  return { name: "tools", tree, python: "3.11.7", platform: "any", signal: new AbortController().signal, ...more };
}

/** What a reader may rely on, at any time: the pointer names a whole release, and every release with a record is whole. */
export async function checkWhole(
  io: ShareIo,
  root: string,
): Promise<{ current: number | undefined; releases: number[] }> {
  const publication = await openPublication(io, absPath(root));
  const form = formOf(publication.facts.form);
  const { records, damaged } = await readReleases(io, publication);
  if (damaged.length > 0) throw new Error(`records are damaged: ${damaged}`);
  const known = new Map<string, boolean>();
  for (const record of records) {
    const differing = await form.verify(io, publication, record, known);
    if (differing.length > 0) throw new Error(`release ${record.release} is damaged: ${differing.slice(0, 3)}`);
    const list = readFileSync(join(root, "releases", String(record.release), listPath), "utf8");
    for (const { path, target } of parseFileList(list, absPath(root)).links) {
      const found = readlinkSync(join(root, "releases", String(record.release), path));
      if (found !== target) throw new Error(`${path} leads to ${found}`);
    }
  }
  const current = await currentRelease(io, publication);
  const releases = records.map(({ release }) => release);
  if (current !== undefined && !releases.includes(current))
    throw new Error(`the pointer names ${current} of ${releases}`);
  return { current, releases };
}
