import { VenvoyError } from "../base/index.ts";
import { type Environment, unionOf } from "../env/index.ts";
import { parseRequirement } from "../pep/index.ts";
import { targetOf } from "../python/index.ts";
import { originText } from "./asked.ts";
import { baseOfEnvironment } from "./bases.ts";
import { applyCommand, type Change } from "./change.ts";
import { type Context, pathFrom } from "./context.ts";
import { isLockFile, readRequirementFiles } from "./files.ts";
import { hostOf } from "./host-truth.ts";
import { readLockFile } from "./lock-file.ts";
import { backendOfLock } from "./locking/lock-backends.ts";
import type { ChangeReport } from "./outcomes.ts";
import { lockOptions, namingIn } from "./packages.ts";
import { withRemembered } from "./remembered.ts";
import type { SyncRequest } from "./requests.ts";
import { targetPlace } from "./targets.ts";

/** Makes an environment hold exactly what files say; claims of scripts stay. A lock file is taken file by file. */
export async function sync(context: Context, request: SyncRequest): Promise<ChangeReport> {
  const paths = request.files.map((path) => pathFrom(context, path));
  const place = await targetPlace(context, request.name);
  const options = lockOptions(`sync ${request.files.join(" ")}`, request.signal);
  const [lockFile] = paths.filter((path) => isLockFile(context, path));
  if (lockFile !== undefined) {
    if (paths.length > 1) {
      throw new VenvoyError("ARGUMENT_INVALID", "A lock file says everything: no other file can stand beside it", {
        hint: "venvoy sync pylock.toml",
      });
    }
    return context.home.using(place, options, (held) =>
      applyCommand(context, held, (environment) => lockedChange(context, environment, lockFile, request), request),
    );
  }
  const files = await readRequirementFiles(context, request.files, {
    naming: namingIn(context, place, request),
    wish: request,
  });
  return context.home.using(place, options, (held) =>
    applyCommand(
      context,
      held,
      ({ intent }) => ({
        wanted: { ...intent, requirements: files.requirements },
        constraints: files.constraints,
        hashes: files.hashes,
      }),
      { ...files.choices, ...request },
    ),
  );
}

/** A claim that the lock doesn't serve would break its script without a word: it is refused. */
async function lockedChange(
  context: Context,
  environment: Environment,
  file: Parameters<typeof readLockFile>[1],
  request: SyncRequest,
): Promise<Change> {
  const { interpreter } = await baseOfEnvironment(context, environment);
  const target = targetOf(
    interpreter,
    hostOf(context, interpreter, request.forHost ?? environment.intent.forHost).libc,
  );
  const asked = withRemembered(request, environment.intent);
  const { choice, remembered } = await backendOfLock(context, file, asked);
  const { lock, requirements } = await readLockFile(context, file, { target, interpreter, request, choice });
  const wanted = { ...environment.intent, requirements, backend: remembered ?? environment.intent.backend };
  const versions = new Map(lock.packages.map((one) => [one.name, one.version]));
  for (const asked of unionOf({ requirements: [], claims: wanted.claims })) {
    const { name, specifier } = parseRequirement(asked.text);
    const version = versions.get(name);
    if (version !== undefined && specifier.contains(version, { prereleases: true })) continue;
    throw new VenvoyError(
      "RESOLUTION_IMPOSSIBLE",
      `${originText(context, asked)} wants \`${asked.text}\`, and the lock file has ${version === undefined ? "none" : `\`${name}\` ${version}`}`,
      { hint: `lock it with \`${asked.text}\`, or take it out of the script's header` },
    );
  }
  return { wanted, lock };
}
