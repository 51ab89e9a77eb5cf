import { type AbsPath, printable, VenvoyError } from "../base/index.ts";

const shown = (text: string): string => printable(text, { newlines: false }).slice(0, 200);

export const hostUnknown = (name: string, near: readonly string[], templates: readonly string[]): VenvoyError =>
  new VenvoyError("HOST_UNKNOWN", `No host is named \`${shown(name)}\``, {
    hint:
      near.length > 0
        ? `Did you mean ${near.map((item) => `\`${shown(item)}\``).join(" or ")}?`
        : templates.includes(name)
          ? `venvoy host add ${name} --python PATH, where PATH is the program's Python`
          : `venvoy host add ${shown(name)} --python PATH; venvoy host list shows those that are there`,
    data: { name, near },
  });

export const hostExists = (name: string): VenvoyError =>
  new VenvoyError("HOST_EXISTS", `A host is named \`${shown(name)}\` already`, {
    hint: `venvoy host add ${shown(name)} --refresh asks its Python again; venvoy host remove ${shown(name)} forgets it`,
    data: { name },
  });

export const hostNameInvalid = (name: string): VenvoyError =>
  new VenvoyError("HOST_INVALID", `\`${shown(name)}\` can't name a host`, {
    hint: "Use small letters, digits, `.`, `_` and `-`, and begin with a letter or a digit",
    data: { name },
  });

export const profileInvalid = (file: AbsPath, why: string, cause?: unknown): VenvoyError =>
  new VenvoyError("HOST_INVALID", `\`${shown(file)}\` can't be read: ${why}`, {
    hint: "Correct the file, or let the host be asked again with `venvoy host add NAME --refresh`",
    data: { file },
    ...(cause === undefined ? {} : { cause }),
  });

export const hostSilent = (python: string, why: string): VenvoyError =>
  new VenvoyError("HOST_INVALID", `\`${shown(python)}\` can't be asked what it is: ${why}`, {
    hint: "--python takes the host's Python program (`python.exe`, `mayapy`, `hython`), which must start on this machine",
    data: { python },
  });

export const templateUnknown = (name: string, known: readonly string[]): VenvoyError =>
  new VenvoyError("HOST_UNKNOWN", `No kind of host is called \`${shown(name)}\``, {
    hint: `known kinds: ${known.join(", ")}`,
    data: { name, known },
  });

export const pythonUnfound = (title: string, tried: readonly string[]): VenvoyError =>
  new VenvoyError("HOST_INVALID", `The Python of ${shown(title)} is not where it usually lies`, {
    hint: "name it: `--python PATH`",
    data: { tried: tried.slice(0, 20) },
  });

export const noSiteEnvs = (name: string): VenvoyError =>
  new VenvoyError("HOST_INVALID", `\`${shown(name)}\` keeps no environments of its own that could be filled`, {
    hint: `venvoy create ./DIR --host ${shown(name)} makes a directory for its search path`,
    data: { name },
  });
