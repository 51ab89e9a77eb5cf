/*
 * The program of a thread for file work (see `lanes.ts`). It is an entry of its own in every build, and nothing imports it.
 */
import { parentPort } from "node:worker_threads";
import type { Answer } from "./lanes.ts";
import { Turns } from "./link-files.ts";
import { packError } from "./sent-error.ts";
import { doWork, type Work } from "./work.ts";

const answer = (message: Answer): void => parentPort?.postMessage(message);

interface Message {
  readonly id: number;
  readonly text: string;
  readonly turns?: SharedArrayBuffer;
}

parentPort?.on("message", ({ id, text, turns }: Message) => {
  const work = { ...JSON.parse(text), ...(turns && { turns: new Turns(turns) }) } as Work;
  doWork(work).then(
    (digests) => answer({ id, digests }),
    (error) => answer({ id, error: packError(error) }),
  );
});
answer({ ready: true });
