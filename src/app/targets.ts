import { printable, VenvoyError } from "../base/index.ts";
import type { Environment, Place } from "../env/index.ts";
import type { Context } from "./context.ts";
import { withSharedName } from "./shared-packages.ts";

/** The environment that a command about content means: the name that was given, else the active one. */
export async function targetPlace(context: Context, name: string | undefined): Promise<Place> {
  if (name !== undefined) return context.home.locate(await withSharedName(context, name));
  const active = await context.home.active();
  if (active?.kind === "ours") return active.place;
  if (active?.kind === "foreign") {
    throw new VenvoyError(
      "ENV_UNKNOWN",
      `The active environment \`${printable(active.root)}\` was not made by venvoy`,
      {
        hint: "name one with -n NAME; `venvoy list` shows yours",
        data: { root: active.root, manager: active.manager },
      },
    );
  }
  throw new VenvoyError(
    "ENV_UNKNOWN",
    active === undefined
      ? "No environment is named, and none is active"
      : `The active environment \`${printable(active.root)}\` is gone`,
    {
      hint: "name one with -n NAME; `venvoy list` shows yours",
    },
  );
}

export async function targetEnvironment(context: Context, name: string | undefined): Promise<Environment> {
  const place = await targetPlace(context, name);
  return context.home.open(place.root);
}
