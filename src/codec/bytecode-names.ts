/** The longest name of a source file that is looked for. */
const longestName = 4_096;
/** Nothing that Python wrote mentions so many in one file. */
const mostMentions = 10_000;

/** One name as marshal writes it into bytecode. */
export interface BytecodeName {
  readonly text: string;
  /** Where in the file its bytes begin. */
  readonly offset: number;
}

/**
 * Absolute names of source files in a `.pyc` (`co_filename`), in any version of marshal: a string is a type byte and its
 * length, then its bytes, so a name is one whose length ends exactly behind `.py`. Nothing else of the file is believed.
 */
export function bytecodeNames(bytes: Uint8Array): readonly BytecodeName[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: BytecodeName[] = [];
  const seen = new Set<string>();
  let left = mostMentions;
  for (let hit = view.indexOf(".py"); hit >= 0 && left > 0; hit = view.indexOf(".py", hit + 3), left--) {
    const name = nameEndingAt(view, hit + 3);
    if (name === undefined || seen.has(name.text)) continue;
    seen.add(name.text);
    found.push(name);
  }
  return found;
}

function nameEndingAt(view: Buffer, end: number): BytecodeName | undefined {
  // From the shortest on: a name doesn't hold another one's head.
  for (let length = 4; length <= longestName && end - length >= 2; length++) {
    const offset = end - length;
    if (!startsPath(view, offset) || !isHead(view, offset, length)) continue;
    return { text: view.toString("utf8", offset, end), offset };
  }
  return undefined;
}

function startsPath(view: Buffer, at: number): boolean {
  const first = view[at];
  if (first === 0x2f) return true;
  return view[at + 1] === 0x3a && (view[at + 2] === 0x5c || view[at + 2] === 0x2f);
}

// Bit 7 of a type says only that the string may be referred to.
const shortTypes = [..."zZ"].map((letter) => letter.charCodeAt(0));
const longTypes = [..."aAust"].map((letter) => letter.charCodeAt(0));

function isHead(view: Buffer, at: number, length: number): boolean {
  const type = (back: number): number => (view[at - back] ?? 0) & 0x7f;
  if (length < 256 && view[at - 1] === length && shortTypes.includes(type(2))) return true;
  return at >= 5 && view.readUInt32LE(at - 4) === length && longTypes.includes(type(5));
}

/** The flags of a `.pyc` (PEP 552): bit 0 says that it holds its source's hash, bit 1 that the hash is compared. */
export function isUncheckedBytecode(head: Uint8Array): boolean {
  return head.length >= 16 && ((head[4] ?? 0) & 3) === 1;
}
