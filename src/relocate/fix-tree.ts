import type { AbsPath } from "../base/index.ts";
import { createHash, isUncheckedBytecode } from "../codec/index.ts";
import type { Fs, Ports } from "../ports/index.ts";
import { treeChanged, treeUnfit } from "./errors.ts";
import type { TreeExamination } from "./examine-tree.ts";
import { commit, makeWorkDirectory, removeWorkDirectory, type Step, stagedPlace } from "./journal.ts";
import type { Move } from "./needle.ts";
import { liesIn } from "./path-forms.ts";
import { type Content, isAccount, updatedAccount } from "./records.ts";
import { rewriteFile } from "./rewrite.ts";
import { movedPath } from "./search.ts";
import { largestWhole } from "./search-file.ts";
import type { TreeFile } from "./walk.ts";

export interface FixOutcome {
  readonly from: string;
  readonly to: string;
  /** Files and links that get new content; relative to the tree. */
  readonly changed: readonly string[];
  /** Bytecode that would be believed without a look at its changed source. */
  readonly dropped: readonly string[];
  /** What can't be changed, and why. */
  readonly stuck: readonly { readonly file: string; readonly why: string }[];
  /** Programs and libraries of a Mac that have to be signed again. */
  readonly unsigned: readonly string[];
}

interface FixOptions {
  readonly move: Move;
  readonly signal: AbortSignal;
}

type FixIo = Pick<Ports, "fs" | "clock">;

/** What a fix would do. Reads the files that name the former place, and changes nothing. Throws `TREE_UNFIT`. */
export async function planFix(io: FixIo, tree: TreeExamination, options: FixOptions): Promise<FixOutcome> {
  return new Fix(io, tree, options, undefined).run();
}

/** Repairs the tree: all of it or nothing. Throws `TREE_UNFIT`. */
export async function applyFix(io: FixIo, tree: TreeExamination, options: FixOptions): Promise<FixOutcome> {
  const { fs } = io;
  const { root } = tree;
  await makeWorkDirectory(fs, root);
  const steps: Step[] = [];
  let outcome: FixOutcome;
  try {
    const fix = new Fix(io, tree, options, steps);
    outcome = await fix.run();
    await fix.checkUnchanged();
  } catch (error) {
    await removeWorkDirectory(fs, root);
    throw error;
  }
  await commit(fs, root, { from: options.move.from.path, to: options.move.to, steps });
  return outcome;
}

class Fix {
  readonly #fs: Fs;
  readonly #clock: FixIo["clock"];
  readonly #tree: TreeExamination;
  readonly #move: Move;
  readonly #signal: AbortSignal;
  /** `undefined`: only looked at, nothing is staged. */
  readonly #steps: Step[] | undefined;
  readonly #changed = new Map<string, Content | "link">();
  readonly #dropped: string[] = [];
  readonly #stuck: { readonly file: string; readonly why: string }[] = [];
  readonly #unsigned: string[] = [];
  readonly #touched: TreeFile[] = [];

  constructor({ fs, clock }: FixIo, tree: TreeExamination, { move, signal }: FixOptions, steps: Step[] | undefined) {
    this.#fs = fs;
    this.#clock = clock;
    this.#tree = tree;
    this.#move = move;
    this.#signal = signal;
    this.#steps = steps;
  }

