import { type AbsPath, typedWord, VenvoyError } from "../../base/index.ts";
import { crashHint } from "../../script/index.ts";
import type { Context } from "../context.ts";
import type { Look } from "./look.ts";
import { modulesIn } from "./owners.ts";
import type { Subject } from "./subject.ts";

/** `MODULE_UNKNOWN`, with what helps: a near name, the package that brings it, or why it can't be seen. */
export async function moduleUnknown(
  context: Context,
  module: string,
  { subject, look, sites }: { readonly subject: Subject; readonly look: Look; readonly sites: readonly AbsPath[] },
): Promise<VenvoyError> {
  const [top = ""] = module.split(".");
  const installed = (await Promise.all(sites.map((site) => modulesIn(context, site)))).flat();
  const add = addCommand(subject);
  const provider = installed.find(({ topLevel }) => topLevel.includes(top));
  const hint =
    provider === undefined
      ? ((await fromStore(context, top, add)) ??
        crashHint(
          { exceptionType: "ModuleNotFoundError", message: "", name: module },
          { installed, add, ...(look.version === undefined ? {} : { pythonVersion: look.version }) },
        ))
      : `\`${top}\` of ${provider.name} is there; what it adds to itself while it is imported is not looked at`;
  return new VenvoyError("MODULE_UNKNOWN", `Nothing in \`${subject.label}\` provides the module \`${module}\``, {
    ...(hint === undefined ? {} : { hint }),
    data: { module, environment: subject.label },
  });
}

/** A package of another environment brings it: known for certain, where tables only guess. */
async function fromStore(context: Context, top: string, add: string): Promise<string | undefined> {
  const stored = await context.store.list();
  const names = new Set(
    stored
      .filter(({ topLevel }) => topLevel.some(({ name }) => name === top || name.startsWith(`${top}.`)))
      .map((artifact) => artifact.displayName),
  );
  // Many packages bring a `tests` or `docs` by accident: that tells nothing.
  const [name] = names;
  if (name === undefined || names.size > 1) return undefined;
  return `\`${top}\` comes with the package \`${name}\`: \`${add} ${name}\``;
}

function addCommand({ environment }: Subject): string {
  return environment === undefined ? "venvoy add" : `venvoy add -n ${typedWord(environment.label)}`;
}
