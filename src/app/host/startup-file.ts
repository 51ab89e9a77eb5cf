import { type AbsPath, VenvoyError } from "../../base/index.ts";
import { blockOf, commentMarks, type SnippetLanguage, withBlock, withoutBlock } from "../../host/index.ts";
import { applyProfileChange, planEdit } from "../../profile/index.ts";
import type { Context } from "../context.ts";

export interface SnippetWriting {
  readonly path: AbsPath;
  /** `none`: it stands there already, or there is nothing of ours to take out. */
  readonly action: "none" | "create" | "change" | "delete";
  readonly removed: boolean;
}

interface Writing {
  readonly path: AbsPath;
  readonly text: string;
  readonly language: SnippetLanguage;
  readonly label: string;
  /** Nobody else writes into that file. */
  readonly isOwn: boolean;
  readonly remove: boolean;
  readonly dryRun: boolean;
}

/**
 * Puts lines into a program's startup file, between marks that say whose they are, or takes them out; no other byte of the
 * file changes. A second time there is nothing to do. Throws `FILE_UNREADABLE` for a file that is not to be written.
 */
export async function writeSnippet(context: Context, writing: Writing): Promise<SnippetWriting> {
  const { path, remove } = writing;
  const change = await planEdit(context, path, (old) => contentOf(writing, old));
  if (change.action === "by-hand") throw notWritable(path, change.reason ?? "it can't be written");
  const action =
    change.action === "none" || change.action === "create" || change.action === "delete" ? change.action : "change";
  if (!writing.dryRun) await applyProfileChange(context, change);
  return { path, action, removed: remove };
}

function contentOf(writing: Writing, old: Uint8Array | undefined): Uint8Array | undefined {
  const { path, text, language, label, remove } = writing;
  const comment = commentMarks[language];
  if (comment === undefined) return wholeFile(writing, old);
  if (old !== undefined && ((old[0] === 0xff && old[1] === 0xfe) || (old[0] === 0xfe && old[1] === 0xff)))
    throw notWritable(path, "it is written in UTF-16");
  const before = old === undefined ? "" : charsOf(old);
  const marks = { comment, label };
  if (!remove) return bytesOf(withBlock(before, blockOf(utf8Chars(text), marks), marks));
  const after = withoutBlock(before, marks);
  if (after === before) return old;
  // What holds nothing any more was made for the lines alone.
  return after.trim() === "" ? undefined : bytesOf(after);
}

/** A file without marks is ours as a whole, or it is let be. */
function wholeFile({ path, text, isOwn, remove }: Writing, old: Uint8Array | undefined): Uint8Array | undefined {
  const before = old === undefined ? undefined : charsOf(old);
  const isOurs = isOwn || before === undefined || before === utf8Chars(text) || before.includes("VENVOY_TREE");
  if (!isOurs) throw notWritable(path, "it is not what this command writes");
  return remove ? undefined : bytesOf(utf8Chars(text));
}

/** One character a byte, so that nothing is lost whatever the encoding is. */
function charsOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

const bytesOf = (chars: string): Uint8Array => Uint8Array.from(chars, (char) => char.charCodeAt(0));
const utf8Chars = (text: string): string => charsOf(new TextEncoder().encode(text));

function notWritable(path: AbsPath, why: string): VenvoyError {
  return new VenvoyError("FILE_UNREADABLE", `\`${path}\` is left as it is: ${why}`, {
    hint: "leave --write out, and put the lines there by hand",
    data: { path },
  });
}
