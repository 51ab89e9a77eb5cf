import { nodeProc } from "../../src/node/index.ts";
import { type FakeAnswer, FakeProc } from "../kit/fake-proc.ts";
import { type ContractProgram, contractPrograms, contractScripts, procContract } from "./proc.ts";

procContract("real processes", nodeProc(), (program) =>
  process.platform === "win32"
    ? [process.execPath, "-e", contractScripts[program]]
    : ["/bin/sh", "-c", contractPrograms[program], program],
);

const answers: Readonly<Record<ContractProgram, (args: readonly string[]) => FakeAnswer>> = {
  echo: (args) => ({ stdout: args.map((arg) => `${arg}\n`).join("") }),
  copy: () => ({}),
  fail: () => ({ exit: 3, stdout: "out\n", stderr: "err\n" }),
  killed: () => ({ killedBy: "SIGKILL" }),
  variable: () => ({}),
};

const fake = new FakeProc(
  (request) => {
    const [program, ...args] = request.argv;
    if (program === "copy") return { stdout: "input" in request ? (request.input ?? "") : "" };
    if (program === "variable") return { stdout: request.env["COLOUR"] ?? "" };
    return answers[program as ContractProgram]?.(args);
  },
  [process.pid],
);
procContract("pretended processes", fake, (program) => [program]);
