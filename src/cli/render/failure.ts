import { isVenvoyError, printable } from "../../base/index.ts";
import type { Style } from "./style.ts";

/** A failure as a person reads it: what happened, the pictures that belong to it, and what to type next. */
export function failureText(error: unknown, style: Style): string {
  if (!isVenvoyError(error)) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${style.bad("venvoy: this is a bug in venvoy")}\n${printable(detail)}\nplease report it with the command that you typed`;
  }
  const lines = [`${style.bad("error:")} ${printable(error.message)}`];
  const picture = error.data["picture"];
  if (typeof picture === "string") lines.push(printable(picture));
  const because = causeText(error.cause);
  if (because !== undefined) lines.push(style.dim(`  because: ${because}`));
  if (error.hint !== undefined) lines.push(`${style.bold("hint:")} ${printable(error.hint)}`);
  return lines.join("\n");
}

/** The same for `--json`; bugs get a code of their own. */
export function failureData(error: unknown): unknown {
  if (isVenvoyError(error)) return { error };
  return { error: { code: "BUG", message: error instanceof Error ? error.message : String(error) } };
}

export function failureExit(error: unknown): number {
  return isVenvoyError(error) ? error.exit : 70;
}

function causeText(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || cause.message === "") return undefined;
  return printable(cause.message, { newlines: false }).slice(0, 300);
}
