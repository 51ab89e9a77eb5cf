import { hasCode } from "../base/index.ts";
import type { Credentials, Proc, Secrets, System } from "../ports/index.ts";

/** A keyring that asks a person for its own password may take its time, but a broken one must not hang a build. */
const timeoutMs = 60_000;

/**
 * Passwords from the `keyring` program (as pip's `--keyring-provider subprocess` does): `keyring get SERVICE USER`, and
 * without a user name its `--mode creds`, which answers with both. No program, no entry: `undefined`.
 */
export function keyringSecrets(proc: Proc, system: Pick<System, "env">): Secrets {
  const ask = async (args: readonly string[]): Promise<string | undefined> => {
    // An import of keyring reads its configuration from the person's own environment.
    const request = { argv: ["keyring", ...args] as const, env: system.env, timeoutMs };
    try {
      const { exit, stdout } = await proc.run(request);
      return exit === 0 ? new TextDecoder().decode(stdout) : undefined;
    } catch (error) {
      if (hasCode(error, "ENOENT", "EACCES", "ENOEXEC")) return undefined;
      throw error;
    }
  };
  return {
    async find(service, username) {
      if (username !== undefined) {
        const password = firstLine(await ask(["get", service, username]));
        return password === undefined ? undefined : { username, password };
      }
      const answer = await ask(["--mode", "creds", "--output", "json", "get", service]);
      return answer === undefined ? undefined : parseCredentials(answer);
    },
  };
}

function firstLine(answer: string | undefined): string | undefined {
  const line = answer?.split(/\r?\n/, 1)[0];
  return line === "" ? undefined : line;
}

function parseCredentials(answer: string): Credentials | undefined {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    // An old keyring without `--mode` prints its help: then it has no answer to this question.
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { username, password } = value as { readonly username?: unknown; readonly password?: unknown };
  return typeof username === "string" && typeof password === "string" ? { username, password } : undefined;
}