  async run(): Promise<FixOutcome> {
    const { paths, files } = this.#tree;
    const named = new Set(
      paths
        .filter(({ path, fix }) => fix === "rewritten" && liesIn(this.#move.from.path, path))
        .map(({ file }) => file),
    );
    for (const file of files) {
      this.#signal.throwIfAborted();
      if (!named.has(file.path) || isAccount(file.path)) continue;
      if (file.kind === "symlink") await this.#relink(file);
      else await this.#rewrite(file);
    }
    for (const file of files) {
      if (file.kind === "file" && isAccount(file.path)) await this.#updateAccount(file, named.has(file.path));
    }
    return {
      from: this.#move.from.path,
      to: this.#move.to,
      changed: [...this.#changed.keys()],
      dropped: this.#dropped,
      stuck: this.#stuck,
      unsigned: this.#unsigned,
    };
  }

  /** Nobody else wrote to these files since they were looked at. */
  async checkUnchanged(): Promise<void> {
    const infos = await this.#fs.linkInfos(this.#touched.map(({ at }) => at));
    for (const [index, file] of this.#touched.entries()) {
      const info = infos[index];
      const isSame =
        info?.inode === file.inode && info.sizeBytes === file.sizeBytes && info.changedMs === file.changedMs;
      if (!isSame) throw treeChanged(file.path);
    }
  }

  async #relink(file: TreeFile): Promise<void> {
    const target = (await this.#fs.readLink(file.at)).replace(/^\\\\\?\\/, "");
    const moved = movedPath(target, this.#move);
    if (moved === undefined) return;
    if (this.#steps !== undefined) {
      const leads = await this.#fs.info(moved as AbsPath);
      await this.#fs.symlink(moved, this.#place(file), leads?.kind === "directory" ? "directory" : "file");
    }
    this.#changed.set(file.path, "link");
  }

  async #rewrite(file: TreeFile): Promise<void> {
    if (file.sizeBytes > largestWhole) {
      this.#stuck.push({ file: file.path, why: "is larger than 64 MB" });
      return;
    }
    const conda = this.#tree.facts.conda.get(file.path);
    const before = viewOf(await this.#fs.read(file.at));
    const { bytes, stuck, refusal, losesSignature } = await rewriteFile(file.path, before, { move: this.#move, conda });
    if (refusal !== undefined) throw treeUnfit(file.path, refusal, this.#move.to);
    this.#stuck.push(...stuck.map((why) => ({ file: file.path, why })));
    if (bytes === undefined) return;
    if (losesSignature) this.#unsigned.push(file.path);
    await this.#put(file, bytes, before.length);
    if (file.path.endsWith(".py")) await this.#dropBytecode(file);
  }

  async #updateAccount(file: TreeFile, isNamed: boolean): Promise<void> {
    const changed = new Map([...this.#changed].filter((one): one is [string, Content] => one[1] !== "link"));
    if (changed.size === 0 && !isNamed) return;
    const before = viewOf(await this.#fs.read(file.at));
    const moved = isNamed
      ? (await rewriteFile(file.path, before, { move: this.#move, conda: undefined })).bytes
      : undefined;
    const updated = updatedAccount(file.path, (moved ?? before).toString("utf8"), changed);
    const bytes = updated === undefined ? moved : Buffer.from(updated, "utf8");
    if (bytes !== undefined) await this.#put(file, bytes, before.length);
  }

  async #put(file: TreeFile, bytes: Buffer, formerBytes: number): Promise<void> {
    const sha256 = Buffer.from(createHash("sha256").update(bytes).digest());
    this.#changed.set(file.path, { sha256, sizeBytes: bytes.length, formerBytes });
    if (this.#steps === undefined) return;
    const staged = this.#place(file);
    await this.#fs.writeAtomic(staged, bytes, { mode: file.mode });
    // What was made by another person's umask keeps its mode, and a source never looks as old as its bytecode says.
    await this.#fs.setMode(staged, file.mode);
    if (file.path.endsWith(".py") && this.#clock.now() < file.modifiedMs + 2_000)
      await this.#fs.setTimes(staged, file.modifiedMs + 2_000);
  }

  #place(file: TreeFile): AbsPath {
    this.#touched.push(file);
    const number = this.#steps?.length ?? 0;
    this.#steps?.push({ file: file.path, kind: "put", number });
    return stagedPlace(this.#fs, this.#tree.root, number);
  }

  async #dropBytecode({ path }: TreeFile): Promise<void> {
    const [, directory = "", module = ""] = /^(.*?)([^/]+)\.py$/.exec(path) ?? [];
    const prefix = `${directory}__pycache__/${module}.`;
    for (const file of this.#tree.files) {
      if (!file.path.startsWith(prefix) || !file.path.endsWith(".pyc")) continue;
      if (!isUncheckedBytecode(await this.#fs.readRange(file.at, 0, 16))) continue;
      this.#dropped.push(file.path);
      this.#touched.push(file);
      this.#steps?.push({ file: file.path, kind: "drop", number: this.#steps.length });
    }
  }
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
