/** `Scripts\\activate.bat` and `deactivate.bat` for Windows' command prompt. */
export const activateBat = crlf(`@echo off
rem Finds the environment by its own place, so the environment may be moved or renamed.
if defined _OLD_VIRTUAL_PATH call "%~dp0deactivate.bat"
for %%d in ("%~dp0..") do set "VIRTUAL_ENV=%%~fd"
for %%d in ("%VIRTUAL_ENV%") do set "VIRTUAL_ENV_PROMPT=%%~nxd"
set "_OLD_VIRTUAL_PATH=%PATH%"
set "PATH=%VIRTUAL_ENV%\\Scripts;%PATH%"
if defined PYTHONHOME set "_OLD_VIRTUAL_PYTHONHOME=%PYTHONHOME%"
set PYTHONHOME=
rem What the environment keeps lies beside its versions; for a name, the directory link's own target tells where.
set "_VENVOY_KEPT=%VIRTUAL_ENV%\\.venvoy"
if not exist "%_VENVOY_KEPT%\\intent.toml" for /d %%k in ("%VIRTUAL_ENV%-????????") do if exist "%%k\\intent.toml" set "_VENVOY_KEPT=%%k"
if exist "%_VENVOY_KEPT%\\variables.bat" call "%_VENVOY_KEPT%\\variables.bat"
if exist "%_VENVOY_KEPT%\\intent.toml" type nul > "%_VENVOY_KEPT%\\used"
if defined VIRTUAL_ENV_DISABLE_PROMPT goto :eof
if not defined PROMPT set PROMPT=$P$G
set "_OLD_VIRTUAL_PROMPT=%PROMPT%"
set "PROMPT=(%VIRTUAL_ENV_PROMPT%) %PROMPT%"
`);

export const deactivateBat = crlf(`@echo off
rem Only the environment's own entry goes: PATH may have changed since.
if defined _OLD_VIRTUAL_PATH call set "PATH=%%PATH:%VIRTUAL_ENV%\\Scripts;=%%"
set _OLD_VIRTUAL_PATH=
if defined _OLD_VIRTUAL_PYTHONHOME set "PYTHONHOME=%_OLD_VIRTUAL_PYTHONHOME%"
set _OLD_VIRTUAL_PYTHONHOME=
if defined _VENVOY_KEPT if exist "%_VENVOY_KEPT%\\variables.bat" call "%_VENVOY_KEPT%\\variables.bat" off
set _VENVOY_KEPT=
if defined _OLD_VIRTUAL_PROMPT set "PROMPT=%_OLD_VIRTUAL_PROMPT%"
set _OLD_VIRTUAL_PROMPT=
set VIRTUAL_ENV=
set VIRTUAL_ENV_PROMPT=
`);

function crlf(text: string): string {
  return text.replaceAll("\n", "\r\n");
}
