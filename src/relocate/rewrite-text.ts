import type { Move } from "./needle.ts";
import { isWindowsPath, lastPart } from "./path-forms.ts";
import { type Hit, movedPath, namesAlready } from "./search.ts";
import { namedPython } from "./tree-facts.ts";

/** Kernels cut longer first lines: Linux at 127 bytes before 5.1, and pip keeps to it. */
const longestFirstLine = 127;
const headBytes = 8_192;

/**
 * The first lines of a script that names a program of the former place. A path that is too long for one line or holds a blank goes
 * through `/bin/sh`, as pip writes it; programs other than Python are then looked for on PATH, as conda does. `undefined` for other files.
 */
export function rewriteFirstLines(
  bytes: Buffer,
  move: Move,
): { readonly text: Buffer; readonly length: number } | undefined {
  const head = bytes.toString("utf8", 0, headBytes);
  const lead = firstLines(head);
  const program = lead === undefined ? undefined : movedPath(lead.program, move);
  if (lead === undefined || program === undefined) return undefined;
  const text = Buffer.from(firstLinesFor(program, lead), "utf8");
  return { text, length: Buffer.byteLength(lead.text) };
}

interface Lead {
  /** All of it, with the end of its last line. */
  readonly text: string;
  readonly program: string;
  /** What stands behind the program, with a blank before it. */
  readonly args: string;
  readonly newline: string;
}

function firstLines(head: string): Lead | undefined {
  const long =
    /^#![^\n]*\/sh(\r?\n)'''exec' (?:"([^"\n]+)"|'([^'\n]+)'|(\S+))([^\n]*?) "\$0" "\$@"\r?\n' '''\r?\n/.exec(head);
  if (long !== null) {
    const [text, newline = "\n", double, single, bare, args = ""] = long;
    return { text, program: double ?? single ?? bare ?? "", args, newline };
  }
  const short = /^#! *("[^"\n]+"|\S+)([^\r\n]*)(\r?\n|$)/.exec(head);
  if (short === null || namedPython(head) === undefined) return short === null ? undefined : leadOf(short);
  return leadOf(short);
}

function leadOf([text, program = "", args = "", newline = "\n"]: RegExpExecArray): Lead {
  return { text, program: program.replace(/^"|"$/g, ""), args: args.trimEnd(), newline };
}

function firstLinesFor(program: string, { args, newline }: Lead): string {
  const line = `#!${program}${args}`;
  if (isWindowsPath(program)) return `#!${/\s/.test(program) ? `"${program}"` : program}${args}${newline}`;
  if (!/\s/.test(program) && Buffer.byteLength(line) <= longestFirstLine) return `${line}${newline}`;
  if (!/^(?:python|pypy)/.test(lastPart(program))) return `#!/usr/bin/env ${lastPart(program)}${args}${newline}`;
  return `#!/bin/sh${newline}'''exec' "${program}"${args} "$0" "$@"${newline}' '''${newline}`;
}

/**
 * Words of a shell script: one that begins with the path and stands without quotes gets some where the new path needs them.
 * `undefined` where none does.
 */
export function rewriteShellWords(bytes: Buffer, hits: readonly Hit[], to: string): Buffer | undefined {
  if (/^[\w@%+=:,./-]*$/.test(to)) return undefined;
  const by = Buffer.from(to, "utf8");
  const parts: Buffer[] = [];
  let done = 0;
  for (const { at, length } of hits) {
    if (namesAlready(bytes, { at, length }, by)) continue;
    const before = String.fromCharCode(bytes[at - 1] ?? 0x20);
    const end = at + length;
    const tail = /^[^\s"'`;&|)]*/.exec(bytes.toString("latin1", end, end + 4_096))?.[0].length ?? 0;
    const isBare = /[\s=(]/.test(before) && !isQuoted(bytes, at);
    const word = isBare ? [Buffer.from("'"), by, bytes.subarray(end, end + tail), Buffer.from("'")] : [by];
    parts.push(bytes.subarray(done, at), ...word);
    done = isBare ? end + tail : end;
  }
  return Buffer.concat([...parts, bytes.subarray(done)]);
}

/** An odd number of quotes of one kind stands before it on its line. */
function isQuoted(bytes: Buffer, at: number): boolean {
  const line = bytes.toString("latin1", bytes.lastIndexOf(10, at) + 1, at);
  return (line.split('"').length - 1) % 2 === 1 || (line.split("'").length - 1) % 2 === 1;
}
