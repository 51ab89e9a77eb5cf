import { nearest, type PackageName, printable, typedWord, VenvoyError } from "../base/index.ts";
import { type AskedFor, type Place, readLock, unionOf, type Wanted } from "../env/index.ts";
import { parsePackageName, parseRequirement } from "../pep/index.ts";
import { joinRequirements, originText, typedOrNamed } from "./asked.ts";
import { baseOfEnvironment } from "./bases.ts";
import type { Naming } from "./building/unnamed.ts";
import { applyCommand } from "./change.ts";
import type { Context } from "./context.ts";
import { readRequirementFiles } from "./files.ts";
import type { ChangeReport } from "./outcomes.ts";
import type { AddRequest, ContentRequest, RemoveRequest, UpgradeRequest } from "./requests.ts";
import { targetPlace } from "./targets.ts";

/** Adds packages: what is there keeps its version where it can. */
export async function add(context: Context, request: AddRequest): Promise<ChangeReport> {
  if (request.requirements.length + filesOf(request).length === 0)
    throw new VenvoyError("ARGUMENT_INVALID", "`venvoy add` needs a package", { hint: "venvoy add numpy" });
  const place = await targetPlace(context, request.name);
  const naming = namingIn(context, place, request);
  const files = await readRequirementFiles(context, filesOf(request), { naming, wish: request });
  const typed = [...files.requirements, ...(await typedOrNamed(context, request.requirements, naming))];
  if (typed.length === 0)
    throw new VenvoyError("ARGUMENT_INVALID", "The files ask for no package", { hint: "venvoy add numpy" });
  const purpose = `add ${typed.map((item) => item.text).join(" ")}`;
  return context.home.using(place, lockOptions(purpose, request.signal), (held) =>
    applyCommand(
      context,
      held,
      ({ intent }) => ({
        wanted: {
          ...intent,
          requirements: joinRequirements(intent.requirements, typed),
          ...overriding(intent, request.overrideBundled),
        },
        keep: { upgrade: request.upgrade === "all" ? "all" : new Set(takenAnew(typed, request.upgrade === "asked")) },
        constraints: files.constraints,
        hashes: files.hashes,
        onlyNewHashes: true,
        ...(request.reinstall ? { rebuild: true } : {}),
      }),
      { ...(request.upgrade === undefined ? {} : { refresh: true }), ...files.choices, ...request },
    ),
  );
}

/** Packages of the host that may be hidden from now on. */
function overriding({ host }: Wanted, names: readonly string[] | undefined): Pick<Wanted, "host"> {
  if (names === undefined || names.length === 0) return {};
  if (host === undefined) {
    throw new VenvoyError("ARGUMENT_INVALID", "The environment is not made for a host, so nothing is bundled with it", {
      hint: "leave --override-bundled out",
    });
  }
  return {
    host: { ...host, override: [...new Set([...host.override, ...names.map((name) => parsePackageName(name))])] },
  };
}

/** Extras and groups without a file are those of the project here. */
function filesOf({ files = [], extras, groups }: AddRequest): readonly string[] {
  return files.length === 0 && (extras !== undefined || groups !== undefined) ? ["pyproject.toml"] : files;
}

/** What is not to keep its version: all that is asked for, or what lies at an address, which may be another thing today. */
function takenAnew(typed: readonly AskedFor[], all: boolean): readonly PackageName[] {
  return typed
    .map(({ text }) => parseRequirement(text))
    .flatMap(({ name, url }) => (all || url !== undefined ? [name] : []));
}

/** Sources without a name are asked for it with the Python of the environment that wants them. */
export function namingIn(context: Context, place: Place, request: ContentRequest): Naming {
  return {
    choices: request,
    interpreter: async () => {
      const environment = await context.home.open(place.root);
      return (await baseOfEnvironment(context, environment, request.signal)).interpreter;
    },
    signal: request.signal,
  };
}

/** Removes packages and what only they needed. Throws when a script's header, or another package, still wants one. */
export async function remove(context: Context, request: RemoveRequest): Promise<ChangeReport> {
  const names = request.packages.map((text) => parsePackageName(text));
  const place = await targetPlace(context, request.name);
  return context.home.using(place, lockOptions(`remove ${names.join(" ")}`, request.signal), (held) =>
    applyCommand(
      context,
      held,
      async (environment) => {
        const lock = await readLock(context.fs, environment, environment.current.number);
        const locked = (lock?.packages ?? []).map((item) => ({ name: item.name, dependencies: item.dependencies }));
        for (const name of names) checkRemovable(context, environment.intent, locked, name, environment.label);
        const requirements = environment.intent.requirements.filter(
          (item) => !names.includes(parseRequirement(item.text).name),
        );
        return { wanted: { ...environment.intent, requirements } };
      },
      request,
    ),
  );
}

/** Takes newer versions, of all packages or of some. */
export async function upgrade(context: Context, request: UpgradeRequest): Promise<ChangeReport> {
  const names = (request.packages ?? []).map((text) => parsePackageName(text));
  const place = await targetPlace(context, request.name);
  return context.home.using(place, lockOptions("upgrade", request.signal), (held) =>
    applyCommand(
      context,
      held,
      async (environment) => {
        const lock = await readLock(context.fs, environment, environment.current.number);
        const present = new Set((lock?.packages ?? []).map((item) => item.name));
        for (const name of names) if (!present.has(name)) throw notInstalled(name, environment.label, present);
        return { wanted: environment.intent, keep: { upgrade: names.length === 0 ? "all" : new Set(names) } };
      },
      // What was released since the page was read counts, too.
      { refresh: true, ...request },
    ),
  );
}

function checkRemovable(
  context: Context,
  wanted: Wanted,
  locked: readonly { readonly name: PackageName; readonly dependencies: readonly PackageName[] }[],
  name: PackageName,
  label: string,
): void {
  const asked = unionOf(wanted).filter((item) => parseRequirement(item.text).name === name);
  const claimed = asked.find((item) => item.origin.kind === "script");
  if (claimed !== undefined) {
    throw new VenvoyError("PACKAGE_BLOCKED", `\`${name}\` is asked for by ${originText(context, claimed)}`, {
      hint: "take it out of the script's header first",
      data: { name, origin: originText(context, claimed) },
    });
  }
  if (asked.length > 0) return;
  const users = locked.filter((item) => item.dependencies.includes(name)).map((item) => item.name);
  if (users.length > 0) {
    throw new VenvoyError(
      "PACKAGE_BLOCKED",
      `\`${name}\` is needed by ${users.map((user) => `\`${user}\``).join(", ")}`,
      {
        hint: `venvoy why ${name} -n ${typedWord(label)}`,
        data: { name, users },
      },
    );
  }
  throw notInstalled(name, label, new Set(locked.map((item) => item.name)));
}

export function notInstalled(name: string, label: string, present: ReadonlySet<string>): VenvoyError {
  const near = nearest(name, present, { limit: 1 })[0];
  return new VenvoyError("PACKAGE_NOT_INSTALLED", `\`${printable(name)}\` is not in \`${label}\``, {
    hint: near === undefined ? `venvoy show ${typedWord(label)}` : `did you mean \`${near}\`?`,
    data: { name, environment: label },
  });
}

export function lockOptions(purpose: string, signal: AbortSignal | undefined) {
  return { purpose, ...(signal === undefined ? {} : { signal }) };
}
