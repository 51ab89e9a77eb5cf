import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { nodePorts } from "../../src/node/index.ts";
import { realPythons } from "./real-pythons.ts";

/** Files of a release by path; `->` before a text makes it a link, `#!` a program. */
export type ReleaseFiles = Readonly<Record<string, string>>;

export interface WrittenRelease {
  readonly files?: ReleaseFiles;
  readonly packages?: Readonly<Record<string, string>>;
  readonly platform?: string;
  readonly python?: string;
  /** Taken for the list, in place of what the files say. */
  readonly list?: string;
  /** Left out: it becomes current. */
  readonly isCurrent?: boolean;
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * A publication as `publish` writes one, from literals: its Python is a real one of this machine, started by a line of shell.
 */
export class WrittenPublication {
  readonly root: string;
  readonly name: string;
  readonly id: string;

  constructor(root: string, name = "tools", id = digestOf(root).slice(0, 32)) {
    this.root = root;
    this.name = name;
    this.id = id;
    this.#write("publication.json", `${JSON.stringify({ format: 1, form: "share", name, id })}\n`);
  }

  release(number: number, release: WrittenRelease = {}): void {
    const files = { ...treeFiles(release.packages ?? {}), ...release.files };
    const lines: string[] = [];
    const links: string[] = [];
    let bytes = 0;
    for (const [path, text] of Object.entries(files)) {
      if (text.startsWith("->")) {
        links.push(`-> ${JSON.stringify(text.slice(2))} ${JSON.stringify(path)}`);
        continue;
      }
      const isProgram = text.startsWith("#!");
      this.object(text, isProgram);
      lines.push(`${digestOf(text)} ${isProgram ? "x" : "-"} ${JSON.stringify(path)}`);
      bytes += text.length;
    }
    const list = release.list ?? `${[...lines, ...links].join("\n")}\n`;
    this.object(list, false);
    const record = {
      format: 1,
      release: number,
      digest: digestOf(list),
      python: release.python ?? basename(realPython().prefix),
      platform: release.platform ?? thisPlatform(),
      packages: Object.entries(release.packages ?? {}).map(([name, version]) => ({ name, version })),
      bytes,
      files: lines.length,
      published: "2026-01-01T00:00:00Z",
    };
    this.#write(`releases/${number}/.venvoy/files`, list);
    this.#write(`releases/${number}.json`, JSON.stringify(record));
    if (release.isCurrent !== false) this.point(number);
  }

  point(number: number): void {
    this.#write("current.tmp", `${number}\n`);
    renameSync(join(this.root, "current.tmp"), join(this.root, "current.txt"));
  }

  /** As `publish --keep` collects one. */
  collect(number: number): void {
    rmSync(join(this.root, `releases/${number}.json`));
    rmSync(join(this.root, `releases/${number}`), { recursive: true });
  }

  /** Where the content lies. */
  objectFile(text: string, isProgram = text.startsWith("#!")): string {
    const digest = digestOf(text);
    return join(this.root, "objects", digest.slice(0, 2), `${digest}${isProgram ? ".x" : ""}`);
  }

  object(text: string, isProgram: boolean): void {
    const file = this.objectFile(text, isProgram);
    if (existsSync(file)) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, isProgram ? 0o755 : 0o644);
  }

  #write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

export function thisPlatform(): string {
  const { system } = nodePorts();
  const libc = system.libc === undefined ? "" : `-${system.libc.kind}${system.libc.version}`;
  return `${system.os}-${system.machine}${libc}`;
}

function realPython(): ReturnType<typeof realPythons>[number] {
  const [found] = realPythons();
  if (found === undefined) throw new Error("no Python of this machine can be used");
  return found;
}

/** The least that a Python with packages consists of. */
function treeFiles(packages: Readonly<Record<string, string>>): Record<string, string> {
  const { minor, program } = realPython();
  const lib = `lib/python${minor}`;
  const files: Record<string, string> = {
    // "$0" is the link that was called or the program itself; both lie in `bin`.
    [`bin/python${minor}`]: `#!/bin/sh
here=$(cd "$(dirname "$0")/.." && pwd -P)
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$here/${lib}/site-packages" exec '${program}' "$@"
`,
    "bin/python": `->python${minor}`,
    [`${lib}/os.py`]: "",
    [`${lib}/site-packages/empty.py`]: "",
  };
  for (const [name, version] of Object.entries(packages)) {
    const info = `${lib}/site-packages/${name}-${version}.dist-info`;
    files[`${lib}/site-packages/${name}/__init__.py`] = `VERSION = "${version}"\n`;
    files[`${info}/METADATA`] = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;
    files[`${info}/INSTALLER`] = "venvoy";
    files[`${info}/RECORD`] = "";
  }
  files[".venvoy/pylock.toml"] = lockText(packages);
  return files;
}

function lockText(packages: Readonly<Record<string, string>>): string {
  const tables = Object.entries(packages).map(
    ([name, version]) => `[[packages]]
name = "${name}"
version = "${version}"
[[packages.wheels]]
name = "${name}-${version}-py3-none-any.whl"
url = "https://index.example/${name}-${version}-py3-none-any.whl"
hashes = { sha256 = "${digestOf(name + version)}" }
`,
  );
  return `lock-version = "1.0"\ncreated-by = "venvoy"\n\n${tables.join("\n")}`;
}
