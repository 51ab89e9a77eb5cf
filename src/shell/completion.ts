import { hookWords } from "./hook-words.ts";

const names = ["venvoy", ...Object.keys(hookWords)].join(" ");

/*
 * The scripts ask `venvoy internal complete` at the key press, and leave files and directories to the shell. They are a
 * few lines each, so a hook can hold them as they are.
 */

/**
 * bash 3.2 and later, also where it is started as `sh`, which in older versions knows no `<(…)`. Before 4.0 a completion
 * function can't choose, so file names are offered wherever nothing fits.
 */
const bash = `_venvoy_complete() {
  local line files=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) files=\${line#:} ;;
      ?*) COMPREPLY+=("$line") ;;
    esac
  done <<_venvoy_end
$(command venvoy internal complete bash "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
_venvoy_end
  if [ -n "$files" ]; then
    if [ "\${#COMPREPLY[@]}" -gt 0 ]; then
      while IFS= read -r line; do [ -z "$line" ] || COMPREPLY+=("$line"); done <<_venvoy_end
$(compgen -f -- "$2")
_venvoy_end
      type compopt >/dev/null 2>&1 && compopt -o filenames
    elif type compopt >/dev/null 2>&1; then
      if [ "$files" = directory ]; then compopt -o dirnames; else compopt -o default; fi
    fi
  fi
}
if type compopt >/dev/null 2>&1; then complete -F _venvoy_complete ${names}
else complete -o default -F _venvoy_complete ${names}; fi
`;

/**
 * The new completion system where somebody has started it (perhaps below this line: it is looked for again at the first
 * prompt), else the old one, which needs no start.
 */
const zsh = `_venvoy_complete() {
  local line files=
  local -a found plain
  for line in "\${(@f)$(command venvoy internal complete zsh "\${(@Q)words[1,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do
    case $line in
      :*) files=\${line#:} ;;
      *$'\\t') plain+=("\${line%$'\\t'}") ;;
      ?*) found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  (( $#plain )) && compadd -V venvoy -a plain
  (( $#found )) && _describe -V -t values venvoy found
  [[ -z $files ]] || { compset -P '--*='; if [[ $files == directory ]]; then _files -/; else _files; fi; }
}
_venvoy_reply() {
  local -a words found
  local line
  read -cA words
  for line in "\${(@f)$(command venvoy internal complete zsh "\${(@Q)words[1,-2]}" "$1" 2>/dev/null)}"; do
    [[ -z $line || $line == :* ]] || found+=("\${line%%$'\\t'*}")
  done
  reply=("\${found[@]}")
}
_venvoy_register() {
  precmd_functions=("\${(@)precmd_functions:#_venvoy_register}")
  if (( $+functions[compdef] )); then compdef _venvoy_complete ${names}
  else compctl -K _venvoy_reply + -f ${names}; fi
  unfunction _venvoy_register
}
if (( $+functions[compdef] )); then _venvoy_register
else typeset -ga precmd_functions; precmd_functions+=(_venvoy_register); fi
`;

const fish = `function __venvoy_complete
    set -l current (commandline -ct)
    test (count $current) -eq 0; and set current ''
    for line in (command venvoy internal complete fish (commandline -opc) $current 2>/dev/null)
        switch $line
            case ':file'
                __fish_complete_path (string replace -r '^--[a-z-]+=' '' -- $current)
            case ':directory'
                __fish_complete_directories (string replace -r '^--[a-z-]+=' '' -- $current) ''
            case '*'
                echo $line
        end
    end
end
for name in ${names}
    complete -c $name -e
    complete -k -c $name -f -a '(__venvoy_complete)'
end
`;

/** Without an answer PowerShell offers files by itself. */
const powershell = `Register-ArgumentCompleter -Native -CommandName ${names.replaceAll(" ", ", ")} -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text.Trim("'", '"') })
    if ($wordToComplete -eq '') { $words += '' }
    $program = (Get-Command venvoy -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1).Source
    if (-not $program) { return }
    # Windows PowerShell drops empty arguments, so the words go in by a variable.
    $env:VENVOY_COMPLETE = ConvertTo-Json -Compress @($words)
    try { $lines = @(& $program internal complete powershell 2>$null) } finally { Remove-Item Env:VENVOY_COMPLETE }
    foreach ($line in $lines) {
        if ($line.StartsWith(':')) { continue }
        $word, $summary = $line -split "\\t", 2
        if (-not $summary) { $summary = $word }
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $summary)
    }
}
`;

/** The line so far is in a variable that tcsh sets for the command. */
const tcsh = names
  .split(" ")
  .map((name) => `complete ${name} 'p@*@\`venvoy internal complete tcsh\`@'\n`)
  .join("");

/** Other programs' completer stays in place behind ours. */
const nu = `let venvoy_before = ($env.config?.completions?.external?.completer? | default null)
$env.config.completions.external.enable = true
$env.config.completions.external.completer = {|spans: list<string>|
    if ($spans.0 | path basename) in [${names}] {
        let lines = (^venvoy internal complete nu ...$spans | lines)
        if ($lines | any {|line| $line | str starts-with ":" }) {
            null
        } else {
            $lines | each {|line|
                let cells = ($line | split row "\\t")
                { value: $cells.0, description: ($cells | get --optional 1 | default "") }
            }
        }
    } else if $venvoy_before != null {
        do $venvoy_before $spans
    }
}
`;

/** By shell, those that can complete at all. */
export const completionScripts: Readonly<Record<string, string>> = { bash, fish, nu, powershell, tcsh, zsh };
