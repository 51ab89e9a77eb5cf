import { shownName } from "../codec/index.ts";
import type { RecordEntry } from "../pep/index.ts";
import type { UnpackFile } from "../ports/index.ts";
import { wheelInvalid } from "./errors.ts";
import type { ReadWheel } from "./read-wheel.ts";

type Hash = NonNullable<UnpackFile["hash"]>;

const strong = new Set<string>(["sha256", "sha384", "sha512"]);

/**
 * Matches RECORD with the archive, both ways: every file has a line with a strong hash and its size, every line has a
 * file. Gives the promised hash of each entry. Throws `WHEEL_INVALID`.
 */
export function checkRecord(wheel: ReadWheel): ReadonlyMap<string, Hash> {
  const { filename, distInfo, directory } = wheel;
  const entries = new Map(
    directory.entries.filter((entry) => entry.kind === "file").map((entry) => [entry.name, entry]),
  );
  // RECORD can't hold its own hash, and its signatures are made after it.
  const unhashed = new Set(["RECORD", "RECORD.jws", "RECORD.p7s"].map((name) => `${distInfo}/${name}`));
  const hashes = new Map<string, Hash>();
  let known: ReadonlySet<string> | undefined;
  const directories = (): ReadonlySet<string> => {
    known ??= directoriesOf(directory.entries.map((entry) => entry.name));
    return known;
  };
  for (const line of wheel.record) {
    const path = entries.has(line.path) ? line.path : line.path.replaceAll("\\", "/");
    // Some old tools list directories too.
    if (path.endsWith("/") && directories().has(path)) continue;
    const entry = entries.get(path);
    if (entry === undefined) throw wheelInvalid(filename, `lists \`${shownName(path)}\` in RECORD but doesn't hold it`);
    if (unhashed.has(path)) continue;
    const hash = hashOf(line, filename);
    if (line.sizeBytes !== undefined && line.sizeBytes !== entry.sizeBytes) {
      throw wheelInvalid(filename, `holds \`${shownName(path)}\` in another size than RECORD says`);
    }
    const before = hashes.get(path);
    if (before !== undefined && (before.name !== hash.name || before.digest !== hash.digest)) {
      throw wheelInvalid(filename, `lists \`${shownName(path)}\` twice in RECORD, with two hashes`);
    }
    hashes.set(path, hash);
  }
  for (const path of entries.keys()) {
    if (hashes.has(path) || unhashed.has(path)) continue;
    throw wheelInvalid(filename, `holds \`${shownName(path)}\`, which its RECORD doesn't list`);
  }
  return hashes;
}

function directoriesOf(names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of names) {
    for (
      let at = name.lastIndexOf("/");
      at > 0 && !found.has(name.slice(0, at + 1));
      at = name.lastIndexOf("/", at - 1)
    ) {
      found.add(name.slice(0, at + 1));
    }
  }
  return found;
}

function hashOf({ path, hash }: RecordEntry, filename: string): Hash {
  if (hash === undefined) throw wheelInvalid(filename, `lists \`${shownName(path)}\` in RECORD without a hash`);
  const { algorithm, digest } = hash;
  if (!strong.has(algorithm)) {
    throw wheelInvalid(filename, `vouches for \`${shownName(path)}\` with ${shownName(algorithm)}, which is too weak`);
  }
  return { name: algorithm as Hash["name"], digest };
}
