import { clearedVariables, launcherMark } from "../launchers/launcher.ts";
import { findInTree, findInTreeForPowershell, startInPowershell } from "../launchers/windows.ts";

/** The launcher of a program for cmd.exe: a start whose release is unpacked starts the program; the first one asks PowerShell. */
export function cmdUnpacker(program: string, name: string): string {
  return `@echo off
rem Starts ${program} of the current release, unpacked once for each person and machine. ${launcherMark}.
setlocal DisableDelayedExpansion
${clearedVariables.map((variable) => `set "${variable}="`).join("\n")}
set "PYTHONNOUSERSITE=1"
setlocal
for %%I in ("%~dp0..") do set "base=%%~fI"
set "release="
if not exist "%base%\\current.txt" goto none
for /f "usebackq tokens=1-4" %%I in ("%base%\\current.txt") do (
  set "release=%%I"
  set "sha=%%K"
  set "platform=%%L"
)
if not defined release goto none
if not "%platform:~0,8%"=="windows-" goto foreign
set "cache=%LOCALAPPDATA%\\venvoy\\cache"
if defined VENVOY_HOME set "cache=%VENVOY_HOME%\\cache"
set "tree=%cache%\\unpacked\\${name}-%release%-%sha:~0,16%"
if exist "%tree%\\" goto ready
powershell -NoProfile -ExecutionPolicy Bypass -File "%~dp0${program}.ps1" --venvoy-unpack-only
if errorlevel 1 exit /b 127
:ready
${findInTree(program)}echo ${program}: not in release %release% of "%base%" 1>&2
exit /b 127
:none
echo ${program}: "%base%" has no current release, or can't be read 1>&2
exit /b 127
:foreign
echo ${program}: release %release% of "%base%" is for %platform% 1>&2
exit /b 126
:script
endlocal & "%program%" "%script%" %*
exit /b %ERRORLEVEL%
:found
endlocal & "%program%" %*
exit /b %ERRORLEVEL%
`.replaceAll("\n", "\r\n");
}

/** The launcher of a program for PowerShell, on any system; it unpacks for \`cmd.exe\`, too. */
export function powershellUnpacker(program: string, name: string): string {
  return `# Starts ${program} of the current release, unpacked once for each person and machine. ${launcherMark}.
function Stop-With([string]$text, [int]$code) { [Console]::Error.WriteLine("${program}: $text"); exit $code }
$base = Split-Path -Parent $PSScriptRoot
$pointer = Join-Path $base 'current.txt'
$release, $file, $sha, $platform = if (Test-Path -LiteralPath $pointer) { ([System.IO.File]::ReadAllText($pointer)).Trim() -split '\\s+' }
if ($release -notmatch '^[0-9]+$') { Stop-With "$base has no current release, or can't be read" 127 }
if ($file -notmatch '^[A-Za-z0-9][\\w.+-]*$' -or $sha -notmatch '^[0-9a-f]{64}$') { Stop-With "$pointer is damaged" 127 }
$own = if ($env:OS -eq 'Windows_NT') { 'windows-' } elseif ($IsMacOS) { 'macos-' } else { 'linux-' }
if ($platform -match '^(windows|macos|linux)-' -and -not $platform.StartsWith($own)) { Stop-With "release $release of $base is for $platform" 126 }
$cache = if ($env:VENVOY_HOME) { Join-Path $env:VENVOY_HOME 'cache' }
  elseif ($own -eq 'windows-') { Join-Path $env:LOCALAPPDATA 'venvoy/cache' }
  elseif ($env:XDG_CACHE_HOME) { Join-Path $env:XDG_CACHE_HOME 'venvoy' }
  elseif ($own -eq 'macos-') { Join-Path $HOME 'Library/Caches/venvoy' }
  else { Join-Path $HOME '.cache/venvoy' }
$cache = Join-Path $cache 'unpacked'
$key = "${name}-$release-$($sha.Substring(0, 16))"
$tree = Join-Path $cache $key
if (-not (Test-Path -LiteralPath $tree -PathType Container)) {
  $archive = Join-Path $base $file
  if (-not (Test-Path -LiteralPath $archive -PathType Leaf)) { Stop-With "$archive is not here: get it from version control" 127 }
  $stage = Join-Path $cache ".stage-$([guid]::NewGuid().ToString('N'))"
  try { [void][System.IO.Directory]::CreateDirectory($stage) } catch { Stop-With "can't write to $cache; set VENVOY_HOME to a directory where you may write" 127 }
  try {
    [Console]::Error.WriteLine("${program}: unpacking release $release of ${name}, once on this machine")
    $copy = Join-Path $stage 'archive'
    Copy-Item -LiteralPath $archive -Destination $copy -ErrorAction Stop
    $got = (Get-FileHash -LiteralPath $copy -Algorithm SHA256).Hash.ToLowerInvariant()
    if ($got -ne $sha) { Stop-With "$archive is damaged, or not wholly here: get it from version control again" 127 }
    & tar -xzf $copy -C $stage
    if ($LASTEXITCODE -ne 0) { Stop-With "can't unpack $archive to $cache" 127 }
    # A rename onto a directory that is there fails: then somebody else was first, with the same.
    try { [System.IO.Directory]::Move((Join-Path $stage ($file -replace '\\.tar\\.gz$', '')), $tree) }
    catch { if (-not (Test-Path -LiteralPath $tree -PathType Container)) { Stop-With "can't write to $cache" 127 } }
  } finally { Remove-Item -LiteralPath $stage -Recurse -Force -ErrorAction SilentlyContinue }
}
if ($args.Count -eq 1 -and $args[0] -eq '--venvoy-unpack-only') { exit 0 }
${findInTreeForPowershell(program)}if (-not $program) { Stop-With "not in release $release of $base" 127 }
${startInPowershell}`;
}
