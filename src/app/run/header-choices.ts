import { pathToFileURL } from "node:url";
import { printable, VenvoyError } from "../../base/index.ts";
import type { Requirement } from "../../pep/index.ts";
import type { ScriptHeader } from "../../script/index.ts";
import type { ResolveChoices } from "../requests.ts";
import type { Runnable } from "./runnable.ts";

/** `[tool.uv]` and `[tool.venvoy]` of the block, and pip's options beside a reference. */
export function headerChoices(header: ScriptHeader, label: string): ResolveChoices {
  const { settings, pipOptions } = header;
  const ofPip = (name: string): string[] =>
    pipOptions.flatMap((option) => (option.name === name && option.value !== undefined ? [option.value] : []));
  const indexUrl = settings.indexes.find((one) => one.isDefault)?.url ?? settings.indexUrl ?? ofPip("index-url").at(-1);
  const indexes = settings.indexes
    .filter((one) => !one.isDefault)
    .map(({ url, name, explicit }) => ({ url, explicit, ...(name === undefined ? {} : { name }) }));
  return {
    ...(indexUrl === undefined ? {} : { indexUrl }),
    ...some("indexes", indexes),
    ...pinsOf(header, label),
    ...some("extraIndexUrls", [...settings.extraIndexUrls, ...ofPip("extra-index-url")]),
    ...some("findLinks", [...settings.findLinks, ...ofPip("find-links")]),
    ...some("constraintTexts", settings.constraints),
    ...some("overrideTexts", settings.overrides),
    ...(settings.noIndex === true || pipOptions.some((option) => option.name === "no-index") ? { noIndex: true } : {}),
    ...(settings.excludeNewer === undefined ? {} : { excludeNewer: settings.excludeNewer }),
    ...(pipOptions.some((option) => option.name === "pre") ? { prerelease: "allow" } : {}),
    ...(settings.backend === undefined ? {} : { backend: settings.backend }),
    ...known("indexStrategy", settings.indexStrategy, ["first-index", "unsafe-first-match", "unsafe-best-match"]),
    ...known("prerelease", settings.prerelease, ["if-necessary-or-explicit", "allow", "disallow"]),
    ...known("resolution", settings.resolution, ["highest", "lowest", "lowest-direct"]),
  };
}

/** Packages that may come from one index only: `[tool.uv.sources]` with `index`. */
function pinsOf(header: ScriptHeader, label: string): ResolveChoices {
  const pins: Record<string, string> = {};
  for (const [name, sources] of header.settings.sources) {
    const [source] = sources;
    if (source?.index === undefined) continue;
    const index = header.settings.indexes.find((one) => one.name === source.index);
    if (index === undefined) {
      throw sourceFault(
        label,
        `the source of \`${name}\` is the index \`${printable(source.index)}\`, which no \`index\` table names`,
      );
    }
    // The default index is asked for everything anyway.
    if (!index.isDefault) pins[name] = source.index;
  }
  return Object.keys(pins).length === 0 ? {} : { pins };
}

/** The text of a requirement, with the address that `[tool.uv.sources]` gives it. Paths count from the script. */
export function withSource({ header, label, script }: Runnable, requirement: Requirement): string {
  const sources = header?.settings.sources.get(requirement.name);
  const [source, ...others] = sources ?? [];
  if (source === undefined) return requirement.toString();
  if (others.length > 0 || source.marker !== undefined)
    throw sourceFault(label, `\`${requirement.name}\` has a source with a condition, which venvoy can't follow yet`);
  const kind = source.git === undefined ? (source.workspace ? "workspace" : undefined) : "git";
  if (kind !== undefined || source.editable === true) {
    throw sourceFault(
      label,
      `the source of \`${requirement.name}\` is ${kind === undefined ? "editable" : `a ${kind}`}, and building is not possible yet`,
    );
  }
  const url = source.url ?? (source.path === undefined ? undefined : fileUrl(source.path, script, label));
  if (url === undefined) return requirement.toString();
  const extras = requirement.extras.length === 0 ? "" : `[${requirement.extras.join(",")}]`;
  const marker =
    requirement.marker === undefined ? "" : ` ; ${requirement.toString().split(";").slice(1).join(";").trim()}`;
  return `${requirement.name}${extras} @ ${url}${marker}`;
}

function fileUrl(path: string, script: string | undefined, label: string): string {
  if (!path.endsWith(".whl"))
    throw sourceFault(label, `the source \`${printable(path)}\` is no wheel, and building is not possible yet`);
  if (script === undefined)
    throw sourceFault(label, `the source \`${printable(path)}\` counts from a file, and this script has none`);
  return new URL(encodeURI(path), pathToFileURL(script)).href;
}

function sourceFault(label: string, why: string): VenvoyError {
  return new VenvoyError("HEADER_INVALID", `\`${label}\`: ${why}`, {
    hint: "name a released package, or an index with a name",
    data: { file: label },
  });
}

function some<K extends keyof ResolveChoices, V>(key: K, values: readonly V[]): ResolveChoices {
  return values.length === 0 ? {} : { [key]: values };
}

function known<K extends keyof ResolveChoices>(
  key: K,
  value: string | undefined,
  allowed: readonly string[],
): ResolveChoices {
  return value !== undefined && allowed.includes(value) ? { [key]: value } : {};
}
