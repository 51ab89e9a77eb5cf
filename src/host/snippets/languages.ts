import { type BatchFacts, batchSnippet } from "./batch.ts";
import { pythonSnippet, type SnippetFacts } from "./python.ts";
import { plainLine, quoteHoudiniEnv, quoteMaxscript, quoteMel } from "./quote.ts";

/** What a startup file can be written in. `path`: one path a line, and nothing else. */
export type SnippetLanguage = "python" | "maxscript" | "mel" | "bat" | "env" | "path";

export const snippetLanguages = ["python", "maxscript", "mel", "bat", "env", "path"] as const;

/** How a line of each language is only for people; a language without such lines has files of our own. */
export const commentMarks: Readonly<Record<SnippetLanguage, string | undefined>> = {
  python: "#",
  maxscript: "--",
  mel: "//",
  env: "#",
  bat: undefined,
  path: undefined,
};

export interface LanguageFacts extends SnippetFacts, BatchFacts {
  /** Where the packages lie as long as nobody moves the environment, and what `.pth` files in it add. */
  readonly entries: readonly string[];
  /** What such a list is joined with on the system that it is for. */
  readonly separator: ":" | ";";
  /** The program imports its startup files as modules, and wants them to say that they can be registered (Blender). */
  readonly isModule: boolean;
}

/** The lines in a language, without the marks around them. Throws `ARGUMENT_INVALID` where a path can't be written. */
export function snippetIn(language: SnippetLanguage, facts: LanguageFacts): string {
  switch (language) {
    case "python":
      return `${pythonSnippet(facts)}${facts.isModule ? modulePart : ""}`;
    case "maxscript":
      return maxscript(pythonSnippet(facts));
    case "mel":
      return mel(pythonSnippet(facts));
    case "bat":
      return batchSnippet(facts);
    case "env":
      return `PYTHONPATH = "${[...facts.entries.map(quoteHoudiniEnv), "$PYTHONPATH"].join(facts.separator)}"\n`;
    case "path":
      return facts.entries.map((path) => `${plainLine(path)}\n`).join("");
  }
}

const modulePart = `

def register():
    pass


def unregister():
    pass
`;

const literals = (text: string, quote: (line: string) => string): readonly string[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => quote(`${line}\n`));

function maxscript(program: string): string {
  return `(
  local venvoyProgram = ${literals(program, quoteMaxscript).join(" +\n    ")}
  try (python.Execute venvoyProgram) catch (format "venvoy: the Python of this program did not start\\n")
)
`;
}

function mel(program: string): string {
  return `{
  string $venvoyProgram = ${literals(program, quoteMel).join(" +\n    ")};
  if (catch(python($venvoyProgram))) warning("venvoy: the Python of this program did not start");
}
`;
}
