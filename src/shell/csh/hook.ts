import type { HookFacts } from "../hook.ts";
import { quotePosix } from "../posix/quote.ts";
import { quoteCsh } from "./quote.ts";

const words = [
  "venvoy",
  "mkvenv",
  "usevenv",
  "stopvenv",
  "rmvenv",
  "lsvenvs",
  "cdvenv",
  "workon",
  "mkvirtualenv",
  "rmvirtualenv",
  "lsvirtualenv",
] as const;

/** csh has no functions: an alias sources `commands.csh` with the words that were typed. */
export function cshHook({ shellDir }: HookFacts): string {
  const aliases = words.map((word) => {
    // An alias is read twice: once when it is made, once when it is used.
    const line = `source ${quoteCsh(`${shellDir}/commands.csh`)} ${word} \\!*`;
    return `alias ${word} '${line.replaceAll("'", "'\\''")}'`;
  });
  return `# venvoy's hook. Written by \`venvoy setup\`; changes are lost with the next one.
${aliases.join("\n")}
`;
}

/** What the aliases source; \`$argv\` is the command and its words. */
export function cshCommands({ self, envs }: HookFacts): string {
  // Words can't be kept together where their output is taken; sh is told what to do on its standard input.
  const ask = (word: string, ending: string): string =>
    quoteCsh(`${self.map(quotePosix).join(" ")} ${word} --path -- "$_VENVOY_NAME" ${ending}`.trimEnd());
  return `set _venvoy_self = (${self.map(quoteCsh).join(" ")})
if ($?VENVOY_HOME) then
    set _venvoy_envs = "$VENVOY_HOME/envs"
else
    set _venvoy_envs = ${quoteCsh(envs)}
endif
set _venvoy_do = "$argv[1]"
set _venvoy_status = 0
set _venvoy_name = ""
if ($#argv >= 2) then
    set _venvoy_name = "$argv[2]"
endif
if ("$_venvoy_do" == venvoy) then
    set _venvoy_do = pass
    if ("$_venvoy_name" == activate && $#argv == 3) then
        if ("$argv[3]" !~ -*) then
            set _venvoy_do = activate
            set _venvoy_name = "$argv[3]"
        endif
    else if ("$_venvoy_name" == deactivate && $#argv == 2) then
        set _venvoy_do = deactivate
    endif
endif

# Where the name leads, as far as that is plain to see; venvoy itself knows the rest.
set _venvoy_root = ""
if ("$_venvoy_name" != "" && "$_venvoy_name" !~ */* && "$_venvoy_name" !~ [-.]*) then
    if (-e "$_venvoy_envs/$_venvoy_name/pyvenv.cfg") set _venvoy_root = "$_venvoy_envs/$_venvoy_name"
endif
switch ("$_venvoy_do")
case usevenv:
case workon:
case cdvenv:
case rmvenv:
case rmvirtualenv:
    if ("$_venvoy_name" != "" && "$_venvoy_root" == "") then
        setenv _VENVOY_ASK ${ask("show", "2> /dev/null")}
        setenv _VENVOY_NAME "$_venvoy_name"
        set _venvoy_root = "\`printenv _VENVOY_ASK | sh\`"
    endif
    breaksw
endsw

switch ("$_venvoy_do")
case pass:
    shift
    $_venvoy_self:q $argv:q
    set _venvoy_status = $status
    # Variables that were set count at once.
    if ($?VIRTUAL_ENV && "$_venvoy_name" == set && $_venvoy_status == 0) then
        if (-e "$VIRTUAL_ENV/pyvenv.cfg") then
            set _venvoy_root = "$VIRTUAL_ENV"
            set _venvoy_do = activate
        endif
    endif
    breaksw
case activate:
    breaksw
case deactivate:
case stopvenv:
    if ($?VIRTUAL_ENV) then
        if ($?_OLD_VIRTUAL_PATH) then
            deactivate
        else
            unsetenv VIRTUAL_ENV
            unsetenv VIRTUAL_ENV_PROMPT
        endif
        set _venvoy_status = 0
    else if ("$_venvoy_do" == stopvenv) then
        echo "ERROR: no active venv found"
        set _venvoy_status = 1
    else
        sh -c 'echo "venvoy: no environment is active" >&2'
        set _venvoy_status = 1
    endif
    breaksw
case mkvenv:
    if ("$_venvoy_name" == "") then
        echo "ERROR: No venv name given"
        set _venvoy_status = 1
    else if ("$_venvoy_root" != "") then
        echo "ERROR: venv name already in use"
        set _venvoy_status = 1
    else
        shift
        $_venvoy_self:q create $argv:q
        set _venvoy_status = $status
        if ($_venvoy_status == 0) set _venvoy_do = activate
    endif
    breaksw
case mkvirtualenv:
    shift
    $_venvoy_self:q create $argv:q
    set _venvoy_status = $status
    if ($_venvoy_status == 0) set _venvoy_do = activate
    breaksw
case lsvenvs:
case lsvirtualenv:
    $_venvoy_self:q list --names
    set _venvoy_status = $status
    breaksw
case workon:
    if ("$_venvoy_name" == "") then
        $_venvoy_self:q list --names
    else
        set _venvoy_do = activate
    endif
    breaksw
case usevenv:
    if ("$_venvoy_root" == "") then
        echo "ERROR: venv does not exist"
        set _venvoy_status = 1
    else
        set _venvoy_do = activate
    endif
    breaksw
case cdvenv:
    if ("$_venvoy_name" == "") then
        echo "ERROR: No venv name given"
        set _venvoy_status = 1
    else if ("$_venvoy_root" == "") then
        echo "ERROR: venv does not exist"
        set _venvoy_status = 1
    else
        cd "$_venvoy_root"
    endif
    breaksw
case rmvenv:
case rmvirtualenv:
    if ("$_venvoy_name" == "") then
        echo "ERROR: No venv name given"
        set _venvoy_status = 1
    else if ("$_venvoy_root" == "") then
        echo "ERROR: venv does not exist"
        set _venvoy_status = 1
    else
        set _venvoy_active = ""
        if ($?VIRTUAL_ENV) then
            set _venvoy_active = "$VIRTUAL_ENV"
        endif
        if ("$_venvoy_active" == "$_venvoy_root") then
            echo "ERROR: cannot remove activate venv"
            set _venvoy_status = 1
        else
            set _venvoy_yes = y
            if ("$_venvoy_do" == rmvenv) then
                echo -n "Are you sure? [y/N] "
                set _venvoy_yes = "$<"
            endif
            if ("$_venvoy_yes" =~ [yY] || "$_venvoy_yes" =~ [yY][eE][sS]) then
                $_venvoy_self:q delete --yes -- "$_venvoy_name"
                set _venvoy_status = $status
            endif
            unset _venvoy_yes
        endif
        unset _venvoy_active
    endif
    breaksw
endsw

if ("$_venvoy_do" == activate) then
    # A Python that can't be started is venvoy's business: it mends, asks, or says why.
    if ("$_venvoy_root" == "" || ! -x "$_venvoy_root/bin/python") then
        setenv _VENVOY_ASK ${ask("activate", "")}
        if ($?prompt) setenv _VENVOY_ASK ${ask("activate", "< /dev/tty")}
        setenv _VENVOY_NAME "$_venvoy_name"
        set _venvoy_root = "\`printenv _VENVOY_ASK | sh\`"
    endif
    if ("$_venvoy_root" != "") then
        source "$_venvoy_root/bin/activate.csh"
    else
        set _venvoy_status = 1
    endif
endif
unsetenv _VENVOY_ASK
unsetenv _VENVOY_NAME
# The last command decides what the person sees in $status.
alias _venvoy_end :
if ($_venvoy_status != 0) alias _venvoy_end "(exit $_venvoy_status)"
unset _venvoy_self _venvoy_envs _venvoy_do _venvoy_name _venvoy_root _venvoy_status
_venvoy_end
`;
}
