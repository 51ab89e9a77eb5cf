import type { Answer } from "./lane.ts";

export function staleNote(file: string): string {
  return `\`${file}\` has changed since it was imported; \`# flag: python.reloadEngine\` takes it up`;
}

/** Why a lane refused, in one sentence for people. */
export function whyRefused({ message }: Answer): string {
  const { reason, clashes, files } = message;
  if (reason === "clash" && Array.isArray(clashes)) {
    const version = (identity: unknown): string => String(identity).split(" ")[0] ?? "";
    return (clashes as readonly Readonly<Record<string, unknown>>[])
      .map(
        ({ name, loaded, wanted }) =>
          `${String(name)} ${version(loaded)} is loaded here, and it needs ${version(wanted)}`,
      )
      .join("; ");
  }
  if (reason === "moved") return "modules of another directory are loaded here, and something here keeps them";
  return `${Array.isArray(files) ? files.map(String).join(", ") : "a module"} has changed, and something here keeps the old one`;
}
