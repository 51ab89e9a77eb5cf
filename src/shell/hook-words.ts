/**
 * The words that a hook defines beside `venvoy`, and what they take: an environment, several, or nothing that could be
 * listed. MultiVenv's come first, then virtualenvwrapper's.
 */
export const hookWords = {
  mkvenv: "nothing",
  usevenv: "environment",
  stopvenv: "nothing",
  rmvenv: "environment",
  lsvenvs: "nothing",
  cdvenv: "environment",
  workon: "environment",
  mkvirtualenv: "nothing",
  rmvirtualenv: "environments",
  lsvirtualenv: "nothing",
} as const satisfies Readonly<Record<string, "environment" | "environments" | "nothing">>;
