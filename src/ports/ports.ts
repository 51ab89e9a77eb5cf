import type { Clock } from "./clock.ts";
import type { Fs } from "./fs.ts";
import type { Http } from "./http.ts";
import type { Links } from "./link.ts";
import type { Proc } from "./proc.ts";
import type { Secrets } from "./secrets.ts";
import type { System } from "./system.ts";

/** All ports that operations may need; a function takes `Pick<Ports, …>` of the few it uses. */
export interface Ports {
  readonly fs: Fs;
  readonly http: Http;
  readonly proc: Proc;
  readonly clock: Clock;
  readonly links: Links;
  readonly secrets: Secrets;
  readonly system: System;
}
