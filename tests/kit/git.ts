import { execFileSync } from "node:child_process";

/** Runs git as somebody, in a directory; the answer is what it printed. Repositories may have submodules beside them. */
export function git(directory: string, ...words: string[]): string {
  const identity = ["-c", "user.name=A", "-c", "user.email=a@mail.example", "-c", "protocol.file.allow=always"];
  return execFileSync("git", [...identity, ...words], { cwd: directory, encoding: "utf8", stdio: "pipe" }).trim();
}
