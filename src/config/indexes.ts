import { SafeUrl } from "../base/index.ts";
import type { Fs, System } from "../ports/index.ts";
import { defaultIndexUrl, type IndexLocation } from "../pypi/index.ts";
import { type Found, itemsOf } from "./lookup.ts";
import { placeOf } from "./places.ts";
import type { FileIndex } from "./venvoy-file.ts";

export interface IndexChoices {
  /** `NAME=ADDRESS` or an address, in order; from the command. */
  readonly extraArguments: readonly string[];
  readonly namedArguments: readonly { readonly url: string; readonly name?: string; readonly explicit?: boolean }[];
  readonly urlArgument: string | undefined;
  readonly file: readonly FileIndex[];
  readonly extra: Found | undefined;
  readonly url: Found | undefined;
  readonly noIndex: boolean;
}

type Io = { readonly fs: Pick<Fs, "path">; readonly system: Pick<System, "cwd" | "home" | "env"> };

/**
 * All indexes in the order in which they are asked: the command's extra ones, those of `config.toml`, the extra ones of
 * variables and pip's files, and the default one last. An address that is named twice counts where it comes first.
 */
export function assembleIndexes(io: Io, choices: IndexChoices): readonly IndexLocation[] {
  if (choices.noIndex) return [];
  const ofCommand = choices.extraArguments.map((text) => named(io, "extra-index-url", { text, from: "the command" }));
  const ofScript = choices.namedArguments.map(({ url, name, explicit = false }) =>
    fromFile(io, { url, name, explicit, from: "the command" }),
  );
  const ofFile = choices.file.filter((index) => !index.isDefault).map((index) => fromFile(io, index));
  const ofOthers = itemsOf(choices.extra).map((text) =>
    named(io, "extra-index-url", { text, from: choices.extra?.from ?? "" }),
  );
  const all = [...ofScript, ...ofCommand, ...ofFile, ...ofOthers, defaultIndex(io, choices)];
  return all
    .map((index) => withVariableCredentials(index, io.system.env))
    .filter((index, at) => all.findIndex((other) => sameAddress(other, index)) === at);
}

function defaultIndex(io: Io, choices: IndexChoices): IndexLocation {
  if (choices.urlArgument !== undefined) {
    return named(io, "index-url", { text: choices.urlArgument, from: "the command" });
  }
  const file = choices.file.find((index) => index.isDefault);
  if (file !== undefined) return fromFile(io, file);
  if (choices.url !== undefined) return named(io, "index-url", choices.url);
  return { url: defaultIndexUrl };
}

function fromFile(io: Io, { url, name, explicit, from }: Omit<FileIndex, "isDefault">): IndexLocation {
  return {
    url: placeOf(io, "index.url", { text: url, from }),
    ...(name === undefined ? {} : { name }),
    ...(explicit ? { explicit } : {}),
  };
}

/** `NAME=ADDRESS`, as uv's variables have it, or an address alone. */
function named(io: Io, key: string, value: { readonly text: string; readonly from: string }): IndexLocation {
  const match = /^([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)$/.exec(value.text);
  if (match === null) return { url: placeOf(io, key, value) };
  const [, name = "", text = ""] = match;
  return { name, url: placeOf(io, key, { text, from: value.from }) };
}

/** `UV_INDEX_<NAME>_USERNAME` and `…_PASSWORD` belong to the index of that name. */
function withVariableCredentials(index: IndexLocation, env: System["env"]): IndexLocation {
  if (index.name === undefined) return index;
  const stem = `UV_INDEX_${index.name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
  const username = env[`${stem}_USERNAME`];
  const password = env[`${stem}_PASSWORD`];
  const full = new URL(index.url.reveal());
  if ((username === undefined && password === undefined) || full.username !== "" || full.protocol === "file:")
    return index;
  full.username = encodeURIComponent(username ?? "");
  full.password = encodeURIComponent(password ?? "");
  return { ...index, url: SafeUrl.parse(full.href) };
}

function sameAddress(a: IndexLocation, b: IndexLocation): boolean {
  const plain = (index: IndexLocation): string => index.url.withoutCredentials().reveal().replace(/\/+$/, "");
  return plain(a) === plain(b) && a.explicit === b.explicit;
}
