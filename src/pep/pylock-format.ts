import { stringify } from "smol-toml";
import type { Pylock, PylockFile, PylockPackage } from "./pylock.ts";
import { tomlInline, tomlKey } from "./toml.ts";

type Pairs = readonly (readonly [key: string, value: unknown])[];

/**
 * The text of a lock file, keys in the order of PEP 751; the same lock gives the same bytes. Parsing it gives the same
 * lock, except that upload times keep milliseconds only.
 */
export function formatPylock(lock: Pylock): string {
  const head = lines([
    ["lock-version", String(lock.lockVersion)],
    ["environments", lock.environments?.map(String)],
    ["requires-python", lock.requiresPython?.toString()],
    ["extras", lock.extras],
    ["dependency-groups", lock.dependencyGroups],
    ["default-groups", lock.defaultGroups],
    ["created-by", lock.createdBy],
  ]);
  const packages = lock.packages.length === 0 ? ["packages = []"] : [];
  const sections = lock.packages.map((one) => `\n[[packages]]\n${packageLines(one).join("\n")}`);
  const tool = lock.tool === undefined ? [] : [`\n${stringify({ tool: lock.tool }).trimEnd()}`];
  return `${[...head, ...packages, ...sections, ...tool].join("\n")}\n`;
}

function packageLines(one: PylockPackage): string[] {
  const { vcs, archive } = one;
  return [
    ...lines([
      ["name", one.name],
      ["version", one.version?.toString()],
      ["marker", one.marker?.toString()],
      ["requires-python", one.requiresPython?.toString()],
    ]),
    ...list("dependencies", one.dependencies),
    ...lines([
      [
        "vcs",
        vcs && {
          type: vcs.type,
          url: vcs.url,
          path: vcs.path,
          "requested-revision": vcs.requestedRevision,
          "commit-id": vcs.commitId,
          subdirectory: vcs.subdirectory,
        },
      ],
      ["directory", one.directory],
      ["archive", archive && { ...fileTable(archive), subdirectory: archive.subdirectory }],
      ["index", one.index],
      ["sdist", one.sdist && fileTable(one.sdist)],
    ]),
    ...list("wheels", one.wheels?.map(fileTable)),
    ...list("attestation-identities", one.attestationIdentities),
    ...lines([["tool", one.tool]]),
  ];
}

function fileTable(file: PylockFile): Record<string, unknown> {
  return {
    name: file.name,
    "upload-time": file.uploadTime,
    url: file.url,
    path: file.path,
    size: file.sizeBytes,
    hashes: file.hashes,
  };
}

function lines(pairs: Pairs): string[] {
  return pairs
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${tomlKey(key)} = ${tomlInline(value)}`);
}

/** A list of tables, one per line, so that a lock's changes read well line by line. */
function list(key: string, tables: readonly object[] | undefined): string[] {
  if (tables === undefined) return [];
  if (tables.length < 2) return [`${key} = ${tomlInline(tables)}`];
  return [`${key} = [`, ...tables.map((table) => `  ${tomlInline(table)},`), "]"];
}
