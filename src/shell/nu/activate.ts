import { nuEnter } from "./enter.ts";

/** `activate.nu`: nu reads its source before it runs, so an overlay it is, as with `virtualenv`. */
export const activateNu = `# Use it as: overlay use bin/activate.nu    and leave with: deactivate
# Finds the environment by its own place, so the environment may be moved or renamed. nu 0.101 or later.

const here = path self

${nuEnter}
# nu tells the place behind all links; the path that stays the same is the one to keep.
def _venvoy_stable [root: string] {
    let parts = ($root | parse --regex '^(?<above>.*)[\\/](?:(?<inner>.venvoy)|(?<name>[^\\/]+)-[^\\/]{8})[\\/]generations[\\/][^\\/]+$')
    if ($parts | is-empty) { return $root }
    let part = ($parts | first)
    let stable = if ($part.inner | is-empty) { $part.above | path join $part.name } else { $part.above }
    if ($stable | path join "pyvenv.cfg" | path exists) { $stable } else { $root }
}

export-env { _venvoy_enter (_venvoy_stable ($here | path dirname | path dirname)) }

export def --env deactivate [] { _venvoy_leave }
`;
