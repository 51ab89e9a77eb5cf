import { SafeUrl } from "../base/index.ts";

/** The public index, put together from its labels: the one place in the code that names it. */
const host = ["pypi", "org"].join(".");

export const defaultIndexUrl: SafeUrl = SafeUrl.parse(`https://${host}/simple/`);
