/**
 * `bin/activate.csh` for csh and tcsh. These shells don't tell a sourced file its place. The hook tells it in
 * `_venvoy_root`; at the prompt the line that was typed is the last of the history (`$_` is the one before it, tcsh 6.24),
 * which keeps the path that stays the same; in a script, Linux tells which files the shell has open. Blanks in the path
 * come back as words, joined again by double quotes. Setting PATH makes these shells look for programs anew.
 */
export const activateCsh = `# Use it as: source bin/activate.csh    (csh, tcsh)
# Finds the environment by its own place, so the environment may be moved or renamed.
if ($?_OLD_VIRTUAL_PATH) then
    deactivate nondestructive
endif

# Only the environment's own entry goes: PATH may have changed since. csh has no words for that, sh has.
setenv _VENVOY_OFF 'p=":$PATH:"; b=":$VIRTUAL_ENV/bin:"; case "$p" in *"$b"*) p="\${p%%"$b"*}:\${p#*"$b"}";; esac; p="\${p#:}"; printf %s "\${p%:}"'
alias _venvoy_restore :
alias _venvoy_prompt :
alias deactivate 'set _venvoy_same = 0; if ("$PATH" == "\${VIRTUAL_ENV}/bin:\${_OLD_VIRTUAL_PATH}") set _venvoy_same = 1; if ($_venvoy_same == 1) setenv PATH "$_OLD_VIRTUAL_PATH"; if ($_venvoy_same == 0) setenv PATH "\`printenv _VENVOY_OFF | sh\`"; unset _OLD_VIRTUAL_PATH _venvoy_same; _venvoy_restore; _venvoy_prompt; unsetenv VIRTUAL_ENV; unsetenv VIRTUAL_ENV_PROMPT; unsetenv _VENVOY_OFF; if ("\\!:*" != nondestructive) unalias deactivate'

if ($?_venvoy_root) then
    set _venvoy_file = "$_venvoy_root/bin/activate.csh"
else
    set _venvoy_line = \`history -h 1 | awk '{ sub(/^[ \\t]*source[ \\t]+/, ""); gsub(/[\\\\"\\047]/, ""); sub(/[ \\t]*[;&|].*/, ""); print }'\`
    if ("$_venvoy_line" !~ *activate.csh || ! -e "$_venvoy_line") then
        set _venvoy_line = ""
        if (-d /proc/$$/fd) set _venvoy_line = \`find /proc/$$/fd -lname '*/activate.csh' -printf '%l\\n'\`
    endif
    set _venvoy_file = "$_venvoy_line"
    if ("$_venvoy_file" =~ ./*) set _venvoy_file = "$_venvoy_file:s,./,,"
    if ("$_venvoy_file" !~ /*) set _venvoy_file = "$cwd/$_venvoy_file"
endif

if (! -e "$_venvoy_file:h:h/pyvenv.cfg") then
    echo "activate.csh: this shell doesn't say where the script is; use it at the prompt, as: source PATH/bin/activate.csh"
else
    # Two names off the end, without following links: the stable path stays stable.
    setenv VIRTUAL_ENV "$_venvoy_file:h:h"
    set _OLD_VIRTUAL_PATH = "$PATH"
    setenv PATH "\${VIRTUAL_ENV}/bin:\${PATH}"
    setenv VIRTUAL_ENV_PROMPT "$VIRTUAL_ENV:t"
    if ("$VIRTUAL_ENV:h:t" == generations) setenv VIRTUAL_ENV_PROMPT "$VIRTUAL_ENV:h:h:t"
    # What the environment keeps lies beside its versions: the time of its last use, and its variables.
    set _venvoy_file = "$VIRTUAL_ENV/../.."
    if (-e "$VIRTUAL_ENV/.venvoy/intent.toml") set _venvoy_file = "$VIRTUAL_ENV/.venvoy"
    if (-e "$_venvoy_file/intent.toml") then
        if (-w "$_venvoy_file") then
            echo "$cwd:q" >>! "$_venvoy_file/used-from"
            echo -n "" >! "$_venvoy_file/used"
        endif
        if (-r "$_venvoy_file/variables.csh") then
            source "$_venvoy_file/variables.csh"
        endif
    endif
    if (! $?VIRTUAL_ENV_DISABLE_PROMPT && $?prompt) then
        set _OLD_VIRTUAL_PROMPT = "$prompt"
        alias _venvoy_prompt 'set prompt = "$_OLD_VIRTUAL_PROMPT"; unset _OLD_VIRTUAL_PROMPT'
        set prompt = "($VIRTUAL_ENV_PROMPT) $prompt"
    endif
endif
unset _venvoy_line _venvoy_file
`;
