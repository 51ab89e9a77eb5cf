import { nuEnter } from "./enter.ts";

/** `activate.nu`: nu reads its source before it runs, so an overlay it is, as with `virtualenv`. */
export const activateNu = `# Use it as: overlay use bin/activate.nu    and leave with: deactivate
# Finds the environment by its own place, so the environment may be moved or renamed. nu 0.101 or later.

const here = path self

${nuEnter}
export-env { _venvoy_enter ($here | path dirname | path dirname) }

export def --env deactivate [] { _venvoy_leave }
`;
