import type { HookFacts } from "../hook.ts";
import { nuEnter } from "./enter.ts";
import { nuFollow } from "./follow.ts";
import { quoteNu } from "./quote.ts";

export function nuHook({ self, envs, shellDir, follows }: HookFacts): string {
  const [program, ...words] = self;
  return `# venvoy's hook. Written by \`venvoy setup\`; changes are lost with the next one.

def --wrapped _venvoy_self [...words: string] {
    ^${quoteNu(program)} ${words.map(quoteNu).join(" ")} ...$words
}

def _venvoy_envs [] {
    if ($env.VENVOY_HOME? | is-empty) { ${quoteNu(envs)} } else { $env.VENVOY_HOME | path join "envs" }
}

def _venvoy_trusted [] {
    if ($env.VENVOY_HOME? | is-empty) { ${quoteNu(`${shellDir}/trusted`)} } else { $env.VENVOY_HOME | path join "shell" "trusted" }
}

${nuEnter}
# NAME or directory -> where it is, as far as that is plain to see; venvoy itself knows the rest.
def _venvoy_find [name: string] {
    let root = if ($name == "" or $name =~ '^[-~]|^\\.\\.?$|\\.\\./|/$') {
        ""
    } else if ($name =~ '/') {
        $env.PWD | path join $name | str replace "/./" "/"
    } else if ($name starts-with ".") {
        ""
    } else {
        _venvoy_envs | path join $name
    }
    if $root != "" and ($root | path join "pyvenv.cfg" | path exists) { $root } else { "" }
}

def _venvoy_locate [name: string] {
    let root = (_venvoy_find $name)
    if $root != "" or $name == "" { return $root }
    let answer = (do { _venvoy_self show --path -- $name } | complete)
    if $answer.exit_code == 0 { $answer.stdout | str trim -r -c "\\n" } else { "" }
}

def --env _venvoy_activate [name: string] {
    mut root = (_venvoy_find $name)
    let bin = if $nu.os-info.name == "windows" { "Scripts/python.exe" } else { "bin/python" }
    # A Python that can't be started is venvoy's business: it mends, asks, or says why.
    if $root == "" or not ($root | path join $bin | path exists) {
        $root = (_venvoy_self activate --path -- $name | str trim -r -c "\\n")
    }
    if $root != "" { _venvoy_enter $root }
}

def --env --wrapped venvoy [...words: string] {
    if ($words | length) == 2 and $words.0 == "activate" and not ($words.1 starts-with "-") {
        _venvoy_activate $words.1
    } else if $words == ["deactivate"] {
        if ($env.VIRTUAL_ENV? | is-empty) { print -e "venvoy: no environment is active" } else { _venvoy_leave }
    } else {
        _venvoy_self ...$words
        if ($words | is-not-empty) and $words.0 == "set" and ($env.VIRTUAL_ENV? | is-not-empty) { _venvoy_enter $env.VIRTUAL_ENV }
    }
}

def --env deactivate [] { _venvoy_leave }

def --env --wrapped mkvenv [name: string = "", ...words: string] {
    if $name == "" { print "ERROR: No venv name given"; return }
    if (_venvoy_find $name) != "" { print "ERROR: venv name already in use"; return }
    _venvoy_self create $name ...$words
    _venvoy_activate $name
}

def --env usevenv [name: string = ""] {
    if (_venvoy_locate $name) == "" { print "ERROR: venv does not exist"; return }
    _venvoy_activate $name
}

def --env stopvenv [] {
    if ($env.VIRTUAL_ENV? | is-empty) { print "ERROR: no active venv found"; return }
    _venvoy_leave
}

def lsvenvs [] { _venvoy_self list --names }

def --env cdvenv [name: string = ""] {
    if $name == "" { print "ERROR: No venv name given"; return }
    let root = (_venvoy_locate $name)
    if $root == "" { print "ERROR: venv does not exist"; return }
    cd $root
}

def rmvenv [name: string = "", --yes (-y)] {
    if $name == "" { print "ERROR: No venv name given"; return }
    let root = (_venvoy_locate $name)
    if $root == "" { print "ERROR: venv does not exist"; return }
    if ($env.VIRTUAL_ENV? | default "") == $root { print "ERROR: cannot remove activate venv"; return }
    if not $yes and (input "Are you sure? [y/N] ") !~ '(?i)^y(es)?$' { return }
    _venvoy_self delete --yes -- $name
}

def --env workon [name: string = ""] {
    if $name == "" { lsvenvs } else { usevenv $name }
}

alias mkvirtualenv = mkvenv
alias rmvirtualenv = rmvenv --yes
alias lsvirtualenv = lsvenvs
${follows ? nuFollow : ""}`;
}
