import { describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import type { Proc, ProcRequest } from "../../src/ports/index.ts";
import { codeOf } from "./fs.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The programs that a subject must know. */
export const contractPrograms = {
  /** Prints its arguments, one on a line. */
  echo: "printf '%s\\n' \"$@\"",
  /** Copies its input. */
  copy: "cat",
  fail: "echo out; echo err >&2; exit 3",
  killed: "kill -KILL $$",
  variable: 'printf %s "$COLOUR"',
} as const;

/** The same for a JavaScript runtime, where there is no sh. */
export const contractScripts: Readonly<Record<keyof typeof contractPrograms, string>> = {
  echo: "process.stdout.write(process.argv.slice(1).map((word) => `${word}\\n`).join(''))",
  copy: "process.stdin.pipe(process.stdout)",
  fail: "process.stdout.write('out\\n'); process.stderr.write('err\\n'); process.exitCode = 3",
  killed: "process.kill(process.pid, 'SIGKILL')",
  variable: "process.stdout.write(process.env.COLOUR ?? '')",
};

export type ContractProgram = keyof typeof contractPrograms;

/** What every `Proc` must do. `argv` says how the subject starts one of the programs. */
export function procContract(
  name: string,
  proc: Proc,
  argv: (program: ContractProgram) => [string, ...string[]],
): void {
  const request = (program: ContractProgram, ...args: string[]): ProcRequest => ({
    argv: [...argv(program), ...args],
    env: { PATH: "/usr/bin:/bin" },
  });

  describe(name, () => {
    test("arguments arrive as they are, and nothing reads them again", async () => {
      const words = ["a b", "", "$HOME", "`id`", "*", "ü", "--x=1;2"];
      const { exit, stdout } = await proc.run(request("echo", ...words));
      expect(exit).toBe(0);
      expect(text(stdout)).toBe(`${words.join("\n")}\n`);
    });

    test("exit status and both outputs come back", async () => {
      const result = await proc.run(request("fail"));
      expect({ ...result, stdout: text(result.stdout), stderr: text(result.stderr) }).toEqual({
        exit: 3,
        killedBy: undefined,
        timedOut: false,
        stdout: "out\n",
        stderr: "err\n",
      });
    });

    // Windows has no signals: who is ended so has a number like any other.
    test.skipIf(process.platform === "win32")("a signal that ended it is named", async () => {
      expect(await proc.run(request("killed"))).toMatchObject({ exit: undefined, killedBy: "SIGKILL" });
    });

    test("input is given; the environment is the one given and no other", async () => {
      expect(text((await proc.run({ ...request("copy"), input: "hello" })).stdout)).toBe("hello");
      expect(text((await proc.run({ ...request("copy") })).stdout)).toBe("");
      const { stdout } = await proc.run({ ...request("variable"), env: { COLOUR: "red", GONE: undefined } });
      expect(text(stdout)).toBe("red");
    });

    test("output past the limit is cut off", async () => {
      const { exit, stdout } = await proc.run({ ...request("echo", "123456789"), maxOutputBytes: 4 });
      expect([exit, text(stdout)]).toEqual([0, "1234"]);
    });

    test("what can't be started is told by its code", async () => {
      expect(await codeOf(proc.run({ argv: ["no-such-program"], env: {} }))).toBe("ENOENT");
      expect(await codeOf(proc.run({ argv: ["/no/such/program"], env: {} }))).toBe("ENOENT");
    });

    test("a run that is called off before it begins doesn't begin", async () => {
      const signal = AbortSignal.abort(new Error("called off"));
      await expect(proc.run({ ...request("echo"), signal })).rejects.toThrow("called off");
    });

    test("a detached start of nothing is no failure", () => {
      proc.startDetached({ argv: ["/no/such/program"], env: {}, cwd: absPath("/") });
    });

    test("processes that live are known from those that don't", () => {
      expect(proc.isAlive(process.pid)).toBe(true);
      expect(proc.isAlive(2 ** 22 + 1)).toBe(false);
    });
  });
}
