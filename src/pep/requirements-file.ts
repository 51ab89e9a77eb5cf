/**
 * The requirements file format of pip (https://pip.pypa.io/en/stable/reference/requirements-file-format/): one
 * requirement or option a line, comments after ` #`, continuation by a backslash, `${VARIABLE}` from the environment.
 */

/** One logical line. `line` counts from 1 and is where it begins. */
export type RequirementsLine =
  | {
      readonly kind: "requirement" | "editable";
      readonly line: number;
      readonly text: string;
      /** Values of `--hash`. */
      readonly hashes: readonly string[];
      /** Values of `--config-settings`, `KEY=VALUE`. */
      readonly settings: readonly string[];
    }
  | {
      readonly kind: "file";
      readonly line: number;
      readonly path: string;
      readonly role: "requirements" | "constraints";
    }
  | { readonly kind: "option"; readonly line: number; readonly name: string; readonly value: string | undefined }
  | { readonly kind: "problem"; readonly line: number; readonly text: string; readonly why: string };

/** Options that stand on a line of their own, by every spelling that pip takes, and whether they have a value. */
const options: Readonly<Record<string, { readonly name: string; readonly value: boolean }>> = {
  "-i": { name: "index-url", value: true },
  "--index-url": { name: "index-url", value: true },
  "--pypi-url": { name: "index-url", value: true },
  "--extra-index-url": { name: "extra-index-url", value: true },
  "--no-index": { name: "no-index", value: false },
  "-f": { name: "find-links", value: true },
  "--find-links": { name: "find-links", value: true },
  "--no-binary": { name: "no-binary", value: true },
  "--only-binary": { name: "only-binary", value: true },
  "--prefer-binary": { name: "prefer-binary", value: false },
  "--require-hashes": { name: "require-hashes", value: false },
  "--pre": { name: "pre", value: false },
  "--trusted-host": { name: "trusted-host", value: true },
  "--use-feature": { name: "use-feature", value: true },
};

const fileOptions: Readonly<Record<string, "requirements" | "constraints" | "editable">> = {
  "-r": "requirements",
  "--requirement": "requirements",
  "-c": "constraints",
  "--constraint": "constraints",
  "-e": "editable",
  "--editable": "editable",
};

/** Reads a whole file; a line that can't be read is a `problem`, and the others go on. */
export function parseRequirementsFile(
  text: string,
  variables: Readonly<Record<string, string | undefined>> = {},
): readonly RequirementsLine[] {
  return logicalLines(text).flatMap(({ line, text: raw }) => {
    const plain = withoutComment(raw).trim();
    if (plain === "") return [];
    const expanded = plain.replace(/\$\{([A-Z0-9_]+)\}/g, (whole, name: string) => variables[name] ?? whole);
    return [readLine(expanded, line)];
  });
}

function readLine(text: string, line: number): RequirementsLine {
  if (!text.startsWith("-")) return readRequirement("requirement", text, line);
  const { word, value } = splitOption(text);
  const role = fileOptions[word];
  const option = options[word];
  if (role === undefined && option === undefined)
    return { kind: "problem", line, text, why: `\`${word}\` is not an option of a requirements file` };
  const wantsValue = role !== undefined || option?.value === true;
  if (wantsValue && value === "") return { kind: "problem", line, text, why: `\`${word}\` needs a value` };
  if (!wantsValue && value !== "") return { kind: "problem", line, text, why: `\`${word}\` takes no value` };
  if (role === "editable") return readRequirement("editable", value, line);
  if (role !== undefined) return { kind: "file", line, path: value, role };
  return { kind: "option", line, name: option?.name ?? "", value: wantsValue ? value : undefined };
}

/** A requirement may be followed by `--hash=sha256:…`, several times, and by per-requirement options of pip. */
function readRequirement(kind: "requirement" | "editable", text: string, line: number): RequirementsLine {
  const at = text.search(/\s--?[a-zA-Z]/);
  if (at === -1) return { kind, line, text: unquote(text), hashes: [], settings: [] };
  const hashes: string[] = [];
  const settings: string[] = [];
  const words = shellWords(text.slice(at));
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, option = "", glued] = /^(-C|--[a-z-]+)(?:=?(.+))?$/s.exec(word) ?? [];
    const list = perRequirement[option];
    if (list === undefined)
      return { kind: "problem", line, text, why: `\`${word.split("=")[0]}\` is not an option of a requirement` };
    const value = glued ?? words.shift();
    if (value === undefined) return { kind: "problem", line, text, why: `\`${option}\` needs a value` };
    if (list === "hashes") hashes.push(value);
    if (list === "settings") settings.push(value);
  }
  return { kind, line, text: text.slice(0, at).trim(), hashes, settings };
}

/** Those of old `setup.py` commands are read, as pip reads them, and mean nothing to today's backends. */
const perRequirement: Readonly<Record<string, "hashes" | "settings" | "unused">> = {
  "--hash": "hashes",
  "-C": "settings",
  "--config-setting": "settings",
  "--config-settings": "settings",
  "--global-option": "unused",
  "--build-option": "unused",
  "--install-option": "unused",
};

/** Words as a shell divides them: quotes keep spaces, and are not part of the word. */
function shellWords(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs))
    words.push(
      word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/gs, (_, double?: string, single?: string, one?: string) =>
        double === undefined ? (single ?? one ?? "") : double.replace(/\\(["\\])/g, "$1"),
      ),
    );
  return words;
}

function splitOption(text: string): { readonly word: string; readonly value: string } {
  const long = /^(--[a-z-]+)(?:=|\s+|$)(.*)$/s.exec(text);
  if (long !== null) return { word: long[1] ?? "", value: unquote(long[2] ?? "") };
  // `-rfile` and `-r file` are the same.
  return { word: text.slice(0, 2), value: unquote(text.slice(2)) };
}

function unquote(text: string): string {
  const trimmed = text.trim();
  const match = /^(["'])(.*)\1$/s.exec(trimmed);
  return match?.[2] ?? trimmed;
}

/** A `#` begins a comment at the start of a line or after white space; `#sha256=` in a URL does not. */
function withoutComment(text: string): string {
  return text.replace(/(^|\s)#.*$/, "");
}

function logicalLines(text: string): { readonly line: number; readonly text: string }[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const logical: { line: number; text: string }[] = [];
  let open: { line: number; text: string } | undefined;
  lines.forEach((piece, index) => {
    // A comment line ends a continuation without being part of it, as in pip.
    const isComment = /^\s*#/.test(piece);
    const goesOn = piece.endsWith("\\") && !isComment;
    const body = goesOn ? piece.slice(0, -1) : piece;
    if (open === undefined) open = { line: index + 1, text: body };
    else open.text += isComment ? "" : ` ${body.trimStart()}`;
    if (!goesOn) {
      logical.push(open);
      open = undefined;
    }
  });
  if (open !== undefined) logical.push(open);
  return logical;
}
