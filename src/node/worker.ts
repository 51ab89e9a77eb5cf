/*
 * The program of a thread for file work (see `lanes.ts`). It is an entry of its own in every build, and nothing imports it.
 */
import type { Answer } from "./lanes.ts";
import { Turns } from "./link-files.ts";
import { packError } from "./sent-error.ts";
import { answerStarter } from "./thread.ts";
import { doWork, type Work } from "./work.ts";

interface Message {
  readonly id: number;
  readonly text: string;
  readonly turns?: SharedArrayBuffer;
}

const answer: (message: Answer) => void = answerStarter((message) => {
  const { id, text, turns } = message as Message;
  const work = { ...JSON.parse(text), ...(turns && { turns: new Turns(turns) }) } as Work;
  doWork(work).then(
    (digests) => answer({ id, digests }),
    (error) => answer({ id, error: packError(error) }),
  );
});
answer({ ready: true });
