import { freezeText } from "../../exchange/index.ts";
import { normalizeName } from "../../pep/index.ts";
import { type Context, pathFrom } from "../context.ts";
import { readTextFile } from "../files.ts";
import { seenFrom } from "../installed.ts";
import type { OperationOptions } from "../requests.ts";
import { targetEnvironment } from "../targets.ts";
import { repositoriesOf } from "./repositories.ts";

export interface FrozenRequest extends OperationOptions {
  /** The environment; else the active one. */
  readonly name?: string;
  /** Also pip itself. */
  readonly all?: boolean;
  /** Only what lies in the environment's own tree. */
  readonly local?: boolean;
  readonly exclude?: readonly string[];
  readonly excludeEditable?: boolean;
  /** Requirements files whose order and comments are kept. */
  readonly files?: readonly string[];
}

/** What `pip freeze` prints there. */
export async function frozen(context: Context, request: FrozenRequest = {}): Promise<string> {
  const environment = await targetEnvironment(context, request.name);
  const seen = (await seenFrom(context, environment)).filter((one) => !request.local || one.local);
  const follow: string[] = [];
  for (const file of request.files ?? []) follow.push(await readTextFile(context, pathFrom(context, file)));
  return freezeText(seen, environment.intent.standing.pythonVersion, {
    ...(request.all ? { all: true } : {}),
    ...(request.excludeEditable ? { excludeEditable: true } : {}),
    exclude: new Set(request.exclude?.map(normalizeName)),
    follow,
    repositories: await repositoriesOf(context, seen),
  });
}
