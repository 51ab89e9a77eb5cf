/* Much file work, so that threads take part. Arguments: directory, wheel file. Prints one line of facts. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AbsPath, absPath, hasCode } from "../../../src/base/index.ts";
import { readZipDirectory } from "../../../src/codec/index.ts";
import { nodeFs } from "../../../src/node/index.ts";
import type { UnpackFile } from "../../../src/ports/index.ts";

const [root = "", archive = ""] = process.argv.slice(2);
const fs = nodeFs();
const at = (path: string): AbsPath => absPath(join(root, path));
const names = Array.from({ length: 4_000 }, (_, index) => `d${index % 1_500}/f${index}`);
const directories = Array.from({ length: 1_500 }, (_, index) => `d${index}`);
for (const directory of directories) mkdirSync(at(`from/${directory}`), { recursive: true });
for (const name of names) writeFileSync(at(`from/${name}`), name);
const plan = { from: at("from"), to: at("to"), directories, files: names, mode: "hardlink" as const };
const readAt = (offset: number, length: number) => fs.readRange(absPath(archive), offset, length);
const sizeBytes = (await fs.info(absPath(archive)))?.sizeBytes ?? 0;
const { entries } = await readZipDirectory({ label: "demo.whl", sizeBytes, readAt });
const files = entries.map((entry): UnpackFile => ({ path: entry.name, executable: false, hash: undefined, entry }));
mkdirSync(at("good"));
mkdirSync(at("bad"));
const unpack = (to: string, wanted = files) =>
  fs.unpack({ archive: absPath(archive), label: "demo.whl", to: at(to), directories: [], files: wanted });
const digests = await unpack("good");
const read = await fs.digests(files.map(({ path }) => at(`good/${path}`)));
const agree = read.every((hex, index) => hex === Buffer.from(digests[index] ?? "", "base64url").toString("hex"));
const lie = { name: "sha256" as const, digest: "A".repeat(43) };
const wrong = files.map((file, index) => (index === 3 ? { ...file, hash: lie } : file));
const refused = await unpack("bad", wrong).catch((error: unknown) => error);
const code = refused instanceof Error && "code" in refused ? refused.code : "none";
// The threads are up by now: a part that came before its directories would fail.
let told = 0;
await fs.linkTrees([plan], { onProgress: (done) => (told = done) });
const linked = readdirSync(at("to"), { recursive: true }).length;
const again = await fs
  .linkTrees([plan])
  .catch((error: unknown) => (hasCode(error, "EEXIST") ? "EEXIST" : String(error)));

process.stdout.write(JSON.stringify({ linked, told, again, unpacked: digests.length, agree, code }));
