import { printable, VenvoyError } from "../base/index.ts";

const shown = (text: string): string => printable(text.slice(0, 200), { newlines: false });

export const tagInvalid = (tag: string, reason: string): VenvoyError =>
  new VenvoyError("WHEEL_INVALID", `\`${shown(tag)}\` is not a wheel tag: ${reason}`, { data: { tag, reason } });

export const wheelNameInvalid = (filename: string, reason: string, cause?: unknown): VenvoyError =>
  new VenvoyError("WHEEL_INVALID", `\`${shown(filename)}\` is not a wheel's file name: ${reason}`, {
    hint: "A wheel is named name-version-python-abi-platform.whl",
    data: { filename, reason },
    cause,
  });

export const sdistNameInvalid = (filename: string, reason: string, cause?: unknown): VenvoyError =>
  new VenvoyError("ARCHIVE_INVALID", `\`${shown(filename)}\` is not a source archive's file name: ${reason}`, {
    hint: "A source archive is named name-version.tar.gz",
    data: { filename, reason },
    cause,
  });

export const metadataInvalid = (reason: string, data: Record<string, unknown> = {}): VenvoyError =>
  new VenvoyError("METADATA_INVALID", `The package's metadata can't be used: ${reason}`, { data });

export const recordInvalid = (line: number, reason: string): VenvoyError =>
  new VenvoyError("WHEEL_INVALID", `RECORD line ${line} can't be used: ${reason}`, { data: { line, reason } });

export const indexPageInvalid = (base: string, reason: string, cause?: unknown): VenvoyError =>
  new VenvoyError("INDEX_INVALID", `\`${shown(base)}\` answered with something that is not an index page: ${reason}`, {
    hint: "Check the index's address: it usually ends in /simple/",
    data: { page: base, reason },
    cause,
  });

export const indexLinkInvalid = (base: string, href: string, cause?: unknown): VenvoyError =>
  new VenvoyError("INDEX_INVALID", `\`${shown(base)}\` links to \`${shown(href)}\`, which is not an address`, {
    data: { page: base },
    cause,
  });
