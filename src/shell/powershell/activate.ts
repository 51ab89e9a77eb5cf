/** `Activate.ps1`, for PowerShell on all three systems. */
export const activatePowershell = `# Use it as: . bin/Activate.ps1
# Finds the environment by its own place, so the environment may be moved or renamed.

function global:deactivate([switch] $NonDestructive) {
    if (Test-Path -Path Variable:_OLD_VIRTUAL_PATH) {
        # Only the environment's own entry goes: PATH may have changed since.
        $entries = [System.Collections.Generic.List[string]]($env:PATH -split [System.IO.Path]::PathSeparator)
        [void] $entries.Remove($global:_OLD_VIRTUAL_BIN)
        $env:PATH = $entries -join [System.IO.Path]::PathSeparator
        Remove-Variable -Name _OLD_VIRTUAL_PATH, _OLD_VIRTUAL_BIN -Scope Global -ErrorAction SilentlyContinue
    }
    if (Test-Path -Path Variable:_OLD_VIRTUAL_PYTHONHOME) {
        $env:PYTHONHOME = $global:_OLD_VIRTUAL_PYTHONHOME
        Remove-Variable -Name _OLD_VIRTUAL_PYTHONHOME -Scope Global
    }
    if (Test-Path -Path Function:_venvoy_restore) { _venvoy_restore }
    if (Test-Path -Path Function:_OLD_VIRTUAL_PROMPT) {
        Copy-Item -Path Function:_OLD_VIRTUAL_PROMPT -Destination Function:prompt
        Remove-Item -Path Function:_OLD_VIRTUAL_PROMPT
    }
    Remove-Item -Path Env:VIRTUAL_ENV, Env:VIRTUAL_ENV_PROMPT -ErrorAction SilentlyContinue
    if (-not $NonDestructive) {
        Remove-Item -Path Function:deactivate
    }
}

deactivate -NonDestructive

$env:VIRTUAL_ENV = Split-Path -Parent $PSScriptRoot
$global:_OLD_VIRTUAL_PATH = $env:PATH
$global:_OLD_VIRTUAL_BIN = $PSScriptRoot
$env:PATH = $PSScriptRoot + [System.IO.Path]::PathSeparator + $env:PATH

if (Test-Path -Path Env:PYTHONHOME) {
    $global:_OLD_VIRTUAL_PYTHONHOME = $env:PYTHONHOME
    Remove-Item -Path Env:PYTHONHOME
}

$venvoyPlace = $env:VIRTUAL_ENV -replace '([\\\\/]\\.venvoy)?([\\\\/]generations[\\\\/][^\\\\/]+|[\\\\/]current)$', ''
$env:VIRTUAL_ENV_PROMPT = Split-Path -Leaf $venvoyPlace
if ($venvoyPlace -ne $env:VIRTUAL_ENV) {
    $env:VIRTUAL_ENV_PROMPT = $env:VIRTUAL_ENV_PROMPT -replace '-.{8}$', ''
}

# What the environment keeps lies beside its versions: the time of its last use, and its variables. PowerShell and Windows
# take \`..\` off the text of a path, so the version is looked up first.
$venvoyPlace = Join-Path $env:VIRTUAL_ENV '.venvoy'
if (-not (Test-Path -LiteralPath (Join-Path $venvoyPlace 'intent.toml'))) {
    $venvoyPlace = $env:VIRTUAL_ENV
    foreach ($step in 1..4) {
        $link = Get-Item -LiteralPath $venvoyPlace -Force
        if (-not $link.LinkType) { break }
        $target = [string] @($link.Target)[0]
        if (-not [System.IO.Path]::IsPathRooted($target)) { $target = Join-Path (Split-Path -Parent $venvoyPlace) $target }
        # A link's directory may be reached through the next link: envs/NAME -> NAME-id/current -> generations/N.
        $venvoyPlace = [System.IO.Path]::GetFullPath($target)
    }
    $venvoyPlace = Split-Path -Parent (Split-Path -Parent $venvoyPlace)
}
if (Test-Path -LiteralPath (Join-Path $venvoyPlace 'intent.toml')) {
    try { [System.IO.File]::WriteAllText((Join-Path $venvoyPlace 'used'), '') } catch { $null = $_ }
    $venvoyFile = Join-Path $venvoyPlace 'variables.ps1'
    if (Test-Path -LiteralPath $venvoyFile) { . $venvoyFile }
    Remove-Variable -Name venvoyFile
}
Remove-Variable -Name venvoyPlace

if (-not $env:VIRTUAL_ENV_DISABLE_PROMPT) {
    Copy-Item -Path Function:prompt -Destination Function:global:_OLD_VIRTUAL_PROMPT
    function global:prompt {
        Write-Host -NoNewline -ForegroundColor Green "($env:VIRTUAL_ENV_PROMPT) "
        _OLD_VIRTUAL_PROMPT
    }
}
`;
