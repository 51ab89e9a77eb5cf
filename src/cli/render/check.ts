import type { CheckedScript, CheckReport, Clash, ClashChain, ScriptProblem } from "../../app/index.ts";
import { type ErrorCode, errorCodes, printable, VenvoyError } from "../../base/index.ts";
import { pictureLines } from "./check-picture.ts";
import { failureText } from "./failure.ts";
import { count } from "./quantity.ts";
import type { Style } from "./style.ts";

/** More pairs than this are only counted. */
const mostPairs = 8;

/** The answer in sentences; with a width, below a picture of lanes, scripts, environments and packages. */
export function checkText(
  report: CheckReport,
  style: Style,
  { columns }: { readonly columns: number | undefined },
): string {
  const blocks = [
    columns === undefined ? laneLines(report) : pictureLines(report, style, columns),
    ...clashBlocks(report, style),
    ...report.scripts.flatMap(({ script, problem }) =>
      problem === undefined ? [] : [problemLines(script, problem, style)],
    ),
    report.scripts.flatMap(({ leftToHost }) =>
      leftToHost === undefined ? [] : [`${shown(leftToHost)}, so it is left out`],
    ),
    writtenLines(report, style),
    preparedLines(report, style),
    verdictLines(report, style),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function laneLines({ lanes, scripts }: CheckReport): readonly string[] {
  const placeOf = new Map(scripts.map((one) => [one.script, placeName(one)]));
  return lanes.map(({ number, python, platform, scripts: own }) => {
    const names = own.map((script) => `${shown(script)} (${shown(placeOf.get(script) ?? "")})`);
    return `process ${number}, Python ${python}${platform === undefined ? "" : `, for ${platform}`}: ${names.join(", ")}`;
  });
}

/** Clashes about one package are told as one. */
function clashBlocks(report: CheckReport, style: Style): readonly (readonly string[])[] {
  const places = new Map(report.scripts.map((one) => [one.script, one]));
  const byTopic = new Map<string, Clash[]>();
  for (const clash of report.clashes) {
    const here = clash.scripts.flatMap((script) => places.get(script) ?? []);
    // Environments that differ are of interest where one process is to serve their scripts.
    if (clash.wouldShare !== undefined && !isOne(here.map(({ lane }) => lane))) continue;
    const topic = topicOf(clash, here);
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), clash]);
  }
  return [...byTopic.values()].map((group) => clashLines(group, style));
}

function topicOf({ kind, about, package: name, sentence, wouldShare }: Clash, here: readonly CheckedScript[]): string {
  // Of two environments that differ, one pair of scripts says it all.
  if (wouldShare !== undefined)
    return `${name} ${[...new Set(here.map(({ environment }) => environment))].sort().join(" ")}`;
  return about === "package" && name === undefined ? sentence : `${kind} ${about} ${name ?? ""}`;
}

function isOne(lanes: readonly unknown[]): boolean {
  return new Set(lanes).size === 1;
}

function clashLines(group: readonly Clash[], style: Style): readonly string[] {
  const [first, ...others] = group;
  if (first === undefined) return [];
  const chains = distinct(
    group.flatMap((clash) => clash.chains.map((chain) => chainText(chain, clash.package, style))),
  );
  const more = group.slice(1, mostPairs).map(({ sentence }) => `  ${shown(sentence)}`);
  const rest = others.length - more.length;
  const { wouldShare } = first;
  return [
    `${wouldShare === undefined ? style.cross : style.warn("!")} ${shown(first.sentence)}`,
    ...more,
    ...(rest > 0 ? [`  and ${rest} more like these`] : []),
    ...chains.slice(0, 2 * mostPairs),
    ...(hasMore(first) ? reasonLines(first, style) : []),
    ...(wouldShare === undefined
      ? []
      : [style.dim(`  in one environment they would ${sharing(wouldShare)}: give them the same # venv: line`)]),
  ];
}

function sharing({ name, version }: NonNullable<Clash["wouldShare"]>): string {
  return version === undefined ? `do without ${name}` : `share ${name} ${version}`;
}

