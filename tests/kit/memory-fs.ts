import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type AbsPath, byCodePoint, hasCode, parseSha256, type Sha256, VenvoyError } from "../../src/base/index.ts";
import {
  crc32,
  extractEntry,
  type PathList,
  parsePathLists,
  tarEnd,
  tarMemberHead,
  tarPadding,
  type ZipMember,
  zipEnd,
  zipMemberHead,
} from "../../src/codec/index.ts";
import type {
  ArchiveMember,
  ArchivePlan,
  CopyPlan,
  FileInfo,
  FileWriter,
  Fs,
  LinkTreePlan,
  ListedPaths,
  ScannedEntry,
  UnpackPlan,
} from "../../src/ports/index.ts";
import { type DiskNode, type FileNode, type MemoryDisk, type Spot, systemError } from "./memory-disk.ts";
import type { MemoryLocks } from "./memory-locks.ts";

/** The `Fs` port on a disk in memory. Its faults are those of the real one; `tests/contract/fs.ts` holds both to that. */
export class MemoryFs implements Fs {
  readonly path: Fs["path"];
  readonly #disk: MemoryDisk;
  readonly #locks: MemoryLocks;
  readonly #random: (count: number) => Uint8Array;

  constructor(disk: MemoryDisk, locks: MemoryLocks, random: (count: number) => Uint8Array) {
    this.path = disk.path;
    this.#disk = disk;
    this.#locks = locks;
    this.#random = random;
  }

  async read(path: AbsPath): Promise<Uint8Array> {
    return this.#file(path, "open").data.slice();
  }

  async readText(path: AbsPath): Promise<string> {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#file(path, "open").data);
  }

  async readRange(path: AbsPath, offset: number, length: number): Promise<Uint8Array> {
    return this.readRangeNow(path, offset, length);
  }

  readRangeNow(path: AbsPath, offset: number, length: number): Uint8Array {
    return this.#file(path, "open").data.slice(offset, offset + length);
  }

