// Resolving alone: the same question to `venvoy lock` and `uv pip compile`, with the same files of the same index.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measure } from "./measure.mjs";
import { python, variables, venvoy, work } from "./places.mjs";
import { fresh } from "./works.mjs";

/** Both sides see what the index had before this moment, so that a figure of another day is of the same question. */
const before = "2026-10-02T00:00:00Z";

const questions = [
  { name: "jupyter (97 packages)", lines: ["jupyter"], rounds: 7 },
  {
    name: "boto3 + s3fs + boto3-stubs[essential] (deep backtracking)",
    lines: ["boto3", "s3fs", "boto3-stubs[essential]"],
    rounds: 5,
  },
  {
    name: "apache-airflow[all] (699 packages; sources are asked for their needs)",
    lines: ["apache-airflow[all]", "apache-airflow-providers-apache-beam>3.0.0"],
    rounds: 2,
  },
];

function writeQuestion({ name, lines }) {
  const place = join(work, "inputs", name.replace(/[^a-z0-9]+/gi, "-"));
  mkdirSync(place, { recursive: true });
  const file = join(place, "requirements.txt");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

/** One command line of each side; `offline` from the side's own cache. */
function sides(uv, file, { offline }) {
  const network = offline ? ["--offline"] : [];
  const out = (name) => join(work, "inputs", name);
  return {
    peer: (env) => {
      const words = ["pip", "compile", "--quiet", "--no-annotate", "--python", python, "--exclude-newer", before];
      return measure([uv, ...words, ...network, file, "-o", out("pylock-uv.txt"), "--upgrade"], { env });
    },
    ours: (env) => {
      const words = ["lock", file, "--python", python, "--exclude-newer", before, "--upgrade"];
      return measure([venvoy, ...words, ...network, "-o", out("pylock.bench.toml")], { env });
    },
  };
}

/** Remembered solutions, whatever number their form has; a round that finds them would not solve anything. */
function forget(home) {
  const cache = join(home, "venvoy", "cache");
  for (const name of readdirSync(cache))
    if (name.startsWith("solutions")) rmSync(join(cache, name), { recursive: true, force: true });
}

function warm(uv, question) {
  const file = writeQuestion(question);
  const online = sides(uv, file, { offline: false });
  const run = sides(uv, file, { offline: true });
  const filled = {};
  const side = (name) => {
    let env;
    return {
      before: () => {
        if (filled[name] === undefined) {
          filled[name] = fresh("resolve-warm");
          online[name](variables(filled[name]));
        }
        env = variables(filled[name]);
        if (name === "ours") forget(filled[name]);
      },
      run: () => run[name](env),
    };
  };
  const name = `resolve ${question.name}, warm cache, offline`;
  return { name, budget: 1, ownCaches: true, peer: side("peer"), ours: side("ours") };
}

function cold(uv, question) {
  const run = sides(uv, writeQuestion(question), { offline: false });
  const side = (name) => {
    let env;
    return {
      before: () => {
        env = variables(fresh("resolve-cold"));
      },
      run: () => run[name](env),
    };
  };
  return {
    name: `resolve ${question.name}, empty cache`,
    budget: 1,
    ownCaches: true,
    most: question.rounds,
    peer: side("peer"),
    ours: side("ours"),
  };
}

export function resolvingWorks(uv) {
  return questions.flatMap((question) => [warm(uv, question), cold(uv, question)]);
}
