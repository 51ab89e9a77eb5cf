import type { SnippetFacts } from "./python.ts";
import { quoteBatch } from "./quote.ts";

export interface BatchFacts {
  readonly title: string;
  /** The variable that the program looks for packages in. */
  readonly variable: string;
  /** What has to be in front of the person's own arguments. */
  readonly arguments: readonly string[];
  /** The program, as Windows names it; `undefined` leaves the place open. */
  readonly program: string | undefined;
  /** Of the MaxScript that lies beside the batch file, for a program that honours no variable of Python's. */
  readonly startup: string | undefined;
}

/**
 * A batch file that starts a program with an environment's packages: it looks for the release that is current, and sets what
 * the program honours. Such a variable holds paths, so `.pth` files in the packages don't count.
 */
export function batchSnippet(facts: SnippetFacts & BatchFacts): string {
  const { label, kind, layout, roots, title, variable } = facts;
  const isAscii = [...roots, facts.program ?? ""].every((text) => /^[\x20-\x7e]*$/.test(text));
  const words = [...facts.arguments, "%*"].join(" ");
  const lines = [
    "@echo off",
    // Text outside of ASCII is read in the page that this sets.
    ...(isAscii ? [] : ["chcp 65001 >nul"]),
    "setlocal DisableDelayedExpansion",
    `set "VENVOY_NAME=${quoteBatch(label)}"`,
    'set "VENVOY_ROOT="',
    ...roots.map(
      (root) => `if not defined VENVOY_ROOT if exist "${quoteBatch(root)}\\" set "VENVOY_ROOT=${quoteBatch(root)}"`,
    ),
    "if not defined VENVOY_ROOT goto :gone",
    ...treeLines[kind],
    `set "VENVOY_PACKAGES=%VENVOY_TREE%${layout === "plain" ? "" : "\\Lib\\site-packages"}"`,
    'if not exist "%VENVOY_PACKAGES%\\" goto :gone',
    ...(facts.startup === undefined ? [] : startupLines(facts.startup)),
    ...(facts.startup === undefined ? setLines(variable) : []),
    'if exist "%VENVOY_TREE%\\Scripts\\" set "PATH=%VENVOY_TREE%\\Scripts;%PATH%"',
    'set "PYTHONHOME="',
    "goto :start",
    ":gone",
    'echo venvoy: "%VENVOY_NAME%" is not there; its packages are missing here 1>&2',
    ":start",
    ...(facts.program === undefined
      ? [`rem The program of ${title}, as it is installed here:`, 'set "VENVOY_PROGRAM=program.exe"']
      : [`set "VENVOY_PROGRAM=${quoteBatch(facts.program)}"`]),
    `"%VENVOY_PROGRAM%" ${words}`,
    "exit /b %ERRORLEVEL%",
    ...(kind === "publication" ? leaseLines : []),
  ];
  return `${lines.join("\r\n")}\r\n`;
}

const treeLines: Readonly<Record<SnippetFacts["kind"], readonly string[]>> = {
  environment: ['set "VENVOY_TREE=%VENVOY_ROOT%"'],
  directory: ['set "VENVOY_TREE=%VENVOY_ROOT%"'],
  publication: [
    'set "VENVOY_RELEASE="',
    'if exist "%VENVOY_ROOT%\\current.txt" set /p VENVOY_RELEASE=<"%VENVOY_ROOT%\\current.txt"',
    "if not defined VENVOY_RELEASE goto :gone",
    'for /f "tokens=1" %%r in ("%VENVOY_RELEASE%") do set "VENVOY_RELEASE=%%r"',
    'set "VENVOY_TREE=%VENVOY_ROOT%\\releases\\%VENVOY_RELEASE%"',
    // The lease that the share's own launchers leave.
    'set "VENVOY_LEASES=%VENVOY_ROOT%\\leases\\%VENVOY_RELEASE%"',
    'if exist "%VENVOY_LEASES%\\" call :lease 2>nul',
  ],
};

const leaseLines = [":lease", '>"%VENVOY_LEASES%\\%COMPUTERNAME%.0.%RANDOM%x%RANDOM%" echo windows', "exit /b 0"];

function setLines(variable: string): readonly string[] {
  return [
    `if defined ${variable} set "${variable}=%VENVOY_PACKAGES%;%${variable}%"`,
    `if not defined ${variable} set "${variable}=%VENVOY_PACKAGES%"`,
  ];
}

/** The file that `--lang maxscript` writes, beside this one. */
function startupLines(startup: string): readonly string[] {
  return [
    `if not exist "%~dp0venvoy\\${startup}" goto :gone`,
    'set "ADSK_3DSMAX_STARTUPSCRIPTS_ADDON_DIR=%~dp0venvoy;%ADSK_3DSMAX_STARTUPSCRIPTS_ADDON_DIR%"',
  ];
}
