// Measures venvoy side by side with what a person would use instead, interleaved, and prints ratios.
//   npm run bench                 every work, 7 rounds      npm run bench -- --only run,fold --rounds 9
//   npm run bench -- --only "resolve boto3" --rounds 1      the rows whose names hold one of these
//   npm run bench -- --write      also writes docs/speed.md
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { activationWorks } from "./activation.mjs";
import { median, settle } from "./measure.mjs";
import { peers, python, root, venvoy } from "./places.mjs";
import { resolvingWorks } from "./resolving.mjs";
import { sessionWorks } from "./sessions.mjs";
import { sharingWorks } from "./sharing.mjs";
import { cleanUp, inputs, requirements, warmUp, works } from "./works.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    only: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
execFileSync("sh", [join(root, "scripts", "setup.sh"), "binary"], { stdio: "inherit" });
const { uv } = peers();
const files = inputs();
const isWanted = ({ name }) => values.only === undefined || values.only.split(",").some((word) => name.includes(word));
const wanted = [
  ...works(uv, files),
  ...resolvingWorks(uv),
  ...activationWorks(uv),
  ...sessionWorks(uv, files),
  ...sharingWorks(),
].filter(isWanted);
process.on("exit", cleanUp);
if (wanted.some((work) => work.ownCaches !== true)) warmUp(uv, files);

function measured(side) {
  // What venvoy still does behind its last answer must not take a core from whoever is measured next.
  settle(venvoy);
  side.before?.();
  const figure = side.run();
  return { wall: figure.wall, floor: side.floor?.().wall ?? 0, peak: figure.peak };
}

/** What is above the floor; of two medians where there is a floor, because single differences drown in noise. */
function above(pairs, side) {
  return Math.max(median(pairs.map((pair) => pair[side].wall)) - median(pairs.map((pair) => pair[side].floor)), 0.0001);
}

const rows = [];
for (const work of wanted) {
  const asked = Math.max(Number(values.rounds), values.only === undefined ? (work.least ?? 0) : 0);
  const rounds = Math.min(asked, work.most ?? asked);
  const pairs = [];
  for (let round = 0; round < rounds; round++) {
    // Who goes first alternates, so that neither always finds the disk warmed by the other.
    const order = round % 2 === 0 ? ["peer", "ours"] : ["ours", "peer"];
    const pair = {};
    for (const side of order) pair[side] = measured(work[side]);
    pairs.push(pair);
    process.stderr.write(`${work.name}: ${pair.ours.wall.toFixed(3)} s against ${pair.peer.wall.toFixed(3)} s\n`);
  }
  const ratios = pairs.map(
    ({ ours, peer }) => Math.max(ours.wall - ours.floor, 0.0001) / Math.max(peer.wall - peer.floor, 0.0001),
  );
  const [ours, peer] = [above(pairs, "ours"), above(pairs, "peer")];
  rows.push({
    name: work.name,
    budget: work.budget,
    rounds,
    ours,
    peer,
    ratio: work.ours.floor === undefined ? median(ratios) : ours / peer,
    least: Math.min(...ratios),
    most: Math.max(...ratios),
    memory: median(pairs.map(({ ours, peer }) => ours.peak / peer.peak)),
  });
}

const seconds = (value) => (value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`);
const table = [
  "| work | venvoy | peer | ratio (median, min–max) | budget | peak memory ratio | rounds |",
  "|---|---|---|---|---|---|---|",
  ...rows.map(
    (row) =>
      `| ${row.name} | ${seconds(row.ours)} | ${seconds(row.peer)} | **${row.ratio.toFixed(2)}** (${row.least.toFixed(2)}–${row.most.toFixed(2)}) | ${row.budget} | ${row.memory.toFixed(2)} | ${row.rounds} |`,
  ),
].join("\n");
process.stdout.write(`${table}\n`);

if (values.write) {
  const uvVersion = execFileSync(uv, ["--version"], { encoding: "utf8" }).trim();
  const pythonVersion = execFileSync(python, ["--version"], { encoding: "utf8" }).trim();
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`;
  const page = join(root, "docs", "speed.md");
  const text = readFileSync(page, "utf8");
  const marks = ["<!-- table -->", "<!-- /table -->"];
  const [head] = text.split(marks[0]);
  const tail = text.split(marks[1])[1] ?? "";
  const facts = `Measured on ${new Date().toISOString().slice(0, 10)} against ${uvVersion} with ${pythonVersion} on ${machine}.\nThe set: ${requirements.join(" ")}.`;
  writeFileSync(page, `${head}${marks[0]}\n${facts}\n\n${table}\n${marks[1]}${tail}`);
}
