/**
 * Frames of the control channel, as `assets/venvoy_lane/channel.py` writes and reads them: `VL`, the number of attachments
 * (2 bytes), the length of the JSON text (4), the length of each attachment (4 each), the text, the attachments.
 */
export interface Frame {
  readonly message: Readonly<Record<string, unknown>>;
  readonly attachments: readonly Uint8Array[];
}

const headSize = 8;
const magic = 0x564c;
const textLimit = 16 << 20;
const attachmentLimit = 256 << 20;

/** What came is no frame. */
export class MalformedFrame extends Error {}

/** Throws `MalformedFrame` for what is too large to be sent. */
export function encodeFrame({ message, attachments }: Frame): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(message));
  const size = attachments.reduce((sum, part) => sum + part.byteLength, 0);
  if (text.byteLength > textLimit || size > attachmentLimit || attachments.length > 0xffff)
    throw new MalformedFrame(`a message of ${text.byteLength + size} bytes is too large`);
  const bytes = new Uint8Array(headSize + 4 * attachments.length + text.byteLength + size);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, magic);
  view.setUint16(2, attachments.length);
  view.setUint32(4, text.byteLength);
  let at = headSize;
  for (const part of attachments) {
    view.setUint32(at, part.byteLength);
    at += 4;
  }
  for (const part of [text, ...attachments]) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** Puts frames together from the pieces that arrive. */
export class FrameReader {
  #pieces: Uint8Array[] = [];
  #size = 0;
  #wanted = headSize;

  /** The frames that are whole now. Throws `MalformedFrame`; nothing more can be read then. */
  push(piece: Uint8Array): readonly Frame[] {
    this.#pieces.push(piece);
    this.#size += piece.byteLength;
    const frames: Frame[] = [];
    while (this.#size >= this.#wanted) {
      const bytes = this.#joined();
      const wanted = sizeOf(bytes);
      if (bytes.byteLength < wanted) {
        this.#wanted = wanted;
        break;
      }
      frames.push(parse(bytes.subarray(0, wanted)));
      this.#pieces = [bytes.subarray(wanted)];
      this.#size = bytes.byteLength - wanted;
      this.#wanted = headSize;
    }
    return frames;
  }

  #joined(): Uint8Array {
    const [first] = this.#pieces;
    if (this.#pieces.length === 1 && first !== undefined) return first;
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.byteLength;
    }
    this.#pieces = [bytes];
    return bytes;
  }
}

/** How many bytes are needed before more can be said; the whole frame once its sizes are there. */
function sizeOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint16(2);
  const length = view.getUint32(4);
  if (view.getUint16(0) !== magic || length > textLimit) throw new MalformedFrame("what came is no message");
  const sizes = headSize + 4 * count;
  if (bytes.byteLength < sizes) return sizes;
  let attached = 0;
  for (let at = headSize; at < sizes; at += 4) attached += view.getUint32(at);
  if (attached > attachmentLimit) throw new MalformedFrame("the attachments are too large");
  return sizes + length + attached;
}

function parse(bytes: Uint8Array): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint16(2);
  const textStart = headSize + 4 * count;
  const textEnd = textStart + view.getUint32(4);
  let message: unknown;
  try {
    message = JSON.parse(new TextDecoder().decode(bytes.subarray(textStart, textEnd)));
  } catch {
    throw new MalformedFrame("a message is not JSON");
  }
  if (typeof message !== "object" || message === null || Array.isArray(message))
    throw new MalformedFrame("a message is not an object");
  const attachments: Uint8Array[] = [];
  let at = textEnd;
  for (let index = 0; index < count; index++) {
    const size = view.getUint32(headSize + 4 * index);
    attachments.push(new Uint8Array(bytes.subarray(at, at + size)));
    at += size;
  }
  return { message: message as Frame["message"], attachments };
}
