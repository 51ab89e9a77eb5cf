const words = ["install", "uninstall", "list", "freeze", "show", "check", "download", "index"];

/**
 * The words of a line that is pip's and not Python's: `pip install numpy`, `!pip …`, `%pip …`, `python -m pip …`. Undefined for
 * every other line; a variable that is named `pip` stays one.
 */
export function pipLine(line: string): readonly string[] | undefined {
  const found = /^\s*([!%]?)\s*(?:python3?\s+-m\s+)?pip3?(?:\s+(.*))?$/.exec(line);
  if (found === null) return undefined;
  const [, mark, rest = ""] = found;
  const split = splitWords(rest);
  const [first = ""] = split;
  return mark !== "" || words.includes(first) ? split : undefined;
}

/** As a POSIX shell splits a plain line: blanks part, quotes keep together. */
function splitWords(text: string): readonly string[] {
  const found = text.matchAll(/(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/g);
  return [...found].map(([word]) =>
    word.replaceAll(/\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/g, (_all, plain, single, double) =>
      String(plain ?? single ?? double?.replaceAll(/\\(.)/g, "$1")),
    ),
  );
}
