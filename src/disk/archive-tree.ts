import { checkArchivePath } from "./archive-path.ts";
import { archivePathInvalid } from "./errors.ts";

export interface ArchiveTreeRules {
  readonly windows?: boolean;
  /** Refuse names that differ only by case or Unicode form: on such a disk one would replace the other. */
  readonly foldsCase?: boolean;
}

/**
 * The names of one archive as they are read. Refuses a path that appears twice, a file that is also a directory, and on
 * a disk that folds case names that would become one.
 */
export class ArchiveTree {
  readonly #rules: ArchiveTreeRules;
  readonly #files = new Set<string>();
  readonly #directories = new Set<string>();
  /** Spelling by folded name; only where it matters. */
  readonly #spelling = new Map<string, string>();

  constructor(rules: ArchiveTreeRules = {}) {
    this.#rules = rules;
  }

  /** Parents before children. */
  get directories(): readonly string[] {
    return [...this.#directories];
  }

  get files(): readonly string[] {
    return [...this.#files];
  }

  /** Adds an entry and returns its path; a name that ends with `/` is a directory. Throws `ARCHIVE_INVALID`. */
  add(entry: string): string {
    const path = checkArchivePath(entry, { windows: this.#rules.windows ?? false });
    if (entry.endsWith("/")) {
      this.#addDirectory(path, entry);
      return path;
    }
    if (this.#files.has(path)) throw archivePathInvalid(entry, "appears twice");
    if (this.#directories.has(path)) throw archivePathInvalid(entry, "is a file and a directory at once");
    this.#addParents(path, entry);
    this.#files.add(path);
    this.#checkSpelling(path, entry);
    return path;
  }

  #addParents(path: string, entry: string): void {
    const end = path.lastIndexOf("/");
    if (end > 0) this.#addDirectory(path.slice(0, end), entry);
  }

  #addDirectory(path: string, entry: string): void {
    if (this.#directories.has(path)) return;
    if (this.#files.has(path)) throw archivePathInvalid(entry, "is a file and a directory at once");
    this.#addParents(path, entry);
    this.#directories.add(path);
    this.#checkSpelling(path, entry);
  }

  #checkSpelling(path: string, entry: string): void {
    if (this.#rules.foldsCase !== true && this.#rules.windows !== true) return;
    const folded = foldedName(path);
    const other = this.#spelling.get(folded);
    if (other !== undefined && other !== path) {
      throw archivePathInvalid(entry, `differs from \`${other}\` only by case or Unicode form`);
    }
    this.#spelling.set(folded, path);
  }
}

/** Equal for names that a disk which folds case (Windows, macOS) takes for one. */
export function foldedName(name: string): string {
  return name.normalize("NFC").toUpperCase().toLowerCase();
}
