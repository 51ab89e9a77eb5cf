/**
 * `bin/activate.csh` for csh and tcsh. These shells tell a sourced file its place only through `$_`, the line that was
 * typed.
 */
export const activateCsh = `# Use it as: source bin/activate.csh    (csh, tcsh; at the prompt)
# Finds the environment by the line that was typed, so the environment may be moved or renamed.
set _venvoy_line = ($_)

alias deactivate 'test $?_OLD_VIRTUAL_PATH != 0 && setenv PATH "$_OLD_VIRTUAL_PATH" && unset _OLD_VIRTUAL_PATH; rehash; test $?_OLD_VIRTUAL_PROMPT != 0 && set prompt = "$_OLD_VIRTUAL_PROMPT" && unset _OLD_VIRTUAL_PROMPT; unsetenv VIRTUAL_ENV; unsetenv VIRTUAL_ENV_PROMPT; test "\\!:*" != nondestructive && unalias deactivate'
deactivate nondestructive

set _venvoy_file = ""
if ($#_venvoy_line >= 2) then
    set _venvoy_file = "$_venvoy_line[2]"
endif
if ("$_venvoy_file" =~ ./*) set _venvoy_file = "$_venvoy_file:s,./,,"
if ("$_venvoy_file" !~ /*) set _venvoy_file = "$cwd/$_venvoy_file"

if (! -e "$_venvoy_file:h:h/pyvenv.cfg") then
    echo "activate.csh: use it at the prompt, as: source PATH/bin/activate.csh"
else
    # Two names off the end, without following links: the stable path stays stable.
    setenv VIRTUAL_ENV "$_venvoy_file:h:h"
    set _OLD_VIRTUAL_PATH = "$PATH"
    setenv PATH "\${VIRTUAL_ENV}/bin:\${PATH}"
    setenv VIRTUAL_ENV_PROMPT "$VIRTUAL_ENV:t"
    if ("$VIRTUAL_ENV:h:t" == generations) setenv VIRTUAL_ENV_PROMPT "$VIRTUAL_ENV:h:h:t"
    if (! $?VIRTUAL_ENV_DISABLE_PROMPT && $?prompt) then
        set _OLD_VIRTUAL_PROMPT = "$prompt"
        set prompt = "($VIRTUAL_ENV_PROMPT) $prompt"
    endif
    rehash
endif
unset _venvoy_line _venvoy_file
`;
