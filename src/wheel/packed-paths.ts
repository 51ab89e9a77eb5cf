import type { AbsPath } from "../base/index.ts";
import type { PathStyle } from "../ports/index.ts";
import type { InstalledPlace } from "./pack-installed.ts";

/** Where a file of an installed distribution belongs in a wheel (PEP 427). */
export interface PackedPath {
  readonly name: string;
  readonly file: AbsPath;
  readonly isScript: boolean;
}

/** Marks of one installation, which the next installer makes itself. */
const installerMarks = new Set(["RECORD", "RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json"]);
const bytecode = /(?:^|\/)__pycache__\/[^/]*\.pyc$/;

/** The place of one line of RECORD; `generated` names the programs that entry points make. */
export function memberOf(
  paths: PathStyle,
  { tree, distInfo }: InstalledPlace,
  { path, generated }: { readonly path: string; readonly generated: ReadonlySet<string> },
): PackedPath | "made anew" | "outside" {
  const file = paths.resolve(tree.sitePackages, path);
  const inside = (root: AbsPath): string | undefined =>
    paths.isInside(root, file) ? paths.relative(root, file).replaceAll(paths.separator, "/") : undefined;
  if (bytecode.test(path)) return "made anew";
  const site = inside(tree.sitePackages);
  if (site !== undefined) {
    const isMark = installerMarks.has(site.slice(distInfo.length + 1)) && site.startsWith(`${distInfo}/`);
    return isMark ? "made anew" : { name: site, file, isScript: false };
  }
  const data = `${distInfo.slice(0, -".dist-info".length)}.data`;
  const script = inside(tree.bin);
  if (script !== undefined) {
    const isGenerated = generated.has(script.replace(/(?:-script\.pyw?|\.exe|\.cmd)$/, ""));
    return isGenerated ? "made anew" : { name: `${data}/scripts/${script}`, file, isScript: true };
  }
  const header = inside(tree.include);
  // Below a directory with the package's name, which installers put there.
  if (header !== undefined) return { name: `${data}/headers/${header.replace(/^[^/]+\//, "")}`, file, isScript: false };
  const other = inside(tree.root);
  return other === undefined ? "outside" : { name: `${data}/data/${other}`, file, isScript: false };
}

/** pip's way around the kernel's limit for the first line: sh starts the Python, and Python sees a text. */
const throughShell = /^#!\/bin\/sh\n'''exec' (?:"([^"\n]*)"|(\S+)) "\$0" "\$@"\n' '''\n/;

/** A script whose first line names the tree's own Python, as wheels have it (`#!python`); `undefined` for any other. */
export function asPortableScript(content: Uint8Array, bin: AbsPath): Uint8Array | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes[0] !== 0x23 || bytes[1] !== 0x21) return undefined;
  // One byte, one character: what follows the first lines needn't be text.
  const text = bytes.toString("latin1");
  const shell = throughShell.exec(text);
  const end = text.indexOf("\n");
  const program = shell === null ? text.slice(2, end < 0 ? undefined : end).trim() : (shell[1] ?? shell[2] ?? "");
  const name = program.slice(program.lastIndexOf("/") + 1);
  const isPython = /^python[0-9.]*(?:\s|$)/.test(name) || program.startsWith(Buffer.from(bin).toString("latin1"));
  if (!isPython || program.startsWith("/usr/bin/env")) return undefined;
  const body = shell === null ? (end < 0 ? "" : text.slice(end + 1)) : text.slice(shell[0].length);
  return Buffer.from(`#!python\n${body}`, "latin1");
}
