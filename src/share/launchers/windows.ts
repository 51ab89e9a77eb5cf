import { clearedVariables, launcherMark } from "./launcher.ts";

/** Batch files are read line by line, with these line ends. */
const withLineEnds = (text: string): string => text.replaceAll("\n", "\r\n");

/**
 * Looks for a program in `%tree%`: goes to `found` with `%program%`, or to `script` with `%script%` too, or on. A console script has no
 * program of its own there; its `.cmd` isn't called, for a second batch file asks a second time whether it should end.
 */
export function findInTree(program: string): string {
  return `set "program=%tree%\\Scripts\\${program}.exe"
if exist "%program%" goto found
set "program=%tree%\\${program}.exe"
if exist "%program%" goto found
set "program=%tree%\\bin\\${program}.exe"
if exist "%program%" goto found
set "script=%tree%\\Scripts\\${program}-script.py"
set "program=%tree%\\python.exe"
if exist "%script%" goto script
`;
}

/** The same for PowerShell: `$program` is what has to be started, `$words` its arguments; nothing when it isn't there. */
export function findInTreeForPowershell(program: string): string {
  return `$program = @('Scripts/${program}.exe', '${program}.exe', 'bin/${program}.exe', 'Scripts/${program}-script.py', 'bin/${program}') |
  ForEach-Object { Join-Path $tree $_ } | Where-Object { Test-Path -LiteralPath $_ -PathType Leaf } | Select-Object -First 1
$words = @($args)
if ($program -like '*-script.py') {
  $words = @($program) + $words
  $program = Join-Path $tree 'python.exe'
}
`;
}

/** Ends a PowerShell launcher: starts `$program` with `$words`, without what leads a Python astray, and leaves the session as it was. */
export const startInPowershell = `$before = @{}
foreach ($name in @(${[...clearedVariables, "PYTHONNOUSERSITE"].map((name) => `'${name}'`).join(", ")})) {
  $before[$name] = [Environment]::GetEnvironmentVariable($name)
  [Environment]::SetEnvironmentVariable($name, $null)
}
[Environment]::SetEnvironmentVariable('PYTHONNOUSERSITE', '1')
$code = 126
try {
  if ($MyInvocation.ExpectingInput) { $input | & $program @words } else { & $program @words }
  $code = $LASTEXITCODE
} finally {
  foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
}
exit $code
`;

/**
 * The launcher of a program for cmd.exe. `%~dp0` is where it lies, behind a drive letter or on a server. What it sets ends with it;
 * the program's line is read before the inner settings end, so the program sees none of them.
 */
export function cmdLauncher(program: string): string {
  return withLineEnds(`@echo off
rem Starts ${program} of the current release. ${launcherMark}; lies in the publication and finds it from there.
setlocal DisableDelayedExpansion
${clearedVariables.map((name) => `set "${name}="`).join("\n")}
set "PYTHONNOUSERSITE=1"
setlocal
for %%I in ("%~dp0..") do set "base=%%~fI"
set "release="
set /p release=<"%base%\\current.txt"
if not defined release goto none
for /f "tokens=1" %%I in ("%release%") do set "release=%%I"
set "tree=%base%\\releases\\%release%"
${findInTree(program)}if exist "%tree%\\bin\\${program}" goto foreign
echo ${program}: not in release %release% of "%base%" 1>&2
exit /b 127
:none
echo ${program}: "%base%" has no current release, or can't be read 1>&2
exit /b 127
:foreign
echo ${program}: release %release% of "%base%" is not for Windows 1>&2
exit /b 126
:script
call :lease 2>nul
endlocal & "%program%" "%script%" %*
exit /b %ERRORLEVEL%
:found
call :lease 2>nul
endlocal & "%program%" %*
exit /b %ERRORLEVEL%
:lease
if not exist "%base%\\leases\\%release%\\" exit /b 0
>"%base%\\leases\\%release%\\%COMPUTERNAME%.0.%RANDOM%x%RANDOM%" echo windows
exit /b 0
`);
}

/** The launcher of a program for PowerShell, on any system. Variables of the session are as before when the program ends. */
export function powershellLauncher(program: string): string {
  return `# Starts ${program} of the current release. ${launcherMark}; lies in the publication and finds it from there.
$base = Split-Path -Parent $PSScriptRoot
$pointer = Join-Path $base 'current.txt'
$release = if (Test-Path -LiteralPath $pointer) { (([System.IO.File]::ReadAllText($pointer)) -split '\\s')[0] }
if ($release -notmatch '^[0-9]+$') {
  [Console]::Error.WriteLine("${program}: $base has no current release, or can't be read")
  exit 127
}
$tree = Join-Path (Join-Path $base 'releases') $release
${findInTreeForPowershell(program)}if (-not $program) {
  [Console]::Error.WriteLine("${program}: not in release $release of $base")
  exit 127
}
try {
  $lease = Join-Path (Join-Path $base 'leases') $release
  $name = "$([System.Net.Dns]::GetHostName()).0.$([guid]::NewGuid().ToString('N'))"
  if (Test-Path -LiteralPath $lease) { [System.IO.File]::WriteAllText((Join-Path $lease $name), "powershell\`n") }
} catch {
  # Who may not write there reads all the same.
}
${startInPowershell}`;
}
