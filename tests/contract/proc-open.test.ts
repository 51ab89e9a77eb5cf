import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { nodeProc } from "../../src/node/index.ts";
import { openProgram } from "../../src/node/open-program.ts";
import type { OpenListener, OpenProgram, StartRequest } from "../../src/ports/index.ts";
import { until } from "../kit/until.ts";
import { codeOf } from "./fs.ts";

/** Echoes what comes over the control channel, and says what it has inherited. */
const echo = `
import os, socket, subprocess, sys
kind, _, rest = os.environ["VENVOY_LANE"].partition(":")
if kind == "fd":
    s = socket.socket(fileno=int(rest))
else:
    port, _, token = rest.partition(":")
    s = socket.create_connection(("127.0.0.1", int(port))); s.sendall(token.encode())
if len(sys.argv) > 1:
    exec(sys.argv[1])
while True:
    data = s.recv(65536)
    if not data: break
    s.sendall(data)
`;

interface Heard {
  readonly control: string[];
  readonly stdout: string[];
  readonly stderr: string[];
  readonly ended: Promise<{ readonly exit: number | undefined; readonly killedBy: string | undefined }>;
}

function listener(): { readonly heard: Heard; readonly listener: OpenListener } {
  let end: (value: { readonly exit: number | undefined; readonly killedBy: string | undefined }) => void = () => {};
  const heard: Heard = {
    control: [],
    stdout: [],
    stderr: [],
    ended: new Promise((resolve) => {
      end = resolve;
    }),
  };
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return {
    heard,
    listener: {
      control: (bytes) => heard.control.push(text(bytes)),
      stdout: (bytes) => heard.stdout.push(text(bytes)),
      stderr: (bytes) => heard.stderr.push(text(bytes)),
      ended: (value) => end(value),
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

function contract(name: string, open: (request: StartRequest, listener: OpenListener) => Promise<OpenProgram>): void {
  const start = async (code = ""): Promise<{ readonly heard: Heard; readonly program: OpenProgram }> => {
    const { heard, listener: told } = listener();
    const program = await open({ argv: ["python3", "-c", echo, code], env: { PATH: process.env["PATH"] } }, told);
    return { heard, program };
  };

  describe(name, () => {
    test("what is sent comes back, both outputs are read, and all is heard before the end", async () => {
      const { heard, program } = await start("print('out'); print('err', file=sys.stderr); sys.stdout.flush()");
      const large = "x".repeat(1 << 20);
      await program.send(new TextEncoder().encode(large));
      await until(() => heard.control.join("").length === large.length);
      program.kill("SIGTERM");
      expect(await heard.ended).toEqual({ exit: undefined, killedBy: "SIGTERM" });
      expect([heard.stdout.join(""), heard.stderr.join("")]).toEqual(["out\n", "err\n"]);
    });

    test("input is empty, and a child of the program inherits no channel", async () => {
      const { heard } = await start(
        "os.set_inheritable(s.fileno(), False); print(repr(sys.stdin.read())); sys.stdout.flush(); os.system('test -e /proc/self/fd/%d && echo there || echo none' % s.fileno()); sys.exit(7)",
      );
      expect(await heard.ended).toEqual({ exit: 7, killedBy: undefined });
      expect(heard.stdout.join("")).toBe("''\nnone\n");
    });

    test("the end comes even when something that the program left behind holds its outputs; the group ends with it", async () => {
      const { heard, program } = await start(
        "os.setsid(); p = subprocess.Popen(['sleep', '600']); print(p.pid); sys.stdout.flush(); os._exit(0)",
      );
      expect(await heard.ended).toEqual({ exit: 0, killedBy: undefined });
      const child = Number(heard.stdout.join(""));
      expect(isRunning(child)).toBe(true);
      program.kill("SIGKILL", { group: true });
      await until(() => !isRunning(child));
      await program.send(new Uint8Array(1));
    });

    test("what can't be started is told by its code", async () => {
      const { listener: told } = listener();
      expect(await codeOf(open({ argv: ["/no/such/program"], env: {} }, told))).toBe("ENOENT");
    });
  });
}

contract("programs that are talked to, by descriptor", nodeProc().open);
contract("programs that are talked to, by port", (request, told) => openProgram(request, told, "port"));

test("another program on this machine that comes to the port is sent away", async () => {
  const { heard, listener: told } = listener();
  const intruder =
    "w = socket.create_connection(('127.0.0.1', int(port))); w.sendall(b'x' * 64); print(repr(w.recv(1)), flush=True); ";
  const program = await openProgram(
    {
      argv: [
        "python3",
        "-c",
        echo.replace("s = socket.create_connection", `${intruder}s = socket.create_connection`),
        "",
      ],
      env: { PATH: process.env["PATH"] },
    },
    told,
    "port",
  );
  await program.send(new TextEncoder().encode("hello"));
  await until(() => heard.control.join("") === "hello");
  expect(heard.stdout.join("")).toBe("b''\n");
  program.kill("SIGKILL");
  await heard.ended;
});
