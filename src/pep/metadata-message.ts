/** A header of the message as written: continuation lines and their line ends are kept in the value. */
export interface MessageField {
  readonly name: string;
  readonly value: string;
}

export interface Message {
  readonly fields: readonly MessageField[];
  /** Everything after the blank line, or from the first line that is no header. */
  readonly body: string;
}

/** A header line, a continuation, or an envelope line; anything else begins the body. */
const headerLine = /^(?:From |[!-9;-~]*:|[\t ])/;

/**
 * Splits a message into headers and body the way Python's `email` does (compat32), because that is how metadata files
 * are written and read: lenient, never failing, lines ended by `\n`, `\r` or `\r\n`.
 */
export function readMessage(text: string): Message {
  const fields: { name: string; value: string }[] = [];
  const lineAt = /[^\r\n]*(?:\r\n|\r|\n)?/y;
  let open: { name: string; value: string } | undefined;
  let at = 0;
  let isFirst = true;
  let body = "";
  while (at < text.length) {
    lineAt.lastIndex = at;
    const line = lineAt.exec(text)?.[0] ?? "";
    if (!headerLine.test(line)) {
      // The blank line separates; a line of another kind belongs to the body.
      if (/^[\r\n]/.test(line)) at += line.length;
      break;
    }
    const wasFirst = isFirst;
    isFirst = false;
    if (line[0] === " " || line[0] === "\t") {
      // A continuation without a header to continue is dropped.
      if (open !== undefined) open.value += line;
      at += line.length;
      continue;
    }
    open = undefined;
    if (line.startsWith("From ")) {
      // An envelope line counts only as the first; as the last header line it opens the body.
      at += line.length;
      if (wasFirst || headerLine.test(text.slice(at, at + 256))) continue;
      body = line;
      continue;
    }
    const colon = line.indexOf(":");
    if (colon > 0) {
      open = { name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^[ \t]+/, "") };
      fields.push(open);
    }
    at += line.length;
  }
  for (const field of fields) field.value = field.value.replace(/[\r\n]+$/, "");
  return { fields, body: body + text.slice(at) };
}

/** The parts of a multipart body, or undefined when the message has one plain body. */
export function messageParts({ fields, body }: Message): readonly string[] | undefined {
  const contentType = fields.find((field) => field.name.toLowerCase() === "content-type")?.value ?? "";
  const kind = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  if (kind.startsWith("message/") && kind.split("/").length === 2) return [body];
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;]*))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (!kind.startsWith("multipart/") || mark === undefined || mark === "") return undefined;
  const parts: string[] = [];
  let part: string[] | undefined;
  for (const line of body.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []) {
    const plain = line.trimEnd();
    if (plain !== `--${mark}` && plain !== `--${mark}--`) {
      part?.push(line);
      continue;
    }
    if (part !== undefined) parts.push(part.join("").replace(/(?:\r\n|\r|\n)$/, ""));
    part = plain === `--${mark}` ? [] : undefined;
    if (part === undefined) break;
  }
  if (part !== undefined) parts.push(part.join(""));
  return parts.length === 0 ? undefined : parts;
}
