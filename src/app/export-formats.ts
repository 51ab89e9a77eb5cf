import { VenvoyError } from "../base/index.ts";

/** How an environment can be written down. */
export const exportFormats = [
  "requirements",
  "pylock",
  "pyproject",
  "environment.yml",
  "pip-freeze",
  "script-header",
  "rhino-header",
] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** The format that the name of a file means. Throws `ARGUMENT_INVALID` when it means none. */
export function formatOfFile(name: string): ExportFormat {
  if (/^pylock(\.[^.]+)?\.toml$/.test(name)) return "pylock";
  if (name === "pyproject.toml") return "pyproject";
  if (/\.ya?ml$/i.test(name)) return "environment.yml";
  if (/\.(txt|in)$/i.test(name)) return "requirements";
  if (/\.pyw?$/i.test(name)) return "script-header";
  throw new VenvoyError("ARGUMENT_INVALID", `What shall be written into \`${name}\` is not clear from its name`, {
    hint: `say it with --as: ${exportFormats.join(", ")}`,
  });
}
