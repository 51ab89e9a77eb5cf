/** Variables of a program that runs in an environment: `VIRTUAL_ENV`, `PATH`, and nothing that would lead elsewhere. */
export function launchEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  place: {
    readonly environment: string;
    readonly bin: string;
    readonly set: Readonly<Record<string, string>>;
    readonly pathSeparator: ":" | ";";
  },
): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = { ...inherited, ...place.set };
  // A PYTHONHOME from another Python makes this one fail at start; __PYVENV_LAUNCHER__ does the same on macOS.
  delete env["PYTHONHOME"];
  delete env["__PYVENV_LAUNCHER__"];
  env["VIRTUAL_ENV"] = place.environment;
  const path = inherited["PATH"];
  env["PATH"] = path === undefined || path === "" ? place.bin : `${place.bin}${place.pathSeparator}${path}`;
  return env;
}
