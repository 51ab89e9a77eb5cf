import { packageNames, type ResolveChoices, type Venvoy } from "../../app/index.ts";
import { configSettings, given } from "../commands/choices.ts";
import type { Session } from "../session.ts";
import type { CommonFlags } from "../spec.ts";
import type { PipWords } from "./parse.ts";

/** One command line of pip, and what it works with. */
export interface PipCall {
  readonly words: PipWords;
  readonly venvoy: Venvoy;
  readonly session: Session;
  readonly common: CommonFlags;
  readonly environment: { readonly name?: string };
}

/** The choices that pip's index and build options mean. */
export function pipChoices(words: PipWords): ResolveChoices {
  const some = (key: string): readonly string[] | undefined => (words.has(key) ? words.all(key) : undefined);
  return {
    ...given("indexUrl", words.last("index")),
    ...given("extraIndexUrls", some("extra")),
    ...given("findLinks", some("find-links")),
    ...(words.has("no-index") ? { noIndex: true } : {}),
    ...(words.has("pre") ? { prerelease: "allow" } : {}),
    ...given("constraintFiles", some("constraint")),
    ...given("noBinary", packageNames(words.all("no-binary"))),
    ...given("noBuild", packageNames(words.all("only-binary"))),
    ...(words.has("no-build-isolation") ? { noBuildIsolation: "all" } : {}),
    ...given("buildConstraintFiles", some("build-constraint")),
    ...given("configSettings", configSettings(words.all("config-settings"))),
    ...(words.has("require-hashes") ? { requireHashes: true } : {}),
    ...(words.has("refresh") ? { refresh: true } : {}),
    ...(words.has("compile") ? { compile: "now" } : words.has("no-compile") ? { compile: "never" } : {}),
  };
}
