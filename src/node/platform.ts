/** Facts of this process that the adapters share. */
export const isWindows = process.platform === "win32";

/** True in Bun, compiled or not. */
export const isBun = "bun" in process.versions;

/** `length` random characters of `[0-9a-z]`, safe as a file name on a disk that folds case. */
export function randomName(length: number): string {
  const letters = "0123456789abcdefghijklmnopqrstuv";
  let name = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(length))) name += letters[byte & 31];
  return name;
}

/** The directory inside a compiled binary that holds its parts; `undefined` when this isn't one. */
export function embeddedRoot(): string | undefined {
  const main = process.argv[1]?.replaceAll("\\", "/") ?? "";
  return isBun && /^(?:\/\$bunfs\/|[A-Z]:\/~BUN\/)/.test(main) ? main.slice(0, main.lastIndexOf("/")) : undefined;
}
