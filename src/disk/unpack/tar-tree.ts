import type { AbsPath } from "../../base/index.ts";
import { archiveInvalid, shownName, type TarEntry } from "../../codec/index.ts";
import type { Fs } from "../../ports/index.ts";
import { checkArchivePath } from "../archive-path.ts";
import { foldedName } from "../archive-tree.ts";
import { type ArchiveNode, linkReason, placeInArchive } from "./link-places.ts";

const smallFileBytes = 1 << 20;

export interface TarTreeRules {
  /** Refuse a name that comes twice; else the later one stands, as other readers do. */
  readonly once?: boolean;
  /** Refuse names that differ only by case or Unicode form: on such a disk one would replace the other. */
  readonly foldsCase?: boolean;
  /** Also refuse what Windows can't hold. */
  readonly windows?: boolean;
}

/**
 * The files that a tar archive makes below one directory. Links may lead only to places inside; nothing is
 * written through a link that leaves. The rules are those of Python's `data` filter (PEP 706), decided on the archive's
 * own names before the disk is touched.
 */
export class TarTree {
  readonly #fs: Fs;
  readonly #label: string;
  readonly #root: AbsPath;
  readonly #nodes = new Map<string, ArchiveNode>([["", { kind: "directory" }]]);

  readonly #rules: TarTreeRules;
  /** Spelling by folded name; only where it matters. */
  readonly #spelling = new Map<string, string>();

  constructor(
    fs: Fs,
    { label, root, rules = {} }: { readonly label: string; readonly root: AbsPath; readonly rules?: TarTreeRules },
  ) {
    this.#fs = fs;
    this.#label = label;
    this.#root = root;
    this.#rules = rules;
  }

  /** Names directly below the root. */
  get topLevel(): readonly string[] {
    return [...this.#nodes.keys()].filter((path) => path !== "" && !path.includes("/"));
  }

  /** Throws `ARCHIVE_INVALID` for what leaves the directory, and for devices and pipes. */
  async add(entry: TarEntry): Promise<void> {
    const path = this.#place(entry.path);
    switch (entry.kind) {
      case "directory":
        return this.#makeDirectory(path === "" ? "" : this.#resolve(path, entry.path));
      case "file":
        return this.#writeFile(await this.#free(path, entry.path), entry);
      case "symlink":
        return this.#link(await this.#free(path, entry.path), entry.link, entry.path);
      case "hardlink":
        return this.#copy(path, entry);
      case "other":
        throw this.#refused(entry.path, "is a device or a pipe");
    }
  }

  /** A link that was harmless when it was made may lead out by what came after it. */
  checkLinks(): void {
    for (const [path, node] of this.#nodes) if (node.kind === "symlink") this.#resolve(path, path);
  }

  /** `./demo/x` and `/demo/x` mean the same as `demo/x`; every other oddity is refused. */
  #place(written: string): string {
    const path = written.replace(/^(?:\.?\/+)+/, "").replace(/^\.$/, "");
    return path === "" ? "" : checkArchivePath(path, { windows: this.#rules.windows ?? false });
  }

  /** The place that a path stands for, with links of the archive followed as the system would. */
  #resolve(path: string, written: string): string {
    return placeInArchive(this.#nodes, path, (why) => this.#refused(written, why));
  }

  /** Where a new file or link goes: below its real directory, with what stood there taken away. */
  async #free(path: string, written: string): Promise<string> {
    if (path === "") throw this.#refused(written, "has no name");
    const [parent, name] = split(path);
    const directory = parent === "" ? "" : this.#resolve(parent, written);
    await this.#makeDirectory(directory);
    const place = directory === "" ? name : `${directory}/${name}`;
    const there = this.#nodes.get(place);
    if (there?.kind === "directory") throw this.#refused(written, "is a directory already");
    if (there !== undefined && this.#rules.once === true) throw this.#refused(written, "appears twice");
    this.#checkSpelling(place, written);
    if (there !== undefined) await this.#fs.remove(this.#on(place));
    this.#nodes.delete(place);
    return place;
  }

  async #makeDirectory(path: string): Promise<void> {
    const there = this.#nodes.get(path);
    if (there?.kind === "directory") return;
    if (there !== undefined) throw this.#refused(path, "is a file and a directory at once");
    await this.#makeDirectory(split(path)[0]);
    this.#checkSpelling(path, path);
    await this.#fs.makeDir(this.#on(path));
    this.#nodes.set(path, { kind: "directory" });
  }

  #checkSpelling(path: string, written: string): void {
    if (this.#rules.foldsCase !== true && this.#rules.windows !== true) return;
    const folded = foldedName(path);
    const other = this.#spelling.get(folded);
    if (other !== undefined && other !== path) {
      throw this.#refused(written, `differs from \`${shownName(other)}\` only by case or Unicode form`);
    }
    this.#spelling.set(folded, path);
  }

  async #writeFile(path: string, entry: TarEntry): Promise<void> {
    this.#nodes.set(path, { kind: "file" });
    const mode = fileMode(entry.mode);
    if (entry.sizeBytes <= smallFileBytes) {
      await this.#fs.write(this.#on(path), await gathered(entry), { mode });
      return;
    }
    await using writer = await this.#fs.openWriter(this.#on(path));
    for await (const chunk of entry.content) await writer.write(chunk);
    await writer.close();
    await this.#fs.setMode(this.#on(path), mode);
  }

  async #link(path: string, link: string, written: string): Promise<void> {
    const reason = linkReason(link);
    if (reason !== undefined) throw this.#refused(written, `${reason}: \`${shownName(link)}\``);
    this.#nodes.set(path, { kind: "symlink", link });
    const target = this.#resolve(path, written);
    const kind = this.#nodes.get(target)?.kind === "directory" ? "directory" : "file";
    await this.#fs.symlink(link, this.#on(path), kind);
  }

  /** A hard link in an archive is one more name for an earlier member. */
  async #copy(path: string, { link, path: written }: TarEntry): Promise<void> {
    if (link.startsWith("/")) throw this.#refused(written, `is a link to the absolute path \`${shownName(link)}\``);
    const [parent, name] = split(this.#place(link));
    const directory = parent === "" ? "" : this.#resolve(parent, written);
    const source = directory === "" ? name : `${directory}/${name}`;
    const node = this.#nodes.get(source);
    if (node === undefined || node.kind === "directory") {
      throw this.#refused(written, `is a link to \`${shownName(link)}\`, which is no file of the archive`);
    }
    if (source === path) throw this.#refused(written, "is a link to itself");
    const place = await this.#free(path, written);
    if (node.kind === "symlink") return this.#link(place, node.link, written);
    await this.#fs.copyFile(this.#on(source), this.#on(place));
    this.#nodes.set(place, { kind: "file" });
  }

  #on(path: string): AbsPath {
    return path === "" ? this.#root : this.#fs.path.join(this.#root, ...path.split("/"));
  }

  #refused(written: string, why: string): Error {
    return archiveInvalid(this.#label, `has a member \`${shownName(written)}\` that ${why}`);
  }
}

function split(path: string): readonly [parent: string, name: string] {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)];
}

/** Readable and writable by its owner, writable by nobody else, runnable only when its owner may run it. */
function fileMode(mode: number): number {
  const kept = mode & 0o755;
  return ((kept & 0o100) === 0 ? kept & ~0o111 : kept) | 0o600;
}

async function gathered({ content }: TarEntry): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}
