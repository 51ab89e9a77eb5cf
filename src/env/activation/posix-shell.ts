/**
 * `bin/activate` for bash, zsh and ksh. The variables and the function have the names that `venv` uses, so that other
 * tools can undo it. The script finds the environment by its own place and keeps the path by which it was reached: the
 * stable one stays stable. It starts no program.
 */
export const activatePosix = `# Use it as: . bin/activate    (bash, zsh, ksh)
# Finds the environment by its own place, so the environment may be moved or renamed.

deactivate () {
    if [ -n "\${_OLD_VIRTUAL_PATH+set}" ]; then
        PATH="\${_OLD_VIRTUAL_PATH}"
        export PATH
        unset _OLD_VIRTUAL_PATH
    fi
    if [ -n "\${_OLD_VIRTUAL_PYTHONHOME+set}" ]; then
        PYTHONHOME="\${_OLD_VIRTUAL_PYTHONHOME}"
        export PYTHONHOME
        unset _OLD_VIRTUAL_PYTHONHOME
    fi
    hash -r 2> /dev/null || true
    if [ -n "\${_OLD_VIRTUAL_PS1+set}" ]; then
        PS1="\${_OLD_VIRTUAL_PS1}"
        unset _OLD_VIRTUAL_PS1
    fi
    unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
    if [ "\${1-}" != "nondestructive" ]; then
        unset -f deactivate
    fi
}

deactivate nondestructive

if [ -n "\${BASH_VERSION-}" ]; then
    eval '_venvoy_file="\${BASH_SOURCE[0]}"'
elif [ -n "\${ZSH_VERSION-}" ]; then
    eval '_venvoy_file="\${(%):-%x}"'
elif [ -n "\${KSH_VERSION-}" ]; then
    eval '_venvoy_file="\${.sh.file}"' 2> /dev/null || _venvoy_file=
else
    _venvoy_file=
fi

case "$_venvoy_file" in
    "")
        echo "activate: this shell doesn't say where the script is; use bash, zsh or ksh" >&2
        unset _venvoy_file
        unset -f deactivate
        return 1
        ;;
    /*/bin/activate) VIRTUAL_ENV="\${_venvoy_file%/bin/activate}" ;;
    */*) VIRTUAL_ENV="$(CDPATH= cd -L -- "\${_venvoy_file%/*}/.." > /dev/null && pwd -L)" ;;
    *) VIRTUAL_ENV="$(CDPATH= cd -L -- .. > /dev/null && pwd -L)" ;;
esac
unset _venvoy_file
export VIRTUAL_ENV

_OLD_VIRTUAL_PATH="$PATH"
PATH="$VIRTUAL_ENV/bin:$PATH"
export PATH

# Python would look for its library there instead of in the environment's base.
if [ -n "\${PYTHONHOME+set}" ]; then
    _OLD_VIRTUAL_PYTHONHOME="$PYTHONHOME"
    unset PYTHONHOME
fi

case "$VIRTUAL_ENV" in
    */generations/* | */current)
        VIRTUAL_ENV_PROMPT="\${VIRTUAL_ENV%/current}"
        VIRTUAL_ENV_PROMPT="\${VIRTUAL_ENV_PROMPT%/generations/*}"
        VIRTUAL_ENV_PROMPT="\${VIRTUAL_ENV_PROMPT%/.venvoy}"
        VIRTUAL_ENV_PROMPT="\${VIRTUAL_ENV_PROMPT##*/}"
        VIRTUAL_ENV_PROMPT="\${VIRTUAL_ENV_PROMPT%-????????}"
        ;;
    *) VIRTUAL_ENV_PROMPT="\${VIRTUAL_ENV##*/}" ;;
esac
export VIRTUAL_ENV_PROMPT

if [ -z "\${VIRTUAL_ENV_DISABLE_PROMPT-}" ]; then
    _OLD_VIRTUAL_PS1="\${PS1-}"
    PS1="($VIRTUAL_ENV_PROMPT) \${PS1-}"
    export PS1
fi

hash -r 2> /dev/null || true
`;
