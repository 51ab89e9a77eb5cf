import type { SafeUrl } from "../../base/index.ts";
import { archiveInvalid, type ZipSource } from "../../codec/index.ts";
import type { HttpResponse } from "../../ports/index.ts";
import { type Ask, readAll } from "../http/index.ts";

/** What a zip reader looks at first: the longest end record with its comment, and the zip64 locator. */
const tailBytes = 22 + 0xffff + 20;
/** Asked for in front of what is wanted: METADATA lies just before the directory as a rule. */
const leadBytes = 24 * 1024;
/** No directory and no METADATA is longer. */
const maxPieceBytes = 64 << 20;

/** The server doesn't serve ranges, or not in a form that can be used. */
export class NoRanges extends Error {
  /** It answered with the whole file instead. */
  readonly isWhole: boolean;

  constructor(message: string, { isWhole = false }: { readonly isWhole?: boolean } = {}) {
    super(message);
    this.isWhole = isWhole;
  }
}

interface Piece {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * A remote archive as a `ZipSource`, read by range requests: one for its end, and seldom a second for a long directory
 * or a distant entry. Throws `NoRanges` when the server answers with anything but the range.
 */
export async function openRanges(
  ask: Ask,
  { url, label, signal }: { readonly url: SafeUrl; readonly label: string; readonly signal: AbortSignal },
): Promise<ZipSource> {
  const request = (range: string, maxBytes: number) =>
    ask({
      url,
      signal,
      headers: () => ({ range: `bytes=${range}`, "accept-encoding": "identity" }),
      expects: [400, 405, 416, 501],
      read: async (response, body): Promise<Piece & { readonly total: number }> => {
        const span = response.status === 206 ? contentRange(response) : undefined;
        if (span === undefined || span.length > maxBytes) {
          await response.discard();
          throw new NoRanges(`status ${response.status}`, { isWhole: response.status < 300 });
        }
        const bytes = await readAll({ response, body }, url, span.length);
        if (bytes.length !== span.length) throw new NoRanges("a range of another length");
        return { at: span.at, bytes, total: span.total };
      },
    });
  const tail = await request(`-${tailBytes}`, tailBytes).catch(async (error: unknown) => {
    if (!(error instanceof NoRanges) || error.isWhole) throw error;
    // Some servers know ranges, but not from the end: ask for the size first.
    const { total } = await request("0-0", 1);
    return request(`${Math.max(0, total - tailBytes)}-${total - 1}`, tailBytes);
  });
  if (tail.at + tail.bytes.length !== tail.total) throw new NoRanges("another range than the end");
  const pieces: Piece[] = [tail];
  return {
    label,
    sizeBytes: tail.total,
    readAt: async (offset, length) => {
      const end = Math.min(tail.total, offset + length);
      const start = Math.min(offset, end);
      const held = cut(pieces, start, end);
      if (held !== undefined) return held;
      // Up to the nearest piece that is here already, so that both lie side by side.
      const next = Math.min(...pieces.map((piece) => piece.at).filter((at) => at >= start && at <= end));
      const until = Number.isFinite(next) ? next : end;
      const from = Math.max(0, start - leadBytes);
      if (until - from > maxPieceBytes) throw archiveInvalid(label, "states sizes that no wheel has");
      const piece = await request(`${from}-${until - 1}`, until - from);
      if (piece.at !== from || piece.total !== tail.total) throw new NoRanges("another range than asked for");
      pieces.push(piece);
      const read = cut(pieces, start, end);
      if (read === undefined) throw new NoRanges("a range that is too short");
      return read;
    },
  };
}

function contentRange(
  response: HttpResponse,
): { readonly at: number; readonly length: number; readonly total: number } | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.header("content-range")?.trim() ?? "");
  if (match === null) return undefined;
  const [at, last, total] = match.slice(1).map(Number) as [number, number, number];
  return Number.isSafeInteger(total) && at <= last && last < total ? { at, length: last - at + 1, total } : undefined;
}

/** The bytes from `start` to `end` when the pieces hold all of them. */
function cut(pieces: readonly Piece[], start: number, end: number): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let at = start;
  while (at < end) {
    const holder = pieces.find((piece) => piece.at <= at && at < piece.at + piece.bytes.length);
    if (holder === undefined) return undefined;
    const part = holder.bytes.subarray(at - holder.at, end - holder.at);
    parts.push(part);
    at += part.length;
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}
