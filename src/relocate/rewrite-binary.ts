import type { Move } from "./needle.ts";
import { findHits, namesAlready } from "./search.ts";

/**
 * conda's rule for compiled files, in place: in a string that ends with a zero byte every occurrence is replaced, and zero bytes
 * are put at its end, so that nothing else moves. The string may grow into the zero bytes that conda left behind when it put a
 * shorter path into the room of the placeholder, and not further. Answers why, when it doesn't fit; then nothing is changed.
 */
export function replaceCStrings(out: Buffer, { from, to }: Move, placeholder: string): string | undefined {
  const by = Buffer.from(to, "utf8");
  const old = Buffer.from(from.path, "utf8");
  const room = Buffer.byteLength(placeholder);
  const hits = findHits(out, [from]).filter((hit) => hit.form === "plain" && !namesAlready(out, hit, by));
  const edits: { readonly at: number; readonly bytes: Buffer }[] = [];
  for (let index = 0; index < hits.length; ) {
    const first = hits[index];
    if (first === undefined) break;
    const end = endOfString(out, first.at);
    const within = hits.slice(index).filter(({ at }) => at < end);
    index += within.length;
    const pieces: Buffer[] = [];
    let done = first.at;
    for (const { at } of within) {
      pieces.push(out.subarray(done, at), by);
      done = at + old.length;
    }
    const text = Buffer.concat([...pieces, out.subarray(done, end)]);
    const grows = text.length - (end - first.at);
    const left = Math.min(zerosFrom(out, end) - 1, within.length * Math.max(0, room - old.length));
    if (grows > left) {
      const most = Math.max(old.length, Math.floor(old.length + left / within.length));
      return `holds the path in its data, with room for ${most} bytes; \`${to}\` has ${by.length}`;
    }
    edits.push({ at: first.at, bytes: Buffer.concat([text, Buffer.alloc(Math.max(0, -grows))]) });
  }
  for (const { at, bytes } of edits) out.set(bytes, at);
  return undefined;
}

function endOfString(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(0, at);
  return end < 0 ? bytes.length : end;
}

function zerosFrom(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length && bytes[end] === 0) end += 1;
  return end - at;
}
