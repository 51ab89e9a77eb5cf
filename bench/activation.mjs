// Activation in a shell that has loaded its hook, against virtualenvwrapper's `workon`.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measure } from "./measure.mjs";
import { python, variables, venvoy, work } from "./places.mjs";

/** The row tells so many; the slow side does fewer, and its time is multiplied. */
const told = 100;
const place = join(work, "activation");
const names = ["one", "two"];

/** virtualenvwrapper of the index, in an environment of its own, with two environments of its making. */
function theirs(uv) {
  const home = join(place, "wrapper");
  const env = {
    ...variables(join(place, "uv")),
    WORKON_HOME: join(place, "workon"),
    VIRTUALENVWRAPPER_PYTHON: join(home, "bin", "python"),
  };
  if (!existsSync(join(home, "bin", "virtualenvwrapper.sh"))) {
    execFileSync(uv, ["venv", "--quiet", "--python", python, home], { env });
    execFileSync(uv, ["pip", "install", "--quiet", "--python", join(home, "bin", "python"), "virtualenvwrapper"], {
      env,
    });
  }
  env.PATH = `${join(home, "bin")}:${env.PATH}`;
  mkdirSync(env.WORKON_HOME, { recursive: true });
  for (const name of names)
    if (!existsSync(join(env.WORKON_HOME, name)))
      execFileSync(uv, ["venv", "--quiet", "--python", python, join(env.WORKON_HOME, name)], { env });
  return { env, load: join(home, "bin", "virtualenvwrapper.sh"), word: "workon" };
}

function ours() {
  const env = variables(join(place, "venvoy"));
  for (const name of names)
    if (!existsSync(join(env.VENVOY_HOME, "envs", name)))
      execFileSync(venvoy, ["create", name, "--quiet", "--python", python], { env });
  const load = join(place, "hook.bash");
  writeFileSync(load, execFileSync(venvoy, ["hook", "bash"], { env }));
  return { env, load, word: "venvoy activate" };
}

/** Loading the hook is no part of it: the floor is the same shell with the same hook, activating nothing. */
function side(prepare, times) {
  let made;
  const shell = (count) => {
    made ??= prepare();
    const { env, load, word } = made;
    const script = `. "$0" >/dev/null; for i in $(seq ${count}); do ${names.map((name) => `${word} ${name} >/dev/null`).join("; ")}; done`;
    return measure(["bash", "--norc", "-c", script, load], { env });
  };
  const scaled = (figure) => ({ ...figure, wall: (figure.wall * told) / times });
  return {
    before: () => shell(0),
    floor: () => scaled(shell(0)),
    run: () => scaled(shell(times / names.length)),
  };
}

export function activationWorks(uv) {
  return [
    {
      name: `${told} activations in bash, hook loaded, against virtualenvwrapper's \`workon\``,
      budget: 0.5,
      peer: side(() => theirs(uv), 4),
      ours: side(ours, told),
    },
  ];
}
