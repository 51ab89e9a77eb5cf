// Writes the reference pages from the tables in the code; `--check` fails when one is out of date. Runs under Bun, which
// reads TypeScript as it is.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { errorCodes } from "../src/base/index.ts";
import { argWord, commands, flagsOf, flagWord, usageLine } from "../src/cli/index.ts";
import { otherVariables, ownVariable, pipVariables, settingsTable } from "../src/config/index.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const note = "<!-- made by `npm run generate`; edit the tables in the code instead -->";
const cell = (text) => text.replaceAll("|", "\\|");

function commandPage() {
  const parts = commands.map(({ spec }) => {
    const args = Object.entries(spec.args).map(([name, arg]) => `| \`${argWord(name, arg)}\` | ${cell(arg.summary)} |`);
    const flags = Object.entries(flagsOf(spec)).map(
      ([name, flag]) => `| \`${flagWord(name, flag)}\` | ${cell(flag.summary)} |`,
    );
    const examples = spec.examples.map((line) => `    ${line}`).join("\n");
    return `## ${spec.path}\n\n\`venvoy ${usageLine(spec)}\`: ${spec.summary}.\n\n${examples}\n\n| word | meaning |\n|---|---|\n${[...args, ...flags].join("\n")}\n`;
  });
  return `${note}\n# Commands\n\n${parts.join("\n")}`;
}

function errorPage() {
  const rows = Object.entries(errorCodes).map(
    ([code, { exit, meaning }]) => `| \`${code}\` | ${exit} | ${cell(meaning)} |`,
  );
  return `${note}\n# Error codes\n\nEvery failure has a code that stays the same; \`--json\` prints it with the message, the hint and the facts.\n\n| code | exit | meaning |\n|---|---|---|\n${rows.join("\n")}\n`;
}

function settingsPage() {
  const code = (words) => words.map((word) => `\`${word}\``).join(" ");
  const rows = settingsTable.map((row) => {
    const places = [ownVariable(row.key), ...row.variables, ...pipVariables(row)];
    return `| \`${row.key}\` | ${cell(row.meaning)} | ${cell(row.fallback)} | ${code(places)} |`;
  });
  const others = otherVariables.map(({ name, meaning }) => `| \`${name}\` | ${cell(meaning)} |`);
  return `${note}
# Settings

A value is looked for in this order: the command's own words, \`VENVOY_…\`, \`config.toml\`, the other variables of the row, pip's configuration files.

| key in \`config.toml\` | meaning | when nothing is said | variables, the first wins |
|---|---|---|---|
${rows.join("\n")}

| variable | meaning |
|---|---|
${others.join("\n")}
`;
}

const pages = { "commands.md": commandPage(), "errors.md": errorPage(), "settings.md": settingsPage() };
const place = join(root, "docs", "reference");
mkdirSync(place, { recursive: true });
/** Python files that the binary carries, as text. */
function embedded(directory, name, note) {
  const files = readdirSync(join(root, "assets", directory)).filter((file) => file.endsWith(".py"));
  const entries = files.sort().map((file) => {
    const text = readFileSync(join(root, "assets", directory, file), "utf8");
    return `  "${directory}/${file}": \`${text.replace(/[\\`]|\$\{/g, "\\$&")}\`,\n`;
  });
  return `// Made by \`npm run generate\` from assets/${directory}; edit the files there instead.\n\n/** ${note} */\nexport const ${name}: Readonly<Record<string, string>> = {\n${entries.join("")}};\n`;
}

const sources = {
  "src/session/agent-files.ts": embedded("venvoy_lane", "agentFiles", "The Python side of a lane, by path."),
  "src/app/guard/module-files.ts": embedded("venvoy", "moduleFiles", "The Python package for hosts, by path."),
};
const targets = [
  ...Object.entries(pages).map(([name, text]) => [join("docs", "reference", name), text]),
  ...Object.entries(sources),
];
const stale = [];
for (const [name, text] of targets) {
  const path = join(root, name);
  let present;
  try {
    present = readFileSync(path, "utf8");
  } catch {
    present = undefined;
  }
  if (present === text) continue;
  if (process.argv.includes("--check")) stale.push(name);
  else writeFileSync(path, text);
}
if (stale.length > 0) {
  console.error(`out of date: ${stale.join(", ")}; run npm run generate`);
  process.exitCode = 1;
}