/** The resolver's sentence says more than the chains when packages further down decide. */
function hasMore({ because, chains }: Clash): boolean {
  return because !== undefined && (chains.length < 2 || chains.some(({ steps }) => steps.length > 1));
}

function reasonLines({ because = "" }: Clash, style: Style): readonly string[] {
  return printable(because)
    .split("\n")
    .map((line, index) => style.dim(index === 0 ? `  because ${line}` : `  ${line}`));
}

/** "a.py line 2 asks for pandas<2.1 → pandas 2.0.3 needs numpy>=1.21 → numpy 1.26.4". */
function chainText({ script, line, asks, steps }: ClashChain, subject: string | undefined, style: Style): string {
  const who =
    line === undefined ? `the environment of ${shown(script)} is asked for` : `${shown(script)} line ${line} asks for`;
  const links = steps.map(({ name, version, needs }) => {
    const text = shown(`${name} ${version}`);
    return `${name === subject ? style.bad(text) : text}${needs === undefined ? "" : ` needs ${shown(needs)}`}`;
  });
  return `  ${[`${who} ${shown(asks)}`, ...links].join(" → ")}`;
}

function problemLines(script: string, { code, message, hint, data }: ScriptProblem, style: Style): readonly string[] {
  const known = (code in errorCodes ? code : "FILE_UNREADABLE") as ErrorCode;
  const [head = "", ...rest] = failureText(
    new VenvoyError(known, message, { data, ...(hint === undefined ? {} : { hint }) }),
    style,
  ).split("\n");
  const sentence = head.replace(style.bad("error:"), "").trim();
  const isNamed = sentence.includes(shown(script));
  return [`${style.cross} ${isNamed ? "" : `${shown(script)}: `}${sentence}`, ...rest.map((line) => `  ${line}`)];
}

function writtenLines({ lines }: CheckReport, style: Style): readonly string[] {
  return lines.flatMap((line) => {
    const where = `${shown(line.script)} line ${line.line}`;
    const what = `${shown(line.text.trim())}${line.replaced === undefined ? "" : ` in place of ${shown(line.replaced.trim())}`}`;
    switch (line.state) {
      case "written":
        return [`${style.tick} ${where}: ${what}`];
      case "planned":
        return printable(line.diff).split("\n");
      default:
        return [`${where} stays as it is: ${what} would put it apart; --write --yes replaces it`];
    }
  });
}

function preparedLines({ prepared }: CheckReport, style: Style): readonly string[] {
  return prepared.flatMap(({ script, environment, changed, problem }) => {
    if (problem !== undefined) return problemLines(script, problem, style);
    return [`${style.tick} ${shown(script)}: ${shown(environment ?? "")} ${changed ? "is ready" : "was ready"}`];
  });
}

function verdictLines(report: CheckReport, style: Style): readonly string[] {
  const { lanes, fewest, scripts, clashes, lines } = report;
  const served = lanes.flatMap((lane) => lane.scripts).length;
  const failed = scripts.filter(({ problem }) => problem !== undefined).length;
  const unserved = failed === 0 ? [] : [`${style.cross} ${count(failed, "script")} can't be served`];
  if (served === 0) return unserved;
  if (lanes.length === 1) {
    const who = served === 1 ? "1 script needs" : `${served} scripts can share`;
    return [...unserved, `${style.tick} ${who} one process, Python ${lanes[0]?.python}`];
  }
  const bound = fewest.exact
    ? ""
    : ` (at least ${fewest.atLeast} are needed; fewer than ${lanes.length} were not found)`;
  const isCrowded = clashes.some(({ kind, about }) => kind === "install" && about === "package");
  const hint =
    isCrowded && lines.length === 0
      ? [style.dim("--write puts those that can't be in one environment apart, with a # venv: line")]
      : [];
  return [...unserved, `${style.cross} ${served} scripts need ${lanes.length} processes${bound}`, ...hint];
}

/** The environment of a script, as it stands beside the script's name. */
export function placeName({ environment, ownEnvironment }: CheckedScript): string {
  return ownEnvironment === true ? "its own" : (environment ?? "");
}

function shown(text: string): string {
  return printable(text, { newlines: false });
}

function distinct(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)];
}
