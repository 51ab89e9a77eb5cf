import type { ArgSpec, CommandSpec } from "../spec.ts";

const oneEnvironment: ArgSpec = { kind: "one", summary: "the environment", values: "environment" };

/**
 * The words that the hook defines in a shell, and what they take. MultiVenv's come first, then virtualenvwrapper's. One
 * that takes a command's own words is completed like it.
 */
export const shellWords: Readonly<Record<string, CommandSpec>> = Object.fromEntries(
  (
    [
      ["usevenv", { name: oneEnvironment }],
      ["rmvenv", { name: oneEnvironment }],
      ["cdvenv", { name: oneEnvironment }],
      ["mkvenv", {}],
      ["stopvenv", {}],
      ["lsvenvs", {}],
      ["workon", { name: oneEnvironment }],
      ["rmvirtualenv", { names: { ...oneEnvironment, kind: "many" } }],
      ["cpvirtualenv", { name: oneEnvironment }],
      ["showvirtualenv", { name: oneEnvironment }],
      ["mkvirtualenv", {}],
      ["lsvirtualenv", {}],
      ["cdvirtualenv", {}],
    ] as const
  ).map(([path, args]) => [path, { path, group: "environments", summary: "", args, flags: {}, examples: [] }]),
);
