import { mkdirSync } from "node:fs";
import { hasCode } from "../base/index.ts";

/** Directories of a tree, made when the first file needs them: several threads and artifacts may share one. */
export class Directories {
  readonly #root: string;
  /** What is known of each, and whether files can go there. */
  readonly #known = new Map<string, boolean>();
  #last = "";
  #isLastThere = true;

  constructor(root: string) {
    this.#root = root;
    this.prepare(root);
  }

  /** False where the file can't go. */
  makeFor(file: string): boolean {
    const slash = file.lastIndexOf("/");
    if (slash < 0) return true;
    // Neighbours in a list nearly always lie in the same directory.
    if (slash === this.#last.length && file.startsWith(this.#last)) return this.#isLastThere;
    this.#last = file.slice(0, slash);
    this.#isLastThere = this.make(this.#last);
    return this.#isLastThere;
  }

  make(directory: string): boolean {
    const known = this.#known.get(directory) ?? this.makeOne(`${this.#root}/${directory}`);
    this.#known.set(directory, known);
    return known;
  }

  protected prepare(root: string): void {
    mkdirSync(root, { recursive: true });
  }

  protected makeOne(path: string): boolean {
    try {
      mkdirSync(path);
    } catch (error) {
      if (hasCode(error, "ENOENT")) mkdirSync(path, { recursive: true });
      else if (!hasCode(error, "EEXIST")) throw error;
    }
    return true;
  }
}

/** Makes only what has a parent. */
export class PresentDirectories extends Directories {
  protected override prepare(): void {}

  protected override makeOne(path: string): boolean {
    try {
      mkdirSync(path);
    } catch (error) {
      if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
      if (!hasCode(error, "EEXIST")) throw error;
    }
    return true;
  }
}
