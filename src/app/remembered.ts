import type { Wanted } from "../env/index.ts";
import { parseHost } from "../native/index.ts";
import { backendNamed } from "./hardware.ts";
import type { ResolveChoices } from "./requests.ts";

type Told = Pick<ResolveChoices, "backend" | "forHost">;

/**
 * The intent with what is told once and kept: the backend, and the machine that it is for. `none` takes it away. Throws
 * `ARGUMENT_INVALID` for what means nothing.
 */
export function remembering(wanted: Wanted, { backend, forHost }: Told): Wanted {
  if (backend !== undefined && backend !== "none" && backend !== "auto") backendNamed(backend);
  const described = describedHost(forHost);
  if (described !== undefined) parseHost(described);
  return {
    ...wanted,
    backend: backend === undefined ? wanted.backend : backend === "none" ? undefined : backend,
    forHost: forHost === undefined ? wanted.forHost : described,
  };
}

/** The choices of a command, with what the environment remembers where the command says nothing. */
export function withRemembered<T extends ResolveChoices>(choices: T, wanted: Pick<Wanted, "backend" | "forHost">): T {
  const backend = choices.backend ?? wanted.backend;
  const forHost = choices.forHost ?? wanted.forHost;
  return {
    ...choices,
    ...(backend === undefined ? {} : { backend }),
    ...(forHost === undefined ? {} : { forHost }),
  };
}

/** `--for-host none` and `--for-host this-machine` mean what nothing means. */
export function describedHost(forHost: string | undefined): string | undefined {
  return forHost === "none" || forHost === "this-machine" ? undefined : forHost;
}
