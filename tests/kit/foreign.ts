import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { distName } from "./wheel.ts";

export interface ForeignDistribution {
  readonly requires?: readonly string[];
  readonly requested?: boolean;
  readonly installer?: string;
  readonly directUrl?: unknown;
  /** In place of METADATA; `null` leaves it out. */
  readonly metadata?: string | null;
}

/** Writes the `.dist-info` of an installed distribution, as another tool would have. */
export function foreignDistribution(
  site: string,
  name: string,
  version: string,
  { requires = [], requested, installer = "pip", directUrl, metadata }: ForeignDistribution = {},
): string {
  const entry = `${distName(name)}-${version}.dist-info`;
  const lines = ["Metadata-Version: 2.1", `Name: ${name}`, `Version: ${version}`];
  const text = metadata ?? `${[...lines, ...requires.map((one) => `Requires-Dist: ${one}`)].join("\n")}\n`;
  foreignFile(site, `${entry}/INSTALLER`, `${installer}\n`);
  if (metadata !== null) foreignFile(site, `${entry}/METADATA`, text);
  if (requested) foreignFile(site, `${entry}/REQUESTED`, "");
  if (directUrl !== undefined) foreignFile(site, `${entry}/direct_url.json`, JSON.stringify(directUrl));
  foreignFile(site, `${entry}/RECORD`, "");
  return entry;
}

export function foreignFile(root: string, path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** A virtual environment whose Python is gone; gives its site-packages. */
export function deadVenv(root: string, python: string, settings: Readonly<Record<string, string>> = {}): string {
  const all = { home: "/nowhere/bin", "include-system-site-packages": "false", version: `${python}.1`, ...settings };
  const lines = Object.entries(all).map(([key, value]) => `${key} = ${value}`);
  foreignFile(root, "pyvenv.cfg", `${lines.join("\n")}\n`);
  const site = join(root, "lib", `python${python}`, "site-packages");
  mkdirSync(site, { recursive: true });
  return site;
}
