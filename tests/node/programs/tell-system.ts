import { nodeSystem } from "../../../src/node/index.ts";

/** Prints what the adapter says about this machine. */
const { os, machine, libc, home, cwd, user, uid, pid, self, cores, hostName } = nodeSystem();
process.stdout.write(JSON.stringify({ os, machine, libc, home, cwd, user, uid, pid, self, cores, hostName }));
