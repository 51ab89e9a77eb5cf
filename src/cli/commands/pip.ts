import type { InstalledRequest, PackageInfoReport } from "../../app/index.ts";
import { VenvoyError } from "../../base/index.ts";
import type { Outcome } from "../outcome.ts";
import { type PipCall, pipChoices } from "../pip/call.ts";
import { parsePip } from "../pip/parse.ts";
import { checkText, downloadText, listText, showText, versionsJson, versionsText } from "../render/pip.ts";
import { command, nameFlag } from "../spec.ts";
import { given } from "./choices.ts";
import { installPackages, uninstallPackages } from "./pip-changes.ts";

export const pip = command(
  {
    path: "pip",
    group: "packages",
    summary: "pip's words for habit: install, uninstall, list, freeze, show, check, download, index versions",
    passthrough: true,
    args: { words: { kind: "any", summary: "as for pip; each change is a version that undo takes back" } },
    flags: { ...nameFlag },
    examples: [
      "venvoy pip install -r requirements.txt",
      "venvoy pip -n demo list --outdated --format json",
      "venvoy pip freeze",
    ],
  },
  async ({ args, flags, common, session }) => {
    const words = parsePip(args.words);
    if (words.has("help")) throw helpWanted(words.command);
    const name = flags.name ?? words.last("name");
    const quiet = { ...common, quiet: common.quiet || words.has("quiet"), yes: common.yes || words.has("yes") };
    const call: PipCall = {
      words,
      venvoy: await session.venvoy(),
      session,
      common: quiet,
      environment: given("name", name),
    };
    return (commands[words.command] as (call: PipCall) => Promise<Outcome>)(call);
  },
);

const commands: Readonly<Record<string, (call: PipCall) => Promise<Outcome>>> = {
  install: installPackages,
  uninstall: uninstallPackages,
  list,
  freeze,
  show,
  check,
  download,
  "index versions": indexVersions,
};

async function list({ words, venvoy, session, environment }: PipCall): Promise<Outcome> {
  const format = words.last("format") ?? "columns";
  if (format !== "columns" && format !== "freeze" && format !== "json")
    throw new VenvoyError("ARGUMENT_INVALID", `\`pip list --format\` takes columns, freeze or json, not \`${format}\``);
  const [outdated, uptodate] = [words.has("outdated"), words.has("uptodate")];
  if (outdated && uptodate)
    throw new VenvoyError("ARGUMENT_INVALID", "Options --outdated and --uptodate cannot be combined");
  if (outdated && format === "freeze")
    throw new VenvoyError("ARGUMENT_INVALID", "List format 'freeze' cannot be used with the --outdated option");
  const request: InstalledRequest = {
    ...environment,
    ...pipChoices(words),
    local: words.has("local"),
    exclude: words.all("exclude"),
    notRequired: words.has("not-required"),
    ...(words.has("only-editable") ? { editables: "only" } : words.has("no-editable") ? { editables: "none" } : {}),
    ...(outdated ? { latest: "outdated" } : uptodate ? { latest: "uptodate" } : {}),
    signal: session.signal,
  };
  const packages = await venvoy.installed(request);
  return {
    exit: 0,
    data: packages,
    text: () => listText(packages, { format, verbose: words.has("verbose"), outdated }),
  };
}

async function freeze({ words, venvoy, session, environment }: PipCall): Promise<Outcome> {
  const text = await venvoy.frozen({
    ...environment,
    all: words.has("all"),
    local: words.has("local"),
    exclude: words.all("exclude"),
    excludeEditable: words.has("no-editable"),
    files: words.all("file"),
    signal: session.signal,
  });
  const lines = text.replace(/\n$/, "");
  return { exit: 0, data: lines === "" ? [] : lines.split("\n"), text: () => lines };
}

async function show({ words, venvoy, session, environment }: PipCall): Promise<Outcome> {
  if (words.args.length === 0) {
    throw new VenvoyError("ARGUMENT_INVALID", "Please provide a package name or names", {
      hint: "venvoy pip show numpy",
    });
  }
  const report: PackageInfoReport = await venvoy.packageInfo({
    ...environment,
    packages: words.args,
    signal: session.signal,
  });
  const form = { files: words.has("files"), verbose: words.has("verbose") };
  return {
    exit: report.found.length === 0 ? 1 : 0,
    data: report,
    notes: report.missing.length === 0 ? [] : [`WARNING: Package(s) not found: ${report.missing.join(", ")}`],
    text: () => showText(report.found, form),
  };
}

async function check({ venvoy, session, environment }: PipCall): Promise<Outcome> {
  const broken = await venvoy.brokenRequirements({ ...environment, signal: session.signal });
  return { exit: broken.length === 0 ? 0 : 1, data: broken, text: () => checkText(broken) };
}

async function download({ words, venvoy, session, common, environment }: PipCall): Promise<Outcome> {
  const report = await venvoy.download({
    ...environment,
    ...pipChoices(words),
    requirements: [...words.args, ...words.all("editable").map((place) => `-e ${place}`)],
    files: words.all("file"),
    ...given("to", words.last("dest")),
    onlyAsked: words.has("only-asked"),
    signal: session.signal,
  });
  return { exit: 0, data: report, notes: report.notes, text: () => (common.quiet ? "" : downloadText(report)) };
}

async function indexVersions({ words, venvoy, session, environment }: PipCall): Promise<Outcome> {
  const [name, ...others] = words.args;
  if (name === undefined || others.length > 0)
    throw new VenvoyError("ARGUMENT_INVALID", "`pip index versions` takes one package name", {
      hint: "venvoy pip index versions numpy",
    });
  const report = await venvoy.versions({
    ...environment,
    ...pipChoices(words),
    package: name,
    refresh: true,
    signal: session.signal,
  });
  return {
    exit: 0,
    data: report,
    text: () => (words.has("json") ? versionsJson(report) : versionsText(report)),
  };
}

function helpWanted(command: string): VenvoyError {
  return new VenvoyError("ARGUMENT_INVALID", `\`venvoy pip ${command}\` takes pip's own options`, {
    hint: `venvoy help pip; \`venvoy run pip help ${command}\` prints pip's`,
  });
}
