import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Session, SessionEvent } from "../../src/app/index.ts";
import { isVenvoyError } from "../../src/base/index.ts";
import { testContext } from "../kit/context.ts";

const projects = { idna: { "3.6": {}, "3.7": {} } };
const runCount = 200;
/** Of so many runs one is killed while it surely runs, on a fast machine and on a slow one. */
const doomedEvery = 8;

/** A small generator with a printed seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Processes that live, by the group that they are in. */
function groups(): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const [state = "", , group = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state !== "Z" && state !== "X") found.set(Number(group), [...(found.get(Number(group)) ?? []), stat]);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

test("200 runs with random kills of lanes: no lost event, no orphan process, no stuck call", async () => {
  const seed = Number(process.env["VENVOY_SEED"] ?? Date.now() % 1_000_000);
  process.stdout.write(`seed ${seed} (VENVOY_SEED)\n`);
  const random = randomFrom(seed);
  await using t = await testContext(projects);
  const body =
    "import subprocess, sys, time\nchild = subprocess.Popen(['sleep', '600'])\n" +
    "for i in range(20):\n    print('line', i)\n    time.sleep(float(sys.argv[1]) / 20)\nprint('end', file=sys.stderr)\n";
  t.write("old.py", `# /// script\n# dependencies = ["idna<3.7"]\n# ///\nimport idna\n${body}`);
  t.write("new.py", `# /// script\n# dependencies = ["idna"]\n# ///\nimport idna\n${body}`);
  t.write("beside.py", `# async: true\n${body}`);
  t.write("doomed.py", `# async: true\nprint('doomed')\n${body}`);
  const events: SessionEvent[] = [];
  const pids = new Set<number>();
  let kills = 0;
  const kill = (lane: { readonly pid: number } | undefined): void => {
    if (lane === undefined || lane.pid === 0) return;
    try {
      process.kill(lane.pid, "SIGKILL");
      kills++;
    } catch {
      // It was gone already.
    }
  };
  const session: Session = await t.library.host.open({
    limits: { graceMs: 200, lanes: 6 },
    onEvent: (event) => {
      events.push(event);
      if (event.type === "lane:started") pids.add(event.pid);
      if (event.type === "stdout" && event.text.includes("doomed"))
        kill(session.lanes().find(({ id }) => id === event.lane));
    },
  });
  // Tied to the runs, so that a slow machine is not hit more often than a fast one.
  const killSoon = async (): Promise<void> => {
    await new Promise((done) => setTimeout(done, random() * 150));
    const lanes = session.lanes().filter(({ pid }) => pid !== 0);
    const lane = lanes[Math.floor(random() * lanes.length)];
    kill(lane);
  };
  const killers: Promise<void>[] = [];
  const outcomes: string[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < runCount) {
      const isDoomed = ++begun % doomedEvery === 0;
      const files = isDoomed ? ["doomed.py"] : ["old.py", "new.py", "beside.py"];
      const file = files[Math.floor(random() * files.length)] ?? "old.py";
      if (random() < 0.6) killers.push(killSoon());
      const stop = new AbortController();
      const timer = random() < 0.1 && !isDoomed ? setTimeout(() => stop.abort(), random() * 100) : undefined;
      try {
        const { stdout, stderr, exit } = await session.run(file, {
          args: [isDoomed ? "600" : String(random() * 0.1)],
          signal: stop.signal,
        });
        expect([exit, stderr]).toEqual([0, "end\n"]);
        expect(stdout).toBe(Array.from({ length: 20 }, (_one, line) => `line ${line}\n`).join(""));
        outcomes.push("done");
      } catch (error) {
        if (!isVenvoyError(error)) throw error;
        if (isDoomed) expect(error.code).toBe("LANE_CRASHED");
        outcomes.push(error.code);
      }
      clearTimeout(timer);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  await Promise.all(killers);
  await session.close();
  process.stdout.write(
    `${kills} kills; ${[...new Set(outcomes)].map((code) => `${code} ${outcomes.filter((one) => one === code).length}`).join(", ")}\n`,
  );
  expect(outcomes.length).toBe(runCount);
  expect(outcomes.filter((code) => code === "LANE_CRASHED").length).toBeGreaterThanOrEqual(runCount / doomedEvery);
  expect(new Set(outcomes)).toEqual(
    new Set(["done", "LANE_CRASHED", "ABORTED"].filter((code) => outcomes.includes(code))),
  );
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_one, index) => index + 1));
  checkRuns(events, outcomes);
  const started = events.filter(({ type }) => type === "lane:started").length;
  const ended = events.filter(({ type }) => type === "lane:ended" || type === "lane:crashed").length;
  expect(ended).toBe(started);
  await expect
    .poll(() => [...groups()].filter(([group]) => pids.has(group)).flatMap(([, all]) => all), { timeout: 60_000 })
    .toEqual([]);
});

/** Each run: one beginning, one end; whatever is told of it lies between, and belongs to the lane that it started in. */
function checkRuns(events: readonly SessionEvent[], outcomes: readonly string[]): void {
  const statuses: string[] = [];
  for (let number = 1; number <= runCount; number++) {
    const of = events.filter(
      (event) => "run" in event && event.run === `run-${number}` && !event.type.startsWith("lane:"),
    );
    const kinds = of.map(({ type }) => type).filter((type) => type !== "notice");
    expect(kinds[0]).toBe("run:waiting");
    expect(kinds.at(-1)).toBe("run:ended");
    for (const once of ["run:waiting", "run:ended"]) expect(kinds.filter((type) => type === once).length).toBe(1);
    const start = of.find((event) => event.type === "run:started");
    for (const event of of)
      if (event.type === "stdout" || event.type === "stderr")
        expect([event.late, event.lane]).toEqual([false, start?.type === "run:started" ? start.lane : undefined]);
    const end = of.at(-1);
    if (end?.type === "run:ended") statuses.push(end.status);
  }
  const count = (status: string): number => statuses.filter((one) => one === status).length;
  expect(count("done")).toBe(outcomes.filter((code) => code === "done").length);
  expect(count("cancelled")).toBe(outcomes.filter((code) => code === "ABORTED").length);
  // One that is killed while it starts, again and again, is refused.
  expect(count("crashed") + count("refused")).toBe(outcomes.filter((code) => code === "LANE_CRASHED").length);
}
