/** Publishes a tree that lies there, again and again: `publish.ts PLACE KEEP TREE…`. Says `ready` first, and each release that it made. */
import { absPath } from "../../../src/base/index.ts";
import { onShare, publishTree } from "../../../src/share/index.ts";
import { sealedAt, shareIo, wishFor } from "../share-bench.ts";

const [place = "", keep = "", ...trees] = process.argv.slice(2);
const io = shareIo();
process.stdout.write("ready\n");
for (const tree of trees) {
  const wish = wishFor(sealedAt(tree), keep === "" ? {} : { keep: Number(keep) });
  const { release } = await onShare(absPath(place), () => publishTree(io, absPath(place), wish));
  process.stdout.write(`${release}\n`);
}
