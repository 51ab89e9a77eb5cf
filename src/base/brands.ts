import { VenvoyError } from "./errors.ts";

declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

/** An absolute, normalised path in the style of the file system that made it. */
export type AbsPath = Branded<string, "AbsPath">;
/** 64 lower-case hexadecimal digits. */
export type Sha256 = Branded<string, "Sha256">;
/** A project name normalised by PEP 503; made by `pep/`. */
export type PackageName = Branded<string, "PackageName">;
/** The name that a person gave an environment; made by `env/`. */
export type EnvName = Branded<string, "EnvName">;
/** Eight characters that identify an environment for ever. */
export type EnvId = Branded<string, "EnvId">;

/** Marks a path that is known to be absolute. Paths from outside go through `Fs.path.resolve`. */
export function absPath(path: string): AbsPath {
  if (!/^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path)) throw new Error(`not an absolute path: ${path}`);
  return path as AbsPath;
}

/** Parses a sha256 in hexadecimal; throws `DIGEST_INVALID`. */
export function parseSha256(text: string): Sha256 {
  const lower = text.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(lower)) {
    throw new VenvoyError("DIGEST_INVALID", `\`${text.slice(0, 80)}\` is not a sha256 digest`);
  }
  return lower as Sha256;
}
