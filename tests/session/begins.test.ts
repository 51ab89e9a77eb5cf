import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import type { OpenListener, OpenProgram, Proc } from "../../src/ports/index.ts";
import { encodeFrame, FrameReader } from "../../src/session/frames.ts";
import { type Needs, openSession } from "../../src/session/index.ts";
import { memoryPorts } from "../kit/memory-ports.ts";

/** A Python that says hello, and ends when it is asked for anything more than its setup. */
function endsBeforeItBegins(): { readonly open: Proc["open"]; readonly started: () => number } {
  let started = 0;
  const open = async (_request: unknown, listener: OpenListener): Promise<OpenProgram> => {
    started += 1;
    const heard = new FrameReader();
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      listener.ended({ exit: 7, killedBy: undefined });
    };
    queueMicrotask(() =>
      listener.control(encodeFrame({ message: { kind: "hello", python: "3.9.9" }, attachments: [] })),
    );
    return {
      pid: started,
      send: async (bytes) => {
        if (heard.push(bytes).some(({ message }) => message["kind"] !== "setup")) end();
      },
      kill: end,
      hold: () => {},
    };
  };
  return { open, started: () => started };
}

test("a process that always ends before the first line is started a few times, and then the run is told so", async () => {
  const ports = memoryPorts();
  const python = endsBeforeItBegins();
  const io = { ...ports, proc: Object.assign(ports.proc, { open: python.open }) };
  const root = absPath("/tree");
  const needs: Needs = {
    interpreter: "cpython",
    environment: { name: "default", path: root, version: 1 },
    tree: {
      root,
      prefix: root,
      python: absPath("/tree/bin/python"),
      sites: [],
      packages: {},
      systemSites: false,
      inPlace: false,
    },
    spare: undefined,
    env: {},
    startVariables: {},
    front: [],
    file: absPath("/a.py"),
    argv: ["a.py"],
    isAsync: false,
    keepsScope: false,
    reloads: false,
    notes: [],
    markUse: async () => {},
  };
  const events: string[] = [];
  const session = await openSession(io, {
    planner: { script: async () => needs, place: async () => needs },
    cwd: absPath("/"),
    agent: absPath("/agent"),
    shareDir: absPath("/shares"),
    onEvent: ({ type }) => events.push(type),
  });
  await expect(session.run("a.py")).rejects.toMatchObject({ code: "LANE_CRASHED", data: { exit: 7 } });
  expect(python.started()).toBe(5);
  expect(events.filter((type) => type === "run:ended").length).toBe(1);
  await session.close();
});

test.each([{ lanes: 0 }, { lanes: Number.NaN }, { idleMs: -1 }, { graceMs: Number.NaN }, { memoryBytes: 0 }])(
  "limits of %j are refused",
  async (limits) => {
    const planner = { script: () => Promise.reject(), place: () => Promise.reject() };
    const place = absPath("/");
    await expect(
      openSession(memoryPorts(), { planner, cwd: place, agent: place, shareDir: place, limits }),
    ).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  },
);