  async list(path: AbsPath): ReturnType<Fs["list"]> {
    try {
      const node = this.#disk.node(path, "scandir");
      if (node.kind !== "directory") throw systemError("ENOTDIR", "scandir", path);
      return [...node.entries.values()]
        .map((entry) => ({ name: entry.name, kind: entry.node.kind }))
        .sort((a, b) => byCodePoint(a.name, b.name));
    } catch (error) {
      if (hasCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }

  async info(path: AbsPath): Promise<FileInfo | undefined> {
    return this.#info(path, true);
  }

  async linkInfo(path: AbsPath): Promise<FileInfo | undefined> {
    return this.#info(path, false);
  }

  async scan(path: AbsPath, visit: (entry: ScannedEntry) => void): Promise<void> {
    const go = async (at: AbsPath, relative: string): Promise<void> => {
      const info = this.#info(at, false);
      if (info === undefined) return;
      const { kind, device, inode, links, sizeBytes } = info;
      visit({ path: relative, kind, device, inode, links, diskBytes: sizeBytes });
      if (kind !== "directory") return;
      for (const { name } of (await this.list(at)) ?? [])
        await go(this.path.join(at, name), relative === "" ? name : `${relative}/${name}`);
    };
    await go(path, "");
  }

  async linkInfos(paths: readonly AbsPath[]): Promise<readonly (FileInfo | undefined)[]> {
    return paths.map((path) => this.#info(path, false));
  }

  async realPath(path: AbsPath): Promise<AbsPath> {
    const spot = this.#disk.spot(path, "realpath", true);
    if (spot.node === undefined) throw systemError("ENOENT", "realpath", path);
    const stored = [...spot.parent.entries.values()].find((entry) => entry.node === spot.node)?.name ?? spot.name;
    return this.#disk.fullPath({ ...spot, name: stored });
  }

  async readLink(path: AbsPath): Promise<string> {
    const { node } = this.#disk.spot(path, "readlink");
    if (node === undefined) throw systemError("ENOENT", "readlink", path);
    if (node.kind !== "symlink") throw systemError("EINVAL", "readlink", path);
    return node.target;
  }

  async makeDir(path: AbsPath): Promise<void> {
    const existing = this.#nodeOrUndefined(path);
    if (existing?.kind === "directory") return;
    if (existing !== undefined) throw systemError("EEXIST", "mkdir", path);
    const parent = this.path.directory(path);
    if (parent !== path) await this.makeDir(parent).catch((error) => Promise.reject(asNotDirectory(error, path)));
    const spot = this.#disk.spot(path, "mkdir");
    this.#disk.put(spot, this.#disk.newDirectory(spot.parent.device));
  }

  async makeStage(parent: AbsPath, prefix: string): Promise<AbsPath> {
    await this.makeDir(parent);
    const stage = this.path.join(parent, `${prefix}-${this.#name()}`);
    await this.makeDir(stage);
    return stage;
  }

  async write(path: AbsPath, data: string | Uint8Array, options?: { readonly mode?: number }): Promise<void> {
    this.#write(path, bytesOf(data), options?.mode);
  }

  async writeAtomic(path: AbsPath, data: string | Uint8Array, options?: { readonly mode?: number }): Promise<void> {
    const before = this.#disk.spot(path, "open");
    const kept = before.node?.kind === "file" ? before.node.mode : undefined;
    const staged = this.path.join(this.path.directory(path), `.tmp-${this.#name()}`);
    try {
      this.#write(staged, bytesOf(data), options?.mode ?? kept);
      await this.rename(staged, path);
    } catch (error) {
      await this.remove(staged).catch(() => undefined);
      throw error;
    }
  }

  async openWriter(path: AbsPath, options?: { readonly append?: boolean }): Promise<FileWriter> {
    const existing = this.#nodeOrUndefined(path);
    const start = options?.append === true && existing?.kind === "file" ? existing.data : new Uint8Array();
    this.#write(path, start, undefined);
    let isOpen = true;
    return {
      write: async (chunk) => {
        if (!isOpen) throw new Error("the writer is closed");
        this.#write(path, Buffer.concat([this.#file(path, "write").data, chunk]), undefined);
      },
      close: async () => {
        isOpen = false;
      },
      [Symbol.asyncDispose]: async () => {
        isOpen = false;
      },
    };
  }

  async symlink(target: string, path: AbsPath, kind: "file" | "directory"): Promise<void> {
    const spot = this.#disk.spot(path, "symlink");
    if (spot.node !== undefined) throw systemError("EEXIST", "symlink", path);
    this.#disk.put(spot, this.#link(spot, target, kind));
  }

  async replaceLink(target: string, path: AbsPath, kind: "file" | "directory"): Promise<void> {
    const spot = this.#disk.spot(path, "symlink");
    if (spot.node?.kind === "directory") throw systemError("EISDIR", "rename", path);
    this.#disk.put(spot, this.#link(spot, target, kind));
  }

  async hardLink(existing: AbsPath, path: AbsPath): Promise<void> {
    this.#hardLink(existing, path);
  }

  async copyFile(from: AbsPath, to: AbsPath): Promise<void> {
    const source = this.#file(from, "copyfile");
    this.#write(to, source.data.slice(), source.mode);
  }

  async rename(from: AbsPath, to: AbsPath): Promise<void> {
    const source = this.#disk.spot(from, "rename");
    const target = this.#disk.spot(to, "rename");
    if (source.node === undefined) throw systemError("ENOENT", "rename", from);
    const isRespelling = source.parent === target.parent && this.#disk.sameName(source.name, target.name);
    // Two links to one file: POSIX says that nothing happens.
    if (source.node === target.node && !isRespelling) return;
    if (source.parent.device !== target.parent.device) throw systemError("EXDEV", "rename", from);
    this.#disk.checkNotOpen(source, "rename");
    this.#disk.checkNotLoaded(source, "rename", true);
    if (target.node !== undefined && target.node !== source.node) this.#checkReplaceable(source.node, target, to);
    this.#disk.checkWritable(source, "rename");
    this.#disk.checkWritable(target, "rename");
    const moved = source.node;
    moved.links++;
    this.#disk.take(source);
    this.#disk.put(isRespelling ? { ...target, node: undefined } : target, moved);
  }

  async remove(path: AbsPath): Promise<void> {
    let spot: Spot;
    try {
      spot = this.#disk.spot(path, "unlink");
    } catch (error) {
      if (hasCode(error, "ENOENT", "ENOTDIR")) return;
      throw error;
    }
    if (spot.node === undefined) return;
    if (spot.node.kind === "directory") {
      for (const { name } of [...spot.node.entries.values()]) await this.remove(this.path.join(path, name));
    }
    this.#disk.checkNotOpen(spot, "unlink");
    this.#disk.checkNotLoaded(spot, "unlink", false);
    this.#disk.take(spot);
  }

  async setMode(path: AbsPath, mode: number): Promise<void> {
    const node = this.#disk.node(path, "chmod");
    node.mode = mode;
    node.changedMs = this.#disk.now();
  }

  async setTimes(path: AbsPath, modifiedMs: number): Promise<void> {
    const node = this.#disk.node(path, "utime");
    node.modifiedMs = modifiedMs;
    node.changedMs = this.#disk.now();
  }

  async syncDir(path: AbsPath): Promise<void> {
    this.#disk.node(path, "open");
  }

  async freeSpace(path: AbsPath): ReturnType<Fs["freeSpace"]> {
    this.#disk.node(path, "statfs");
    return { bytes: this.#disk.capacityBytes - this.#disk.usedBytes, files: Number.MAX_SAFE_INTEGER };
  }

  async canReflink(from: AbsPath, to: AbsPath): Promise<boolean> {
    const devices = [from, to].map((path) => this.#disk.node(path, "open").device);
    return this.#disk.reflinks && devices[0] === devices[1];
  }

  expectLinks(): void {}

  async linkTrees(plans: readonly LinkTreePlan[]): Promise<void> {
    for (const plan of plans) await this.#linkTree(plan);
  }

  async #linkTree(plan: LinkTreePlan): Promise<void> {
    if (plan.gently !== true) await this.makeDir(plan.to);
    const { directories, files } = "listing" in plan ? await this.#listed(plan.listing) : plan;
    const wanted = [...directories, ...files.map((file) => file.slice(0, Math.max(0, file.lastIndexOf("/"))))];
    for (const directory of wanted.filter((path) => path !== "")) {
      const path = this.#inside(plan.to, directory);
      if (plan.gently !== true || (await this.info(this.path.directory(path))) !== undefined) await this.makeDir(path);
    }
    const sources = "listing" in plan ? undefined : plan.sources;
    for (const [index, file] of files.entries()) {
      const spot = this.#inside(plan.to, file);
      const isFree =
        (await this.info(this.path.directory(spot))) !== undefined && (await this.info(spot)) === undefined;
      if (plan.gently === true && !isFree) continue;
      const [from, to] = [this.#inside(plan.from, sources?.[index] ?? file), this.#inside(plan.to, file)];
      if (plan.mode === "hardlink") this.#hardLink(from, to);
      else this.#copyKeepingTime(from, to, plan.mode === "reflink");
    }
  }

  async #listed({ file, list, except }: ListedPaths["listing"]): Promise<PathList> {
    const { directories, files } = parsePathLists(await this.readText(file)).get(list) ?? {
      directories: [],
      files: [],
    };
    return { directories, files: files.filter((path) => !except.includes(path)) };
  }

  async copyFiles({ files, modifiedMs }: CopyPlan): Promise<void> {
    for (const { from, to, sizeBytes, mode, sha256 } of files) {
      const content = (await this.read(from)).slice(0, sizeBytes);
      const isSame = sha256 === undefined || createHash("sha256").update(content).digest("hex") === sha256;
      if (content.byteLength < sizeBytes || !isSame)
        throw new VenvoyError("DIGEST_MISMATCH", `\`${from}\` isn't what it has to be`, { data: { path: from } });
      await this.remove(to);
      await this.write(to, content, { mode });
      if (modifiedMs !== undefined) await this.setTimes(to, modifiedMs);
    }
  }

  async unpack(plan: UnpackPlan): Promise<readonly string[]> {
    for (const directory of plan.directories) await this.makeDir(this.#inside(plan.to, directory));
    const archive = this.#file(plan.archive, "open").data;
    return plan.files.map(({ path, executable, hash, entry }) => {
      const content = extractEntry(archive.slice(entry.start, entry.end), entry, plan.label);
      const got = createHash(hash?.name ?? "sha256")
        .update(content)
        .digest("base64url");
      if (hash !== undefined && got !== hash.digest) {
        throw new VenvoyError("DIGEST_MISMATCH", `\`${path}\` isn't what is promised`, { data: { path } });
      }
      const to = this.#inside(plan.to, path);
      if (this.#nodeOrUndefined(to) !== undefined) throw systemError("EEXIST", "open", to);
      this.#write(to, content, executable ? 0o755 : 0o644);
      return createHash("sha256").update(content).digest("base64url");
    });
  }

  async writeArchive({ form, root, members, top, to }: ArchivePlan): Promise<void> {
    const whole: ArchiveMember = { path: "", kind: "directory", sizeBytes: 0, executable: false, link: "" };
    const parts: Uint8Array[] = [];
    const entries: ZipMember[] = [];
    for (const given of [whole, ...members]) {
      const member = { ...given, path: given.path === "" ? top : `${top}/${given.path}` };
      const content =
        member.kind === "file"
          ? await this.read(this.#inside(root, given.path))
          : Buffer.from(form === "zip" ? member.link : "");
      if (form !== "zip") parts.push(tarMemberHead(member), content, Buffer.alloc(tarPadding(content.length)));
      else {
        const entry: ZipMember = {
          name: member.kind === "directory" ? `${member.path}/` : member.path,
          kind: member.kind,
          method: "stored",
          sizeBytes: content.length,
          compressedBytes: content.length,
          crc32: crc32(content),
          executable: member.executable,
        };
        entries.push(entry);
        parts.push(zipMemberHead(entry), content);
      }
    }
    parts.push(form === "zip" ? zipEnd(entries) : tarEnd());
    const bytes = Buffer.concat(parts);
    await this.write(to, form === "gzip" ? gzipSync(bytes) : bytes);
  }

  async digests(paths: readonly AbsPath[]): Promise<readonly (Sha256 | undefined)[]> {
    return paths.map((path) => {
      const node = this.#nodeOrUndefined(path);
      return node?.kind === "file" ? parseSha256(createHash("sha256").update(node.data).digest("hex")) : undefined;
    });
  }

  lock: Fs["lock"] = async (path, request) => {
    await this.makeDir(this.path.directory(path));
    return this.#locks.lock(path, request);
  };

  #copyKeepingTime(from: AbsPath, to: AbsPath, isReflink: boolean): void {
    if (this.#nodeOrUndefined(to) !== undefined) throw systemError("EEXIST", "copyfile", to);
    if (isReflink && !this.#disk.reflinks) throw systemError("ENOTSUP", "copyfile", to);
    const source = this.#file(from, "copyfile");
    const copy = this.#write(to, source.data.slice(), source.mode);
    copy.modifiedMs = source.modifiedMs;
  }

  #hardLink(existing: AbsPath, path: AbsPath): void {
    const { node } = this.#disk.spot(existing, "link");
    if (node === undefined) throw systemError("ENOENT", "link", existing);
    const spot = this.#disk.spot(path, "link");
    if (spot.node !== undefined) throw systemError("EEXIST", "link", path);
    if (node.kind === "directory" || !this.#disk.hardLinks) throw systemError("EPERM", "link", existing);
    if (node.device !== spot.parent.device) throw systemError("EXDEV", "link", path);
    this.#disk.put(spot, node);
    node.links++;
    node.changedMs = this.#disk.now();
  }

  #checkReplaceable(moved: DiskNode, target: Spot, to: AbsPath): void {
    this.#disk.checkNotOpen(target, "rename");
    this.#disk.checkNotLoaded(target, "rename", false);
    const isWindows = this.path.kind === "windows";
    if (target.node?.kind === "directory") {
      if (isWindows) throw systemError("EPERM", "rename", to);
      if (moved.kind !== "directory") throw systemError("EISDIR", "rename", to);
      if (target.node.entries.size > 0) throw systemError("ENOTEMPTY", "rename", to);
    } else if (moved.kind === "directory") throw systemError(isWindows ? "EPERM" : "ENOTDIR", "rename", to);
    else if (isWindows && target.node?.kind === "symlink" && target.node.isJunction) {
      throw systemError("EPERM", "rename", to);
    }
  }

  #write(path: AbsPath, data: Uint8Array, mode: number | undefined): FileNode {
    const spot = this.#disk.spot(path, "open", true);
    if (spot.node?.kind === "directory") throw systemError("EISDIR", "open", path);
    this.#disk.checkWritable(spot, "open");
    this.#disk.charge(data.byteLength - (spot.node?.kind === "file" ? spot.node.data.byteLength : 0), path);
    if (spot.node?.kind === "file") {
      spot.node.data = data;
      spot.node.modifiedMs = spot.node.changedMs = this.#disk.now();
      return spot.node;
    }
    const file = this.#disk.newFile(data, mode ?? 0o644, spot.parent.device);
    this.#disk.put(spot, file);
    return file;
  }

  #link(spot: Spot, target: string, kind: "file" | "directory"): DiskNode {
    const isJunction = this.path.kind === "windows" && kind === "directory";
    const text = isJunction ? this.path.resolve(spot.parentPath, target) : target;
    return this.#disk.newLink(text, isJunction, spot.parent.device);
  }

  #file(path: AbsPath, operation: string): FileNode {
    const node = this.#disk.node(path, operation);
    if (node.kind !== "file") throw systemError("EISDIR", operation, path);
    return node;
  }

  #info(path: AbsPath, follow: boolean): FileInfo | undefined {
    const node = this.#nodeOrUndefined(path, follow);
    if (node === undefined) return undefined;
    const sizeBytes = node.kind === "file" ? node.data.byteLength : 0;
    const { kind, modifiedMs, changedMs, mode, device, inode, links, owner } = node;
    return { kind, sizeBytes, modifiedMs, changedMs, mode, device, inode, links, owner };
  }

  #nodeOrUndefined(path: AbsPath, follow = true): DiskNode | undefined {
    try {
      return this.#disk.spot(path, "stat", follow).node;
    } catch (error) {
      if (hasCode(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
      throw error;
    }
  }

  #inside(root: AbsPath, relative: string): AbsPath {
    return this.path.join(root, ...relative.split("/"));
  }

  #name(): string {
    return [...this.#random(8)].map((byte) => (byte & 31).toString(32)).join("");
  }
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : data.slice();
}

/** A parent that is a file is told as ENOTDIR, as mkdir -p does. */
function asNotDirectory(error: unknown, path: string): unknown {
  return hasCode(error, "EEXIST") ? systemError("ENOTDIR", "mkdir", path) : error;
}
