/** The same as for the other shells; PowerShell's prompt is the place where every change of directory shows. */
export const powershellFollow = `
function global:_venvoyFollow {
    $here = (Get-Location).Path
    if ($here -eq $global:_venvoyPwd -and $null -ne $global:_venvoyKey) { return }
    $global:_venvoyPwd = $here
    $wanted = $null
    $file = $null
    for ($up = $here; $up; $up = Split-Path -Parent $up) {
        $file = Join-Path $up '.venvoy'
        if (Test-Path -LiteralPath $file -PathType Leaf) { break }
        $file = $null
    }
    if ($file) {
        $wanted = Get-Content -LiteralPath $file | ForEach-Object { $_.Trim() } | Where-Object { $_ -and $_ -notlike '#*' } | Select-Object -First 1
        if ("$wanted$file" -match '[\\x00-\\x1f\\x7f-\\x9f]|^-') { $wanted = $null }
    }
    $key = "\${wanted}:$file"
    if ($key -eq $global:_venvoyKey) { return }
    $global:_venvoyKey = $key
    if ($global:_venvoyAuto -and $env:VIRTUAL_ENV -eq $global:_venvoyAuto) { $null = _venvoyDeactivate }
    $global:_venvoyAuto = $null
    if (-not $wanted -or $env:VIRTUAL_ENV) { return }
    $answer = $null
    if (Test-Path -LiteralPath $global:_venvoyTrusted) {
        foreach ($line in Get-Content -LiteralPath $global:_venvoyTrusted) {
            if ($line.Substring(1) -ceq "\`t$wanted\`t$file") { $answer = $line.Substring(0, 1) }
        }
    }
    if (-not $answer) {
        $answer = if ((Read-Host "Activate $wanted in this directory ($file)? [y/N]") -match '^y(es)?$') { 'y' } else { 'n' }
        [System.IO.File]::AppendAllText($global:_venvoyTrusted, "$answer\`t$wanted\`t$file\`n")
    }
    if ($answer -ne 'y') { return }
    if ($wanted.StartsWith('./')) { $wanted = Join-Path (Split-Path -Parent $file) $wanted.Substring(2) }
    _venvoyActivate $wanted
    $global:_venvoyAuto = $env:VIRTUAL_ENV
}

if (-not (Test-Path -Path Function:_venvoyPrompt)) {
    Copy-Item -Path Function:prompt -Destination Function:global:_venvoyPrompt
    function global:prompt {
        _venvoyFollow
        _venvoyPrompt
    }
}
`;
