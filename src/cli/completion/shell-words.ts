import { hookWords } from "../../shell/index.ts";
import type { ArgSpec, CommandSpec } from "../spec.ts";

const args: Readonly<Record<(typeof hookWords)[keyof typeof hookWords], Readonly<Record<string, ArgSpec>>>> = {
  environment: { name: { kind: "one", summary: "the environment" } },
  environments: { names: { kind: "many", summary: "the environments" } },
  nothing: {},
};

/** The words that the hook defines in a shell, as commands. */
export const shellWords: Readonly<Record<string, CommandSpec>> = Object.fromEntries(
  Object.entries(hookWords).map(([path, takes]) => [
    path,
    { path, group: "shell", summary: "", args: args[takes], flags: {}, examples: [] },
  ]),
);
