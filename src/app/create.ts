import { VenvoyError } from "../base/index.ts";
import { type Environment, isDirectoryName, nothingWanted, type Wanted } from "../env/index.ts";
import { joinRequirements, typedRequirements } from "./asked.ts";
import { planFirst } from "./change.ts";
import { compileLater } from "./compile.ts";
import { type Context, pathFrom } from "./context.ts";
import { extraFiles } from "./extra-files.ts";
import { readRequirementFiles } from "./files.ts";
import { obtain } from "./obtain.ts";
import type { ChangeReport } from "./outcomes.ts";
import type { ChangeOptions, CreateRequest } from "./requests.ts";

/** Makes an environment with its first version. Throws `ENV_EXISTS` before anything is downloaded. */
export async function create(context: Context, request: CreateRequest): Promise<ChangeReport> {
  const files = await readRequirementFiles(context, request.files ?? []);
  const wanted: Wanted = {
    ...nothingWanted,
    requirements: joinRequirements(files.requirements, typedRequirements(request.requirements ?? [])),
    python: request.python,
    linkMode: request.linkMode,
    systemSitePackages: request.systemSitePackages ?? false,
  };
  const { report } = await createWanted(context, request.name, wanted, {
    ...files.choices,
    ...request,
    constraints: files.constraints,
  });
  return report;
}

export interface CreateWantedOptions extends ChangeOptions {
  readonly purpose?: string;
  readonly constraints?: Parameters<typeof planFirst>[3];
}

/** The same for an intent that is already formed (a script's header). The environment is missing after a dry run. */
export async function createWanted(
  context: Context,
  name: string,
  wanted: Wanted,
  options: CreateWantedOptions,
): Promise<{ readonly report: ChangeReport; readonly environment: Environment | undefined }> {
  const startedMs = context.clock.elapsed();
  const existing = await context.home.find(name);
  if (existing !== undefined) {
    throw new VenvoyError("ENV_EXISTS", `An environment is named \`${existing.label}\` already`, {
      hint: `venvoy add -n ${existing.label} PACKAGE, or venvoy delete ${existing.label}`,
      data: { name, path: existing.root },
    });
  }
  const first = await planFirst(context, wanted, options, options.constraints);
  const planned: ChangeReport = {
    ...first.report,
    environment: {
      name,
      id: "" as ChangeReport["environment"]["id"],
      path: isDirectoryName(name) ? pathFrom(context, name) : context.fs.path.join(context.layout.envs, name),
    },
    version: 1,
    previousVersion: undefined,
    changed: true,
    dryRun: options.dryRun ?? false,
    elapsedMs: context.clock.elapsed() - startedMs,
  };
  if (planned.dryRun) return { report: planned, environment: undefined };
  if (options.confirm !== undefined && !(await options.confirm(planned))) {
    return {
      report: { ...planned, changed: false, notes: [...planned.notes, "nothing was made"] },
      environment: undefined,
    };
  }
  const { source, settings } = first.solved;
  const { artifacts, lock } = await obtain(context, first.solved.lock, source, options.signal);
  const environment = await context.home.create(name, {
    lock,
    artifacts,
    base: first.base,
    extraFiles: extraFiles(context),
    command: options.command ?? "",
    wanted,
    ...(options.purpose === undefined ? {} : { purpose: options.purpose }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  await compileLater(context, artifacts, first.base, options.compile ?? settings.compile);
  const report: ChangeReport = {
    ...planned,
    environment: { name: environment.label, id: environment.id, path: environment.root },
    elapsedMs: context.clock.elapsed() - startedMs,
  };
  return { report, environment };
}
