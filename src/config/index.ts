/**
 * config: files and variables -> frozen settings. Reads venvoy's `config.toml`, pip's configuration files and variables,
 * uv's variables, netrc, proxies and certificates. Invariants: one table names every setting and where it may be written;
 * every value knows its place; passwords show in no text.
 */
export type { ExplainedSetting } from "./explain.ts";
export { parseNetrc } from "./netrc.ts";
export { pipConfigFiles } from "./pip-files.ts";
export type { BackendSettings, LoadOptions, SettingOverrides, Settings } from "./settings.ts";
export { explainSettings, loadSettings } from "./settings.ts";
export type { SettingKey, SettingRow, ValueKind } from "./table.ts";
export { otherVariables, ownVariable, pipVariables, settingsTable } from "./table.ts";
