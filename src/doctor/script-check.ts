import { type AbsPath, printable } from "../base/index.ts";
import { type Finding, finding } from "./finding.ts";
import type { DoctorIo, Patient } from "./patient.ts";

/** The head of a script is read, not more. */
const headBytes = 4096;
/** Longer first lines are cut by some kernels; pip keeps to it, too. */
const longestFirstLine = 127;
const shownScripts = 3;

interface DeadScript {
  readonly file: AbsPath;
  /** The Python that its first lines name, and that is not there. */
  readonly names: string;
}

/** Programs whose first lines name a Python that is not there: another tool wrote them, and then something moved. */
export async function checkScripts(io: DoctorIo, patient: Patient): Promise<readonly Finding[]> {
  // Without its Python every one of them is dead, and for another reason.
  if (patient.python.kind !== "alive" || !patient.pythonStarts) return [];
  const dead = await deadScripts(io, patient);
  const [first] = dead;
  if (first === undefined) return [];
  const names = dead.slice(0, shownScripts).map(({ file }) => io.fs.path.name(file));
  const more = dead.length > shownScripts ? ` and ${dead.length - shownScripts} more` : "";
  const sentence = printable(`${names.join(", ")}${more} can't start: ${first.names} is not there`, {
    newlines: false,
  });
  return [finding("script-dead", { environment: patient.label, sentence, place: first.file })];
}

/** Makes them name the environment's own Python, by the stable path. The environment's lock is held. */
export async function rewriteDeadScripts(io: DoctorIo, patient: Patient): Promise<number> {
  const { fs } = io;
  const { environment, receipt } = patient;
  if (environment === undefined || receipt === undefined) return 0;
  const python = fs.path.join(environment.root, ...receipt.bin.split("/"), "python");
  const dead = await deadScripts(io, patient);
  for (const { file } of dead) {
    const info = await fs.info(file);
    const all = await fs.read(file);
    const head = headOf(new TextDecoder("latin1").decode(all.subarray(0, headBytes)));
    if (info === undefined || head === undefined) continue;
    const text = new TextEncoder().encode(headFor(python));
    const bytes = new Uint8Array(text.length + all.length - head.length);
    bytes.set(text);
    bytes.set(all.subarray(head.length), text.length);
    // A new file takes the place of the old one: what the old one shares with the store stays as it is.
    await fs.writeAtomic(file, bytes, { mode: info.mode & 0o7777 });
  }
  return dead.length;
}

async function deadScripts(
  { fs, system }: DoctorIo,
  { environment, receipt }: Patient,
): Promise<readonly DeadScript[]> {
  if (environment === undefined || receipt === undefined || system.os === "windows") return [];
  const bin = fs.path.join(environment.current.root, ...receipt.bin.split("/"));
  const found: DeadScript[] = [];
  for (const { name, kind } of (await fs.list(bin)) ?? []) {
    if (kind !== "file") continue;
    const file = fs.path.join(bin, name);
    const sizeBytes = (await fs.info(file))?.sizeBytes ?? 0;
    if (sizeBytes < 4) continue;
    const start = await fs.readRange(file, 0, Math.min(headBytes, sizeBytes));
    const python = pythonIn(headOf(new TextDecoder("latin1").decode(start)));
    if (python === undefined || !fs.path.isAbsolute(python)) continue;
    if ((await fs.info(fs.path.resolve(bin, python))) === undefined) found.push({ file, names: python });
  }
  return found;
}

/**
 * The lines that name the interpreter: one, or the three that pip writes where the path is too long for one or holds a
 * blank. Characters are bytes here.
 */
function headOf(text: string): string | undefined {
  if (!text.startsWith("#!")) return undefined;
  const long = /^#!\/bin\/sh\r?\n'''exec' .*\r?\n' '''\r?\n/.exec(text);
  if (long !== null) return long[0];
  const end = text.indexOf("\n");
  return end === -1 ? undefined : text.slice(0, end + 1);
}

/** The absolute path of a Python in such lines. venvoy's own scripts find theirs by themselves and name none. */
function pythonIn(head: string | undefined): string | undefined {
  if (head === undefined) return undefined;
  const long = /'''exec' "?([^"]*?)"? "\$0"/.exec(head)?.[1];
  const path = long ?? /^#!\s*(\S+)/.exec(head)?.[1];
  if (path === undefined || !/(?:python|pypy)[\w.]*$/.test(path)) return undefined;
  return new TextDecoder().decode(Uint8Array.from(path, (character) => character.charCodeAt(0)));
}

function headFor(python: AbsPath): string {
  const line = `#!${python}`;
  const isPlain = !/\s/.test(python) && new TextEncoder().encode(line).length <= longestFirstLine;
  return isPlain ? `${line}\n` : `#!/bin/sh\n'''exec' "${python}" "$0" "$@"\n' '''\n`;
}
