/** Going into an environment and out of it; shared by the hook and by `activate.nu`. */
export const nuEnter = `def --env _venvoy_leave [] {
    if ($env.VIRTUAL_ENV? | is-empty) { return }
    let bin = ($env.VIRTUAL_ENV | path join (if $nu.os-info.name == "windows" { "Scripts" } else { "bin" }))
    # Only the environment's own entry goes: PATH may have changed since.
    let entries = ($env.PATH | split row (char esep))
    let at = ($entries | enumerate | where item == $bin | get index | append (-1) | first)
    $env.PATH = ($entries | enumerate | where index != $at | get item)
    if "_VENVOY_OLD" in $env {
        let old = $env._VENVOY_OLD
        hide-env _VENVOY_OLD
        for name in $old.names { hide-env -i $name }
        load-env $old.values
        if "PROMPT_COMMAND" in $old { $env.PROMPT_COMMAND = $old.PROMPT_COMMAND }
    }
    hide-env -i VIRTUAL_ENV
    hide-env -i VIRTUAL_ENV_PROMPT
}

def --env _venvoy_enter [root: string] {
    _venvoy_leave
    let name = if ($root =~ '[\\\\/](generations[\\\\/][^\\\\/]+|current)$') {
        $root | str replace -r '([\\\\/]\\.venvoy)?[\\\\/](generations[\\\\/][^\\\\/]+|current)$' "" | path basename | str replace -r '-.{8}$' ""
    } else {
        $root | path basename
    }
    # What the environment keeps lies beside its versions: the time of its last use, and its variables.
    let inner = ($root | path join ".venvoy")
    let kept = if ($inner | path join "intent.toml" | path exists) { $inner } else { $root | path expand | path dirname | path dirname }
    let file = ($kept | path join "variables.json")
    let set = if ($file | path exists) { open $file } else { {} }
    if ($kept | path join "intent.toml" | path exists) { try { touch ($kept | path join "used") } }
    let names = ($set | columns | append "PYTHONHOME")
    let values = ($names | where { |one| $one in $env } | reduce --fold {} { |one, all| $all | insert $one ($env | get $one) })
    mut old = { names: $names, values: $values }
    if ($env.VIRTUAL_ENV_DISABLE_PROMPT? | is-empty) and "PROMPT_COMMAND" in $env {
        let prompt = $env.PROMPT_COMMAND
        # \`insert\` would call a closure.
        $old = ($old | merge { PROMPT_COMMAND: $prompt })
        $env.PROMPT_COMMAND = if ($prompt | describe) == "closure" {
            { || $"\\(($env.VIRTUAL_ENV_PROMPT)\\) (do $prompt)" }
        } else {
            { || $"\\(($env.VIRTUAL_ENV_PROMPT)\\) ($prompt)" }
        }
    }
    $env._VENVOY_OLD = $old
    hide-env -i PYTHONHOME
    load-env $set
    $env.VIRTUAL_ENV = $root
    $env.VIRTUAL_ENV_PROMPT = $name
    $env.PATH = ($env.PATH | split row (char esep) | prepend ($root | path join (if $nu.os-info.name == "windows" { "Scripts" } else { "bin" })))
}
`;
