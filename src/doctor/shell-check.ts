import { type AbsPath, printable } from "../base/index.ts";
import { type Finding, finding } from "./finding.ts";
import type { DoctorIo } from "./patient.ts";

/** The tree that a shell's variables are held against. */
export interface ShellSubject {
  readonly label: string;
  readonly sitePackages: AbsPath;
  /** Where the environment's programs are, by every path that a shell may have on PATH; only when it is active. */
  readonly bins: readonly AbsPath[];
}

const shownNames = 5;

/** PATH, PYTHONPATH and PYTHONHOME of the person's shell, where they come between a person and the environment. */
export async function checkShell(io: DoctorIo, subject: ShellSubject | undefined): Promise<readonly Finding[]> {
  const { env } = io.system;
  const findings: Finding[] = [];
  if (env["PYTHONHOME"]) {
    const sentence = `PYTHONHOME is set (${shown(env["PYTHONHOME"])}): every Python looks for its library there`;
    findings.push(finding("pythonhome-set", { sentence, place: "PYTHONHOME", hint: unset(io, "PYTHONHOME") }));
  }
  if (subject === undefined) return findings;
  for (const { entry, names, more } of await hiddenByPythonPath(io, env["PYTHONPATH"], subject.sitePackages)) {
    const sentence = `PYTHONPATH hides packages of ${subject.label}: ${shown(entry)} has ${names.join(", ")}${more}`;
    findings.push(
      finding("pythonpath-hides", {
        environment: subject.label,
        sentence,
        place: "PYTHONPATH",
        hint: `${unset(io, "PYTHONPATH")}, or venvoy run --isolated`,
      }),
    );
  }
  const other = await pythonBefore(io, subject.bins);
  if (other !== undefined) {
    const sentence = `${shown(other)} comes before the Python of ${subject.label}, which is active`;
    findings.push(
      finding("path-hides", {
        environment: subject.label,
        sentence,
        place: "PATH",
        hint: `Take ${shown(io.fs.path.directory(other))} behind it on PATH, or activate ${subject.label} again`,
      }),
    );
  }
  return findings;
}

/** Directories of PYTHONPATH with modules that the environment has, too: Python takes theirs. */
export async function hiddenByPythonPath(
  { fs, system }: DoctorIo,
  pythonPath: string | undefined,
  sitePackages: AbsPath | undefined,
): Promise<readonly { readonly entry: string; readonly names: readonly string[]; readonly more: string }[]> {
  if (pythonPath === undefined || pythonPath === "" || sitePackages === undefined) return [];
  const modulesIn = async (directory: AbsPath): Promise<ReadonlySet<string>> =>
    new Set(((await fs.list(directory)) ?? []).map(({ name }) => moduleOf(name)).filter((name) => name !== undefined));
  const installed = await modulesIn(sitePackages);
  const hidden = [];
  for (const entry of pythonPath.split(system.os === "windows" ? ";" : ":")) {
    if (entry === "") continue;
    const names = [...(await modulesIn(fs.path.resolve(system.cwd, entry)))]
      .filter((name) => installed.has(name))
      .sort();
    if (names.length === 0) continue;
    const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : "";
    hidden.push({ entry, names: names.slice(0, shownNames), more });
  }
  return hidden;
}

/** The name that an entry of a search path is imported by. */
function moduleOf(entry: string): string | undefined {
  const match = /^([^\W\d]\w*)(?:\.py|\.pyc|\.so|\.pyd|\..+\.so|\..+\.pyd)?$/u.exec(entry);
  return match?.[1] === "__pycache__" ? undefined : match?.[1];
}

/** The first Python on PATH, when it is not the environment's. */
async function pythonBefore({ fs, system }: DoctorIo, bins: readonly AbsPath[]): Promise<AbsPath | undefined> {
  if (bins.length === 0) return undefined;
  const isWindows = system.os === "windows";
  for (const entry of (system.env["PATH"] ?? "").split(isWindows ? ";" : ":")) {
    if (entry === "" || !fs.path.isAbsolute(entry)) continue;
    const directory = fs.path.resolve(system.cwd, entry);
    if (bins.includes(directory)) return undefined;
    const program = fs.path.join(directory, isWindows ? "python.exe" : "python");
    const info = await fs.info(program);
    if (info?.kind === "file" && (isWindows || (info.mode & 0o111) !== 0)) return program;
  }
  return undefined;
}

function unset({ system }: DoctorIo, name: string): string {
  return system.os === "windows" ? `set ${name}=` : `unset ${name}`;
}

function shown(text: string): string {
  return printable(text, { newlines: false });
}
