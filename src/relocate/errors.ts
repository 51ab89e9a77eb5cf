import { printable, VenvoyError } from "../base/index.ts";
import type { Said } from "./tree-facts.ts";

function shown(text: string): string {
  return printable(text, { newlines: false });
}

export function formerUnclear(label: string, former: readonly Said[]): VenvoyError {
  const places = former.map(({ path, file }) => `\`${shown(path)}\` (${shown(file)})`).join(", ");
  return new VenvoyError("ARGUMENT_INVALID", `\`${shown(label)}\` names several places as its own: ${places}`, {
    hint: "say which one is to be replaced: --from PATH; once for each",
    data: { places: former.map(({ path }) => path) },
  });
}

export function placeUnfit(path: string, why: string): VenvoyError {
  return new VenvoyError("ARGUMENT_INVALID", `\`${shown(path)}\` ${why}`, { data: { path } });
}

/** A compiled file has no room for the new path. */
export function treeUnfit(file: string, why: string, to: string): VenvoyError {
  return new VenvoyError("TREE_UNFIT", `\`${shown(file)}\` ${shown(why)}; nothing was changed`, {
    hint: "move the tree to a shorter path, or make it anew there",
    data: { file, to },
  });
}

export function treeChanged(file: string): VenvoyError {
  return new VenvoyError(
    "TREE_UNFIT",
    `\`${shown(file)}\` was changed meanwhile by somebody else; nothing was changed`,
    {
      hint: "type the command again when nothing else works in that tree",
      data: { file },
    },
  );
}

export function journalStrange(root: string): VenvoyError {
  return new VenvoyError(
    "TREE_UNFIT",
    `The unfinished fix in \`${shown(root)}\` names files outside of it, and was refused`,
    {
      hint: "look at .venvoy-fix in that directory, and remove it",
      data: { path: root },
    },
  );
}
