/**
 * `bin/activate.csh` for csh and tcsh. These shells tell a sourced file its place only through `$_`, the line that was
 * typed.
 */
export const activateCsh = `# Use it as: source bin/activate.csh    (csh, tcsh; at the prompt)
# Finds the environment by the line that was typed, so the environment may be moved or renamed.
set _venvoy_line = ($_)

alias deactivate 'if ($?_OLD_VIRTUAL_PATH) setenv PATH "$_OLD_VIRTUAL_PATH"; unset _OLD_VIRTUAL_PATH; rehash; if ($?_OLD_VIRTUAL_PROMPT) set prompt = "$_OLD_VIRTUAL_PROMPT"; unset _OLD_VIRTUAL_PROMPT; unsetenv VIRTUAL_ENV; unsetenv VIRTUAL_ENV_PROMPT; if ("\\!:*" != "nondestructive") unalias deactivate'
deactivate nondestructive

if ($#_venvoy_line < 2) then
    echo "activate.csh: use it at the prompt, as: source PATH/bin/activate.csh"
else
    setenv VIRTUAL_ENV "\`cd $_venvoy_line[2]:h:q/..; pwd\`"
    set _OLD_VIRTUAL_PATH = "$PATH"
    setenv PATH "\${VIRTUAL_ENV}/bin:\${PATH}"
    setenv VIRTUAL_ENV_PROMPT "$VIRTUAL_ENV:t:q"
    if (! $?VIRTUAL_ENV_DISABLE_PROMPT && $?prompt) then
        set _OLD_VIRTUAL_PROMPT = "$prompt"
        set prompt = "($VIRTUAL_ENV_PROMPT) $prompt"
    endif
    rehash
endif
unset _venvoy_line
`;
