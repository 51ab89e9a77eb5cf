import type { HookFacts } from "../hook.ts";

const words = [
  "mkvenv",
  "usevenv",
  "stopvenv",
  "rmvenv",
  "lsvenvs",
  "cdvenv",
  "workon",
  "mkvirtualenv",
  "rmvirtualenv",
];

/**
 * For Windows' command prompt, which has no functions: called without words it defines macros, each of which calls it
 * again with its own word first.
 */
export function cmdHook({ self, envs }: HookFacts): string {
  const program = self.map((word) => `"${word.replaceAll("%", "%%")}"`).join(" ");
  const text = `@echo off
rem venvoy's hook. Written by \`venvoy setup\`; changes are lost with the next one.
if not "%~1"=="" goto run
doskey venvoy=call "%~f0" venvoy $*
${words.map((word) => `doskey ${word}=call "%~f0" ${word} $*`).join("\n")}
goto :eof

:run
set "_VENVOY_ENVS=${envs.replaceAll("%", "%%")}"
if defined VENVOY_HOME set "_VENVOY_ENVS=%VENVOY_HOME%\\envs"
if "%~1"=="venvoy" goto venvoy
if "%~1"=="stopvenv" goto stop
if "%~1"=="lsvenvs" goto list
if "%~1"=="workon" if "%~2"=="" goto list
if "%~2"=="" echo ERROR: No venv name given& exit /b 1
if "%~1"=="mkvenv" goto make
if "%~1"=="mkvirtualenv" goto make
if not exist "%_VENVOY_ENVS%\\%~2\\pyvenv.cfg" echo ERROR: venv does not exist& exit /b 1
if "%~1"=="cdvenv" cd /d "%_VENVOY_ENVS%\\%~2"& exit /b
if "%~1"=="rmvenv" goto remove
if "%~1"=="rmvirtualenv" goto remove
call "%_VENVOY_ENVS%\\%~2\\Scripts\\activate.bat"
exit /b

:venvoy
if "%~2"=="activate" if not "%~3"=="" if "%~4"=="" if exist "%_VENVOY_ENVS%\\%~3\\Scripts\\python.exe" call "%_VENVOY_ENVS%\\%~3\\Scripts\\activate.bat"& exit /b
if "%~2"=="activate" if not "%~3"=="" if "%~4"=="" goto find
if "%~2"=="deactivate" goto stop
for /f "tokens=1*" %%a in ("%*") do ${program} %%b
exit /b

:find
set "_VENVOY_ROOT="
for /f "delims=" %%r in ('call ${program} activate --path -- "%~3"') do set "_VENVOY_ROOT=%%r"
if not defined _VENVOY_ROOT exit /b 1
call "%_VENVOY_ROOT%\\Scripts\\activate.bat"
exit /b

:stop
if not defined VIRTUAL_ENV echo ERROR: no active venv found& exit /b 1
call "%VIRTUAL_ENV%\\Scripts\\deactivate.bat"
exit /b

:list
${program} list --names
exit /b

:make
if exist "%_VENVOY_ENVS%\\%~2\\pyvenv.cfg" echo ERROR: venv name already in use& exit /b 1
for /f "tokens=1*" %%a in ("%*") do ${program} create %%b || exit /b
call "%_VENVOY_ENVS%\\%~2\\Scripts\\activate.bat"
exit /b

:remove
if /i "%VIRTUAL_ENV%"=="%_VENVOY_ENVS%\\%~2" echo ERROR: cannot remove activate venv& exit /b 1
set "_VENVOY_YES="
set /p "_VENVOY_YES=Are you sure? [y/N] "
if /i "%_VENVOY_YES%"=="y" set "_VENVOY_YES=yes"
if /i "%_VENVOY_YES%"=="yes" ${program} delete --yes -- "%~2"
exit /b
`;
  return text.replaceAll("\n", "\r\n");
}
