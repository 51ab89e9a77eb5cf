import { type AbsPath, printable, typedWord, VenvoyError } from "../base/index.ts";
import { isDirectoryName } from "../env/index.ts";
import type { Context } from "./context.ts";
import type { OperationOptions } from "./requests.ts";
import { withSharedName } from "./shared-packages.ts";

export interface RenameRequest extends OperationOptions {
  readonly name: string;
  readonly to: string;
  readonly dryRun?: boolean;
}

export interface RenameReport {
  readonly from: string;
  readonly name: string;
  readonly path: AbsPath;
  readonly dryRun: boolean;
  /** False when it was called so already. */
  readonly changed: boolean;
}

/** Gives an environment another name. What runs in it runs on, and the old name leads there for 30 days. */
export async function rename(context: Context, request: RenameRequest): Promise<RenameReport> {
  const place = await context.home.locate(await withSharedName(context, request.name));
  if (place.kind === "central" && isDirectoryName(request.to)) throw toDirectory(place.name, request.to);
  const renamed = await context.home.rename(place, {
    to: request.to,
    dryRun: request.dryRun ?? false,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  const { name, root: path } = renamed;
  return { from: place.name, name, path, dryRun: request.dryRun ?? false, changed: name !== place.name };
}

function toDirectory(name: string, to: string): VenvoyError {
  return new VenvoyError("ENV_NAME_INVALID", `\`${printable(to)}\` is a directory, and \`${name}\` has a name`, {
    hint: `venvoy clone ${typedWord(name)} ${typedWord(to)} makes a copy there`,
    data: { name, to },
  });
}
