import type { AbsPath } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import { publishDir, withStage } from "../../disk/index.ts";
import { openProfile } from "../../host/index.ts";
import { agentFiles, type LaneLimits, openSession, type Session, type SessionListener } from "../../session/index.ts";
import { type Context, pathFrom } from "../context.ts";
import { type ConfirmChange, type ProgressListener, SessionPlanner } from "./planner.ts";

export interface SessionRequest {
  /** Where scripts are looked for and run; else the working directory. */
  readonly cwd?: string;
  /** A host program that `host add` knows: scripts get its Python, beside what it brings, unless they ask for another. */
  readonly profile?: string;
  /** What `call` and `evaluate` stand in when they name nothing; else as with `venvoy run`. */
  readonly environment?: string;
  /** Hears everything that happens, in order. */
  readonly onEvent?: SessionListener;
  /**
   * The host's own question before an environment is made or changed; false refuses the script. `request` is the name that
   * the call was given, for it may not be the only one.
   */
  readonly confirm?: ConfirmChange;
  /** Hears of downloads and the like, with the `request` of the call that they are for; else the library's listener does. */
  readonly onProgress?: ProgressListener;
  readonly limits?: Partial<LaneLimits>;
  /** False: no process is started before it is needed. */
  readonly spares?: boolean;
}

/** Opens a session: a host's running set of scripts. */
export async function openHostSession(outer: Context, request: SessionRequest = {}): Promise<Session> {
  const cwd = pathFrom(outer, request.cwd ?? ".");
  const context: Context = { ...outer, system: withCwd(outer.system, cwd) };
  const { environment, confirm, onProgress } = request;
  const profile =
    request.profile === undefined ? undefined : await openProfile(context.fs, context.layout, request.profile);
  const planner = new SessionPlanner(context, { environment, profile, confirm, onProgress });
  return openSession(context, {
    planner,
    cwd,
    agent: await laneProgram(context),
    shareDir: await shareDir(context),
    onEvent: request.onEvent,
    limits: request.limits,
    keepsSpares: request.spares,
    warm: request.spares === false ? undefined : () => planner.first(),
  });
}

/** The getters of `system` find things out when first asked; copying values would ask all of them now. */
export function withCwd(system: Context["system"], cwd: AbsPath): Context["system"] {
  return Object.defineProperties({} as Context["system"], {
    ...Object.getOwnPropertyDescriptors(system),
    cwd: { value: cwd },
  });
}

async function shareDir({ fs, layout }: Context): Promise<AbsPath> {
  const directory = fs.path.join(layout.cache, "shares");
  await fs.makeDir(directory);
  return directory;
}

/** The directory that holds the package `venvoy_lane`, by its content; written once. */
export async function laneProgram(context: Context): Promise<AbsPath> {
  const { fs, layout } = context;
  const digest = createHash("sha256").update(JSON.stringify(agentFiles)).digest("hex").slice(0, 16);
  const place = fs.path.join(layout.cache, "lanes", digest);
  if ((await fs.info(place)) !== undefined) return place;
  await fs.makeDir(fs.path.directory(place));
  await withStage(context, fs.path.directory(place), `lane-${digest}`, async (stage) => {
    for (const [path, text] of Object.entries(agentFiles)) {
      const file = fs.path.join(stage, ...path.split("/"));
      await fs.makeDir(fs.path.directory(file));
      await fs.write(file, text);
    }
    await publishDir(fs, stage, place);
  });
  return place;
}
