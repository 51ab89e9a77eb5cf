import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
let loaded: typeof import("node:zlib") | undefined;

/** zlib, loaded when it is first needed: with the streams that it brings it takes as long as all of venvoy's own modules. */
export function zlib(): typeof import("node:zlib") {
  loaded ??= require("node:zlib") as typeof import("node:zlib");
  return loaded;
}
