/** The same as for the other shells; nu tells of every change of its working directory. */
export const nuFollow = `
def --env _venvoy_follow [] {
    mut up = $env.PWD
    mut file = ""
    loop {
        let at = ($up | path join ".venvoy")
        if ($at | path type) == "file" { $file = $at; break }
        let above = ($up | path dirname)
        if $above == $up { break }
        $up = $above
    }
    mut wanted = ""
    if $file != "" {
        $wanted = (open --raw $file | decode utf-8 | lines | str trim | where { |line| $line != "" and not ($line starts-with "#") } | append "" | first)
        if ($"($wanted)($file)" =~ '\\p{Cc}|^-') { $wanted = "" }
    }
    let key = $"($wanted):($file)"
    if ($env._VENVOY_KEY? | default "") == $key { return }
    $env._VENVOY_KEY = $key
    if ($env._VENVOY_AUTO? | is-not-empty) and ($env.VIRTUAL_ENV? | default "") == $env._VENVOY_AUTO { _venvoy_leave }
    $env._VENVOY_AUTO = ""
    if $wanted == "" or ($env.VIRTUAL_ENV? | is-not-empty) { return }
    let line = $"\\t($wanted)\\t($file)"
    let trusted = (_venvoy_trusted)
    mut answer = ""
    if ($trusted | path exists) {
        let known = (open --raw $trusted | decode utf-8 | lines | where { |one| ($one | str substring 1..) == $line })
        if ($known | is-not-empty) { $answer = ($known | last | str substring 0..0) }
    }
    if $answer == "" {
        $answer = if (input $"Activate ($wanted) in this directory \\(($file)\\)? [y/N] ") =~ '(?i)^y(es)?$' { "y" } else { "n" }
        $"($answer)($line)\\n" | save --append --raw $trusted
    }
    if $answer != "y" { return }
    _venvoy_activate (if ($wanted starts-with "./") { $file | path dirname | path join ($wanted | str substring 2..) } else { $wanted })
    $env._VENVOY_AUTO = ($env.VIRTUAL_ENV? | default "")
}

$env.config.hooks.env_change.PWD = ($env.config.hooks.env_change?.PWD? | default [] | append { |before, after| _venvoy_follow })
`;
