import { describe, expect, test } from "vitest";
import { nodeClock } from "../../src/node/index.ts";
import type { Clock } from "../../src/ports/index.ts";
import { FakeClock } from "../kit/fake-clock.ts";

describe.each([
  ["the real clock", (): Clock => nodeClock()],
  ["a clock that moves itself", (): Clock => new FakeClock()],
])("%s", (_name, make) => {
  test("time goes on while it sleeps", async () => {
    const clock = make();
    const before = [clock.now(), clock.elapsed()] as const;
    await clock.sleep(2);
    // Timers may fire a fraction of a millisecond early.
    expect(clock.elapsed() - before[1]).toBeGreaterThanOrEqual(1);
    expect(clock.now()).toBeGreaterThan(before[0]);
    expect(clock.now()).toBeGreaterThan(Date.UTC(2025, 0));
  });

  test("whoever is called off doesn't sleep", async () => {
    await expect(make().sleep(60_000, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});

describe.each([
  ["the real clock", (): Clock => nodeClock()],
  ["a clock that the test moves", (): Clock => new FakeClock({ selfMoving: false })],
])("%s", (_name, make) => {
  test("a sleeper can be called off", async () => {
    const controller = new AbortController();
    const asleep = make().sleep(60_000, controller.signal);
    controller.abort(new Error("enough"));
    await expect(asleep).rejects.toThrow("enough");
  });
});

test("the clock that the test moves wakes sleepers in their order", async () => {
  const clock = new FakeClock({ selfMoving: false });
  const woken: string[] = [];
  const late = clock.sleep(200).then(() => woken.push("late"));
  const early = clock.sleep(100).then(() => woken.push("early"));
  clock.advance(50);
  expect(clock.sleeping).toBe(2);
  clock.advance(250);
  await Promise.all([late, early]);
  expect(woken).toEqual(["early", "late"]);
  expect(clock.elapsed()).toBe(300);
});
