import { isVenvoyError, typedWord, VenvoyError } from "../base/index.ts";
import type { ParsedCommand } from "./parse.ts";

/**
 * Somebody typed `add demo flask` while nothing is active. When the first word is an environment of theirs, the same failure
 * says what they meant; else it stays as it is. `names` is asked only then.
 */
export async function withMisplacedName(
  error: unknown,
  { command, args, flags }: ParsedCommand,
  names: () => Promise<readonly string[]>,
): Promise<unknown> {
  if (!isVenvoyError(error, "ENV_UNKNOWN")) return error;
  if (command.spec.flags["name"] === undefined || flags["name"] !== undefined) return error;
  const [name, ...rest] = Object.values(args).flat();
  if (name === undefined || !(await names()).includes(name)) return error;
  const words = rest.map((word) => typedWord(word ?? ""));
  return new VenvoyError("ENV_UNKNOWN", error.message, {
    hint: ["venvoy", command.spec.path, "-n", name, ...words].join(" "),
    cause: error,
  });
}
