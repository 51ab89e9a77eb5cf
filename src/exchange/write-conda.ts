import { printable } from "../base/index.ts";
import { type Contents, dependencyTexts, minorOf } from "./contents.ts";

/**
 * An `environment.yml` for conda: Python and pip from a channel, everything else through pip, since that is where venvoy
 * took it from. A channel must be named; the comment says how little it means.
 */
export function writeCondaFile(contents: Contents, { pinned }: { readonly pinned: boolean }): string {
  const texts = dependencyTexts(contents, { pinned });
  return [
    `name: ${yamlText(contents.name)}`,
    "channels:",
    "  - conda-forge  # gives Python and pip alone; the packages below come from package indexes",
    "dependencies:",
    `  - python=${minorOf(contents)}`,
    "  - pip",
    ...(texts.length === 0 ? [] : ["  - pip:", ...texts.map((text) => `      - ${yamlText(text)}`)]),
    "",
  ].join("\n");
}

/** A plain scalar where YAML can't take it for something else, else a quoted one (JSON's quoting is valid YAML). */
function yamlText(text: string): string {
  const isPlain = /^[A-Za-z][\w.+-]*(\[[\w,.-]+\])?([<>=!~]=?[\w.*+!<>=~,-]+)?$/.test(text);
  const isWord = /^(y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return isPlain && !isWord ? text : JSON.stringify(printable(text, { newlines: false }));
}
