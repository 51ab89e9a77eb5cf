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
