/**
 * host: programs that run many scripts in a Python of their own (Rhino, Blender, Maya …). In: the program's Python, its
 * directories. Out: a profile that a person can edit; Rhino's environments as they lie on the disk; the lines for a
 * program's own startup file. Invariants: what a Python can answer is asked, not guessed; kinds of hosts are data; nothing of
 * a host's own is changed from here; lines that run while a program starts never raise.
 * Standards: PEP 376, 427; Rhino's `site-envs` and path files.
 */
export type { AskHostOptions, HostAnswer } from "./ask-host.ts";
export { askHost } from "./ask-host.ts";
export { hostExists, noSiteEnvs, pythonUnfound, templateUnknown } from "./errors.ts";
export { placesOf, plainPlace } from "./places.ts";
export type { Bundled, HostProfile } from "./profile.ts";
export { findProfile, hostNames, openProfile, profileFile, writeProfile } from "./profiles.ts";
export type { PathFile } from "./rhino/path-files.ts";
export { readPathFiles } from "./rhino/path-files.ts";
export type { SiteEnv, SiteEnvFault } from "./rhino/site-envs.ts";
export { defaultId, faultsOf, isSiteEnvId, listSiteEnvs, newSiteEnv, runtimeId } from "./rhino/site-envs.ts";
export { blockOf, withBlock, withoutBlock } from "./snippets/block.ts";
export type { LanguageFacts, SnippetLanguage } from "./snippets/languages.ts";
export { commentMarks, snippetIn, snippetLanguages } from "./snippets/languages.ts";
export type { StartupFile } from "./snippets/startup-files.ts";
export { startupFiles } from "./snippets/startup-files.ts";
export type { HostLaunch, HostTemplate } from "./templates.ts";
export { templateOf, templates } from "./templates.ts";
