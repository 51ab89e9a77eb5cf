import type { HookFacts } from "../hook.ts";
import { powershellFollow } from "./follow.ts";
import { quotePowershell } from "./quote.ts";

export function powershellHook({ self, envs, shellDir, follows }: HookFacts): string {
  const [program, ...words] = self;
  return `# venvoy's hook. Written by \`venvoy setup\`; changes are lost with the next one.

$global:_venvoyProgram = ${quotePowershell(program)}
$global:_venvoyWords = @(${words.map(quotePowershell).join(", ")})
$global:_venvoyEnvs = if ($env:VENVOY_HOME) { Join-Path $env:VENVOY_HOME 'envs' } else { ${quotePowershell(envs)} }
$global:_venvoyTrusted = if ($env:VENVOY_HOME) { Join-Path $env:VENVOY_HOME 'shell/trusted' } else { Join-Path ${quotePowershell(shellDir)} 'trusted' }
$global:_venvoyBin = if ($env:OS -eq 'Windows_NT') { 'Scripts' } else { 'bin' }

function global:_venvoySelf {
    $program = $global:_venvoyProgram
    if (-not (Test-Path -LiteralPath $program)) { $program = (Get-Command -CommandType Application venvoy | Select-Object -First 1).Source }
    & $program @global:_venvoyWords @args
}

# NAME or directory -> where it is, as far as that is plain to see; venvoy itself knows the rest.
function global:_venvoyFind([string] $name) {
    if (-not $name -or $name -match '^[-~]|^\\.\\.?$|\\.\\.[\\\\/]|[\\\\/]$') { return }
    if ($name -match '[\\\\/]') { $root = Join-Path (Get-Location).Path $name; if ([System.IO.Path]::IsPathRooted($name)) { $root = $name } }
    elseif ($name.StartsWith('.')) { return }
    else { $root = Join-Path $global:_venvoyEnvs $name }
    if (Test-Path -LiteralPath (Join-Path $root 'pyvenv.cfg')) { $root }
}

function global:_venvoyLocate([string] $name) {
    $root = _venvoyFind $name
    if (-not $root -and $name) { $root = _venvoySelf show --path -- $name 2>$null }
    $root
}

function global:_venvoyActivate([string] $name) {
    $root = _venvoyFind $name
    $python = if ($root) { Get-ChildItem -Path (Join-Path (Join-Path $root $global:_venvoyBin) 'python*') -ErrorAction SilentlyContinue }
    # A Python that can't be started is venvoy's business: it mends, asks, or says why.
    if (-not $python) { $root = _venvoySelf activate --path -- $name }
    if (-not $root) { $global:LASTEXITCODE = 1; return }
    . (Join-Path (Join-Path $root $global:_venvoyBin) 'Activate.ps1')
    $global:_venvoyAuto = $null
    $global:LASTEXITCODE = 0
}

function global:_venvoyDeactivate {
    if (Test-Path -Path Function:deactivate) { deactivate; return $true }
    if (-not $env:VIRTUAL_ENV) { return $false }
    $entries = [System.Collections.Generic.List[string]]($env:PATH -split [System.IO.Path]::PathSeparator)
    [void] $entries.Remove((Join-Path $env:VIRTUAL_ENV $global:_venvoyBin))
    $env:PATH = $entries -join [System.IO.Path]::PathSeparator
    Remove-Item -Path Env:VIRTUAL_ENV, Env:VIRTUAL_ENV_PROMPT -ErrorAction SilentlyContinue
    $true
}

function global:_venvoyFail([string] $text) {
    Write-Output $text
    $global:LASTEXITCODE = 1
}

function global:venvoy {
    if ($args.Count -eq 2 -and $args[0] -eq 'activate' -and $args[1] -notlike '-*') { _venvoyActivate $args[1] }
    elseif ($args.Count -eq 1 -and $args[0] -eq 'deactivate') {
        if (-not (_venvoyDeactivate)) { _venvoyFail 'venvoy: no environment is active' }
    }
    else {
        _venvoySelf @args
        if ($LASTEXITCODE -eq 0 -and $args[0] -eq 'set' -and $env:VIRTUAL_ENV) { _venvoyActivate $env:VIRTUAL_ENV }
        if ($args[0] -eq 'trust') { $global:_venvoyKey = $null }
    }
}

function global:mkvenv {
    if (-not $args[0]) { return _venvoyFail 'ERROR: No venv name given' }
    if (_venvoyFind $args[0]) { return _venvoyFail 'ERROR: venv name already in use' }
    _venvoySelf create @args
    if ($LASTEXITCODE -eq 0) { _venvoyActivate $args[0] }
}

function global:usevenv([string] $name) {
    if (-not (_venvoyLocate $name)) { return _venvoyFail 'ERROR: venv does not exist' }
    _venvoyActivate $name
}

function global:stopvenv {
    if (-not (_venvoyDeactivate)) { _venvoyFail 'ERROR: no active venv found' }
}

function global:lsvenvs { _venvoySelf list --names }

function global:cdvenv([string] $name) {
    if (-not $name) { return _venvoyFail 'ERROR: No venv name given' }
    $root = _venvoyLocate $name
    if (-not $root) { return _venvoyFail 'ERROR: venv does not exist' }
    Set-Location -LiteralPath $root
}

function global:rmvenv([string] $name, [switch] $Yes) {
    if (-not $name) { return _venvoyFail 'ERROR: No venv name given' }
    $root = _venvoyLocate $name
    if (-not $root) { return _venvoyFail 'ERROR: venv does not exist' }
    if ($env:VIRTUAL_ENV -eq $root) { return _venvoyFail 'ERROR: cannot remove activate venv' }
    if (-not $Yes -and (Read-Host 'Are you sure? [y/N]') -notmatch '^y(es)?$') { return }
    _venvoySelf delete --yes -- $name
}

if (-not (Get-Command -Name workon -ErrorAction SilentlyContinue)) {
    function global:workon([string] $name) {
        if ($name) { usevenv $name } else { lsvenvs }
    }
    Set-Alias -Name mkvirtualenv -Value mkvenv -Scope Global
    Set-Alias -Name rmvirtualenv -Value rmvenv -Scope Global
    Set-Alias -Name lsvirtualenv -Value lsvenvs -Scope Global
}
${follows ? powershellFollow : ""}`;
}
