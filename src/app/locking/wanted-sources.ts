import { type PackageName, parseSha256, printable, SafeUrl, VenvoyError } from "../../base/index.ts";
import { type Address, parseAddress } from "../../build/index.ts";
import { parseDirectUrl, parseSdistName } from "../../pep/index.ts";
import type { AskedRequirement, Lock } from "../../resolve/index.ts";
import { isFor } from "../solve.ts";
import type { AddressedSource } from "./lock-sources.ts";
import type { LockTarget } from "./lock-targets.ts";
import type { WheelhouseFile } from "./wheelhouse.ts";

/** Sources at an address that targets need. */
export interface SourceWanted {
  readonly name: PackageName;
  readonly address: Address;
  /** As a requirement has it. */
  readonly url: string;
  /** That the address means now. */
  readonly commit?: string | undefined;
  /** Of an archive, where it is known. */
  readonly sha256?: string | undefined;
  readonly targets: readonly LockTarget[];
}

/** What is asked for by address, as it was resolved for the targets that want it. */
export function sourcesAsked(
  asked: readonly AskedRequirement[],
  solved: readonly { readonly target: LockTarget; readonly lock: Lock }[],
): readonly SourceWanted[] {
  const wanted = solved.flatMap(({ target, lock }) =>
    asked.flatMap((one): readonly SourceWanted[] => {
      const { name, url } = one.requirement;
      const origin = lock.packages.find((item) => item.name === name)?.origin;
      const address = url === undefined || !isFor(one, target.target) ? undefined : parseAddress(url);
      if (url === undefined || address === undefined || origin === undefined) return [];
      const { vcs, archive } = parseDirectUrl(origin);
      return [{ name, address, url, commit: vcs?.commitId, sha256: archive?.hashes?.["sha256"], targets: [target] }];
    }),
  );
  return joined(wanted);
}

/** What a lock has as sources at an address, for one target. */
export function sourcesOfLock(sources: readonly AddressedSource[], target: LockTarget): readonly SourceWanted[] {
  return sources.flatMap(({ name, address: url }) => {
    const address = parseAddress(url);
    if (address === undefined) return [];
    return [{ name, address, url, ...exactly(address), targets: [target] }];
  });
}

function exactly(address: Address): Pick<SourceWanted, "commit" | "sha256"> {
  if (address.kind === "git") return { commit: address.revision };
  return address.kind === "archive" ? { sha256: address.sha256 } : {};
}

/** Each once, with all the targets that want it. */
export function joined(wanted: readonly SourceWanted[]): readonly SourceWanted[] {
  const known = new Map<string, SourceWanted>();
  for (const one of wanted) {
    const key = `${one.name} ${one.url} ${one.commit ?? ""}`;
    const earlier = known.get(key);
    known.set(key, earlier === undefined ? one : { ...earlier, targets: [...earlier.targets, ...one.targets] });
  }
  return [...known.values()];
}

/** Archives lie in a wheelhouse as they are, under a name of their own. */
export function archivesOf(
  sources: readonly SourceWanted[],
): readonly (WheelhouseFile & { readonly of: SourceWanted })[] {
  return sources.flatMap((one) => {
    const { address, sha256, name } = one;
    if (address.kind !== "archive" || sha256 === undefined) return [];
    const filename = archiveName(
      name,
      decodeURIComponent(new URL(address.url).pathname.split("/").pop() ?? ""),
      sha256,
    );
    return [{ filename, sha256: parseSha256(sha256), url: SafeUrl.parse(address.url), of: one }];
  });
}

/** `main.zip` is the name of many archives. */
function archiveName(name: PackageName, filename: string, sha256: string): string {
  try {
    if (parseSdistName(filename).name === name) return filename;
  } catch {
    // Then the name says nothing of what it holds.
  }
  const ending = /\.(?:zip|tar|tgz|tbz2|txz|tar\.\w+)$/i.exec(filename)?.[0] ?? ".tar.gz";
  return `${name}-${sha256.slice(0, 12)}${ending}`;
}

/** Two files of one name and different bytes can't lie in one directory. */
export function twoFiles(filename: string, digests: readonly string[] = []): VenvoyError {
  return new VenvoyError("DIGEST_MISMATCH", `\`${printable(filename)}\` is two different files for these targets`, {
    hint: "fetch the targets into a directory each",
    data: { filename, digests },
  });
}
