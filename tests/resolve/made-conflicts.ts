import type { Conflict } from "./conflicts.ts";
import type { MadeIndex, MadeRelease } from "./memory-source.ts";
import { inFile, typed } from "./targets.ts";

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Dice {
  readonly random: () => number;
  pick<T>(items: readonly T[]): T;
  chance(share: number): boolean;
}

function diceFrom(seed: number): Dice {
  const random = randomFrom(seed);
  return {
    random,
    pick: (items) => items[Math.floor(random() * items.length)] as (typeof items)[number],
    chance: (share) => random() < share,
  };
}

const layers = [
  ["app", "site", "studio", "report"],
  ["orm", "client", "plot", "queue", "forms"],
  ["core", "http", "arrays", "codec", "typing"],
] as const;
const names = layers.flat();
const ladder = ["1.0", "1.4", "2.0", "2.1.3", "3.0", "3.2"];

/**
 * A question to an index as indexes grow: later releases need later releases of what lies below them, newer Pythons and
 * other extras, and some have wheels for one Python only. Most have no answer.
 */
export function madeQuestion(seed: number): Conflict {
  const dice = diceFrom(seed);
  const index: MadeIndex = Object.fromEntries(
    layers.flatMap((layer, depth) => layer.map((name) => [name, releasesOf(dice, layers[depth + 1] ?? [])])),
  );
  const asked = new Set<string>();
  while (asked.size < 4 + Math.floor(dice.random() * 4)) asked.add(wish(dice, dice.pick(names)));
  const limits = dice.chance(0.3) ? [wish(dice, dice.pick(layers[2]), { plain: true })] : [];
  return {
    name: `seed ${seed}`,
    index,
    asked: typed(...asked),
    constraints: limits.map((text, at) => inFile("constraints.txt", at + 1, text)),
  };
}

function releasesOf(dice: Dice, below: readonly string[]): Record<string, MadeRelease> {
  const count = 3 + Math.floor(dice.random() * 4);
  const needed = below.filter(() => dice.chance(0.45));
  return Object.fromEntries(
    ladder.slice(0, count).map((version, age) => {
      const requires = needed.filter(() => dice.chance(0.85)).map((name) => `${name}${boundAt(dice, age)}`);
      const extra = below.length > 0 && dice.chance(0.5) ? [`${dice.pick(below)}${boundAt(dice, age)}`] : [];
      return [
        version,
        {
          requires,
          extras: { full: extra },
          ...(age >= 3 && dice.chance(0.25) ? { requiresPython: dice.pick([">=3.11", ">=3.12"]) } : {}),
          ...(dice.chance(0.06) ? { wheelTags: ["cp310-cp310-manylinux_2_17_x86_64"] } : {}),
        },
      ];
    }),
  );
}

/** What a release of that age asks of another project: something of about its own age. */
function boundAt(dice: Dice, age: number): string {
  const near = ladder[Math.max(0, age - 1)] ?? "1.0";
  const major = Number(near.split(".")[0]);
  return dice.pick([
    `>=${near}`,
    `>=${near},<${major + 1}`,
    `>=${major}.0,<${major + 2}`,
    `<${major + 1}`,
    "",
    `~=${major}.0`,
  ]);
}

/** A line as people write them. */
function wish(dice: Dice, name: string, { plain = false } = {}): string {
  const version = dice.pick(ladder);
  const major = Number(version.split(".")[0]);
  const extra = !plain && dice.chance(0.2) ? "[full]" : "";
  const bound = dice.pick([
    "",
    `>=${version}`,
    `<${major + 1}`,
    `==${major}.*`,
    `==${version}`,
    `>=${major}.0,<${major + 1}`,
    `!=${version}`,
  ]);
  return `${name}${extra}${plain && bound === "" ? "<3" : bound}`;
}
