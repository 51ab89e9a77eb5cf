import type { LookupAddress, LookupOptions } from "node:dns";
import type { LookupFunction } from "node:net";
import { dns } from "./builtins.ts";

type Callback = Parameters<LookupFunction>[2];

/** After this long without an answer the question is taken for lost and asked once more, beside the first. */
const patienceMs = 400;
const maxQuestions = 4;

/** Names are asked for again after this: a command seldom runs longer. */
const lifetimeMs = 60_000;

interface Answer {
  readonly promise: Promise<readonly LookupAddress[]>;
  readonly untilMs: number;
}

/**
 * `dns.lookup` for many connections to few hosts: one question per host, shared. Node asks for every connection anew,
 * and of fifty questions at once some answers get lost on the way: each costs the resolver's time-out of 5 s.
 */
export function sharedLookup(): LookupFunction {
  const answers = new Map<string, Answer>();
  const ask = (hostname: string): Promise<readonly LookupAddress[]> => {
    const known = answers.get(hostname);
    if (known !== undefined && performance.now() < known.untilMs) return known.promise;
    const promise = askAgainWhenSlow(hostname);
    answers.set(hostname, { promise, untilMs: performance.now() + lifetimeMs });
    promise.catch(() => answers.delete(hostname));
    return promise;
  };
  return (hostname, options, callback) => {
    ask(hostname).then(
      (addresses) => answer(addresses, options, callback),
      (error: NodeJS.ErrnoException) => callback(error, ""),
    );
  };
}

function askAgainWhenSlow(hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    let timer: NodeJS.Timeout | undefined;
    const ask = (): void => {
      timer = ++asked < maxQuestions ? setTimeout(ask, patienceMs) : undefined;
      dns().lookup(hostname, { all: true }, (error, addresses) => {
        clearTimeout(timer);
        if (error === null) resolve(addresses);
        else reject(error);
      });
    };
    ask();
  });
}

function answer(addresses: readonly LookupAddress[], options: LookupOptions, callback: Callback): void {
  const family = options.family === "IPv4" ? 4 : options.family === "IPv6" ? 6 : (options.family ?? 0);
  const fitting = family === 0 ? addresses : addresses.filter((one) => one.family === family);
  const [first] = fitting;
  if (options.all === true) callback(null, [...fitting]);
  else if (first === undefined) callback(Object.assign(new Error("no address"), { code: "ENOTFOUND" }), "");
  else callback(null, first.address, first.family);
}
