/* One of several processes that want the same wheel at once. Arguments: store, wheel, sha256, log. */
import { appendFileSync, copyFileSync } from "node:fs";
import { basename } from "node:path";
import { absPath, parseSha256 } from "../../../src/base/index.ts";
import { nodeClock, nodeFs, nodeProc, nodeSystem } from "../../../src/node/index.ts";
import { silentReporter } from "../../../src/ports/index.ts";
import { openStore } from "../../../src/store/index.ts";

const [wheels = "", wheel = "", sha256 = "", log = ""] = process.argv.slice(2);
const io = { fs: nodeFs(), clock: nodeClock(), system: nodeSystem(), proc: nodeProc(), reporter: silentReporter() };
const store = openStore(io, { wheels: absPath(wheels) });
const artifact = await store.ensure({ filename: basename(wheel), sha256: parseSha256(sha256) }, async (to) => {
  appendFileSync(log, "fetched\n");
  copyFileSync(wheel, to);
});
process.stdout.write(`${artifact.name} ${artifact.fileCount}\n`);
