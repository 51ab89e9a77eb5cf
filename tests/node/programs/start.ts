import { absPath } from "../../../src/base/index.ts";
import { nodeProc } from "../../../src/node/index.ts";

/** Starts its arguments in its place, in the directory that START_IN names, and ends as they end. */
const [program = "", ...args] = process.argv.slice(2);
const cwd = process.env["START_IN"];
process.stdout.write(`pid ${process.pid}\n`);
try {
  const { exit } = await nodeProc().start({
    argv: [program, ...args],
    env: process.env,
    ...(cwd === undefined ? {} : { cwd: absPath(cwd) }),
  });
  process.exitCode = exit;
} catch (error) {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  process.stdout.write(`can't start: ${code} in ${process.cwd()}\n`);
  process.exitCode = 125;
}
