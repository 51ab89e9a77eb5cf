import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import type { LookupFunction } from "node:net";

type Callback = Parameters<LookupFunction>[2];

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
    const promise = new Promise<readonly LookupAddress[]>((resolve, reject) => {
      lookup(hostname, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
    });
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

function answer(addresses: readonly LookupAddress[], options: LookupOptions, callback: Callback): void {
  const family = options.family === "IPv4" ? 4 : options.family === "IPv6" ? 6 : (options.family ?? 0);
  const fitting = family === 0 ? addresses : addresses.filter((one) => one.family === family);
  const [first] = fitting;
  if (options.all === true) callback(null, [...fitting]);
  else if (first === undefined) callback(Object.assign(new Error("no address"), { code: "ENOTFOUND" }), "");
  else callback(null, first.address, first.family);
}
