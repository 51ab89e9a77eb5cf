/**
 * `bin/activate` for bash, zsh, ksh and, through the hook, dash. The variables and the function have the names that `venv`
 * uses, so that other tools can undo it. The script finds the environment by its own place and keeps the path by which it
 * was reached: the stable one stays stable. It starts no program.
 */
export const activatePosix = `# Use it as: . bin/activate    (bash, zsh, ksh)
# Finds the environment by its own place, so the environment may be moved or renamed.

deactivate () {
    if [ -n "\${_OLD_VIRTUAL_PATH+set}" ]; then
        # Only the environment's own entry goes: PATH may have changed since.
        _venvoy_bin="\${VIRTUAL_ENV-}/bin"
        _venvoy_rest=":\${PATH-}:"
        if [ -z "\${VIRTUAL_ENV-}" ] || [ "\${PATH-}" = "$_venvoy_bin\${_OLD_VIRTUAL_PATH:+:$_OLD_VIRTUAL_PATH}" ]; then
            PATH="$_OLD_VIRTUAL_PATH"
        elif [ "$_venvoy_rest" != "\${_venvoy_rest#*":$_venvoy_bin:"}" ]; then
            _venvoy_rest="\${_venvoy_rest%%":$_venvoy_bin:"*}:\${_venvoy_rest#*":$_venvoy_bin:"}"
            _venvoy_rest="\${_venvoy_rest#:}"
            PATH="\${_venvoy_rest%:}"
        fi
        export PATH
        unset _OLD_VIRTUAL_PATH _venvoy_bin _venvoy_rest
    fi
    if [ -n "\${_OLD_VIRTUAL_PYTHONHOME+set}" ]; then
        PYTHONHOME="\${_OLD_VIRTUAL_PYTHONHOME}"
        export PYTHONHOME
        unset _OLD_VIRTUAL_PYTHONHOME
    fi
    if command -v _venvoy_restore > /dev/null 2>&1; then
        _venvoy_restore
    fi
    hash -r 2> /dev/null || true
    if [ -n "\${_OLD_VIRTUAL_PS1+set}" ]; then
        if [ -z "\${_VENVOY_PS1+set}" ]; then
            PS1="\${_OLD_VIRTUAL_PS1}"
        elif [ "\${PS1-}" != "\${PS1#*"$_VENVOY_PS1"}" ]; then
            PS1="\${PS1%%"$_VENVOY_PS1"*}\${PS1#*"$_VENVOY_PS1"}"
        fi
        unset _OLD_VIRTUAL_PS1 _VENVOY_PS1
    fi
    unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
    if [ "\${1-}" != "nondestructive" ]; then
        unset -f deactivate
    fi
}

deactivate nondestructive

if [ -n "\${_venvoy_root-}" ]; then
    # The hook knows already.
    _venvoy_file="$_venvoy_root/bin/activate"
elif [ -n "\${BASH_VERSION-}" ]; then
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
export VIRTUAL_ENV

_OLD_VIRTUAL_PATH="\${PATH-}"
PATH="$VIRTUAL_ENV/bin\${PATH:+:$PATH}"
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

# What the environment keeps lies beside its versions: the time of its last use, and its variables.
if [ -e "$VIRTUAL_ENV/.venvoy/intent.toml" ]; then
    _venvoy_file="$VIRTUAL_ENV/.venvoy"
else
    _venvoy_file="$VIRTUAL_ENV/../.."
fi
if [ -e "$_venvoy_file/intent.toml" ]; then
    { printf '%s\\n' "$PWD" >> "$_venvoy_file/used-from"; true >| "$_venvoy_file/used"; } 2> /dev/null || true
    if [ -r "$_venvoy_file/variables.sh" ]; then
        . "$_venvoy_file/variables.sh"
    fi
fi

if [ -z "\${VIRTUAL_ENV_DISABLE_PROMPT-}" ]; then
    _OLD_VIRTUAL_PS1="\${PS1-}"
    # A prompt is evaluated each time: nothing in a directory's name may do anything there.
    _VENVOY_PS1="$VIRTUAL_ENV_PROMPT"
    while true; do
        case "$_VENVOY_PS1" in
            *[\\\\\\$\\\`%!\\"[:cntrl:]]*)
                _venvoy_file=\${_VENVOY_PS1%%[\\\\\\$\\\`%!\\"[:cntrl:]]*}
                _VENVOY_PS1=\${_venvoy_file}_\${_VENVOY_PS1#*[\\\\\\$\\\`%!\\"[:cntrl:]]}
                ;;
            *) break ;;
        esac
    done
    _VENVOY_PS1="($_VENVOY_PS1) "
    PS1="$_VENVOY_PS1\${PS1-}"
fi
unset _venvoy_file

hash -r 2> /dev/null || true
`;
