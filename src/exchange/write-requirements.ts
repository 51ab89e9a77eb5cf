import { printable, VenvoyError } from "../base/index.ts";
import { askedLines, type Contents, minorOf, pinnedLines } from "./contents.ts";

export interface RequirementsOptions {
  /** Exact versions of everything, in place of what was asked for. */
  readonly pinned: boolean;
  /** The same with the sha256 of every file, which makes pip refuse anything else. */
  readonly hashes: boolean;
}

/** A requirements file (pip's format). Who asks for a line stands behind it. */
export function writeRequirements(contents: Contents, { pinned, hashes }: RequirementsOptions): string {
  const what = pinned || hashes ? "Everything in" : "What is asked of";
  const name = printable(contents.name, { newlines: false });
  const head = `# ${what} the environment ${name} (venvoy, Python ${minorOf(contents)})`;
  const lines = hashes ? hashedLines(contents) : pinned ? pinnedLines(contents) : commentedLines(contents);
  return `${[head, ...lines].join("\n")}\n`;
}

function commentedLines(contents: Contents): readonly string[] {
  return askedLines(contents).map(({ text, origins }) =>
    origins.length === 0 ? text : `${text}  # ${printable(origins.join(", "), { newlines: false })}`,
  );
}

function hashedLines(contents: Contents): readonly string[] {
  const texts = pinnedLines(contents);
  return contents.lock.packages.map(({ name, wheel }, index) => {
    if (wheel.sha256 === undefined) {
      throw new VenvoyError("LOCK_INVALID", `The digest of \`${name}\` is not known`, { hint: "leave out --hash" });
    }
    return `${texts[index]} \\\n    --hash=sha256:${wheel.sha256}`;
  });
}
