import type { AbsPath, Sha256 } from "../../base/index.ts";
import {
  artifactsOf,
  type EnvironmentSummary,
  liesInPlace,
  listScriptEnvironments,
  type ScriptEnvironment,
} from "../../env/index.ts";
import type { Context } from "../context.ts";

/** Something that needs stored packages, and whose going frees what nothing else needs. */
export interface User {
  readonly kind: "environment" | "script" | "deleted";
  readonly name: string;
  /** Everything of it lies here. */
  readonly dir: AbsPath;
  readonly artifacts: ReadonlySet<Sha256>;
  readonly environment?: EnvironmentSummary;
  readonly script?: ScriptEnvironment;
  readonly deletedMs?: number;
}

/** Environments by name, then script environments, then what lies in the trash. */
export async function readUsers(context: Context): Promise<readonly User[]> {
  const users: User[] = [];
  for (const environment of await context.home.list()) {
    const { label } = environment;
    const dir = (await liesInPlace(context.fs, environment.root)) ? environment.root : environment.dir;
    users.push({
      kind: "environment",
      name: label,
      dir,
      artifacts: await artifactsOf(context, environment),
      environment,
    });
  }
  for (const script of await listScriptEnvironments(context, context.env)) {
    const artifacts = new Set(script.receipt.packages.map((item) => item.sha256));
    users.push({ kind: "script", name: script.key, dir: script.root, artifacts, script });
  }
  for (const { name, dir, deletedMs } of await context.home.deleted())
    users.push({ kind: "deleted", name, dir, artifacts: await artifactsOf(context, { dir }), deletedMs });
  return users;
}

/** For each stored package the indices of its users. */
export function usersByArtifact(users: readonly User[]): ReadonlyMap<Sha256, readonly number[]> {
  const found = new Map<Sha256, number[]>();
  for (const [index, { artifacts }] of users.entries()) {
    for (const sha256 of artifacts) {
      const known = found.get(sha256);
      if (known === undefined) found.set(sha256, [index]);
      else known.push(index);
    }
  }
  return found;
}

/** As a person is told of it. */
export function userName({ kind, name }: User): string {
  return kind === "environment" ? name : kind === "script" ? "script environments" : `${name} (deleted)`;
}
