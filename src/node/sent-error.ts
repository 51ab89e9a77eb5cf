import { type ErrorCode, VenvoyError } from "../base/index.ts";

/** A failure on its way between threads: copying an error keeps its text but loses `code`. */
export interface SentError {
  readonly message: string;
  readonly code: string | undefined;
  readonly path: string | undefined;
  readonly venvoy: { readonly hint: string | undefined; readonly data: Readonly<Record<string, unknown>> } | undefined;
}

export function packError(error: unknown): SentError {
  if (error instanceof VenvoyError) {
    const { message, code, hint, data } = error;
    return { message, code, path: undefined, venvoy: { hint, data } };
  }
  const text = (name: "code" | "path"): string | undefined => {
    const value =
      error instanceof Error ? (error as { readonly code?: unknown; readonly path?: unknown })[name] : undefined;
    return typeof value === "string" ? value : undefined;
  };
  return {
    message: error instanceof Error ? error.message : String(error),
    code: text("code"),
    path: text("path"),
    venvoy: undefined,
  };
}

export function unpackError({ message, code, path, venvoy }: SentError): Error {
  if (venvoy !== undefined) {
    const { hint, data } = venvoy;
    return new VenvoyError(code as ErrorCode, message, { data, ...(hint === undefined ? {} : { hint }) });
  }
  return Object.assign(new Error(message), code === undefined ? {} : { code }, path === undefined ? {} : { path });
}
