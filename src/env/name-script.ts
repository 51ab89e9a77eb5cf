/**
 * Which alphabets a name is written in (UTS 39, "highly restrictive"), and whether two names look the same. The tables
 * hold the alphabets that share letter shapes; a full confusables table would refuse too much and cost too much.
 */
const scripts = [
  ["Latin", /\p{Script=Latin}/u],
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Armenian", /\p{Script=Armenian}/u],
  ["Cherokee", /\p{Script=Cherokee}/u],
  ["Hebrew", /\p{Script=Hebrew}/u],
  ["Arabic", /\p{Script=Arabic}/u],
  ["Han", /\p{Script=Han}/u],
  ["Hiragana", /\p{Script=Hiragana}/u],
  ["Katakana", /\p{Script=Katakana}/u],
  ["Hangul", /\p{Script=Hangul}/u],
  ["Bopomofo", /\p{Script=Bopomofo}/u],
] as const;

type ScriptName = (typeof scripts)[number][0] | "other";

/** Scripts that one writing system uses together, with Latin. */
const together: readonly ReadonlySet<ScriptName>[] = [
  new Set<ScriptName>(["Latin", "Han", "Hiragana", "Katakana"]),
  new Set<ScriptName>(["Latin", "Han", "Bopomofo"]),
  new Set<ScriptName>(["Latin", "Han", "Hangul"]),
];

function scriptOf(char: string): ScriptName | undefined {
  if (!/\p{L}/u.test(char) || /\p{Script=Common}|\p{Script=Inherited}/u.test(char)) return undefined;
  return scripts.find(([, pattern]) => pattern.test(char))?.[0] ?? "other";
}

/** The first two scripts of `name` that don't belong together; `undefined` when all do. */
export function foreignScripts(name: string): readonly [string, string] | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the fast way out for nearly every name
  if (/^[\x00-\x7f]*$/.test(name)) return undefined;
  const found: ScriptName[] = [];
  for (const char of name) {
    const script = scriptOf(char);
    if (script !== undefined && !found.includes(script)) found.push(script);
  }
  if (found.length < 2 || together.some((set) => found.every((script) => set.has(script)))) return undefined;
  return [found[0] ?? "other", found[1] ?? "other"];
}

/** Letters of other alphabets with the shape of a Latin one (lower case, after folding). */
const shapes: Readonly<Record<string, string>> = {
  а: "a",
  ә: "e",
  в: "b",
  е: "e",
  ё: "e",
  ѕ: "s",
  і: "i",
  ї: "i",
  ј: "j",
  к: "k",
  м: "m",
  н: "h",
  о: "o",
  р: "p",
  с: "c",
  т: "t",
  у: "y",
  х: "x",
  ԁ: "d",
  ԛ: "q",
  ԝ: "w",
  һ: "h",
  ь: "b",
  г: "r",
  п: "n",
  α: "a",
  β: "b",
  γ: "y",
  ε: "e",
  η: "n",
  ι: "i",
  κ: "k",
  ν: "v",
  ο: "o",
  ρ: "p",
  τ: "t",
  υ: "u",
  χ: "x",
  ω: "w",
  օ: "o",
  ո: "n",
  ս: "u",
  ց: "g",
  հ: "h",
  զ: "q",
  ı: "i",
  ɑ: "a",
  ɡ: "g",
  ℓ: "l",
};

/** True when two different names have one shape. Digits and letters that look alike (`l`, `1`) are left apart. */
export function looksLike(a: string, b: string): boolean {
  return skeleton(a) === skeleton(b);
}

function skeleton(name: string): string {
  let out = "";
  for (const char of name.normalize("NFKC").toLowerCase().normalize("NFC")) out += shapes[char] ?? char;
  return out;
}
