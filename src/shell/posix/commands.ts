/**
 * The commands of MultiVenv, with its texts and exit statuses, and those of virtualenvwrapper, where nobody else has
 * defined them. Names are checked by venvoy, and `rmvenv` moves to the trash.
 */
export const posixCommands = `mkvenv () {
    case "\${1-}" in
        "")
            echo "ERROR: No venv name given"
            return 1
            ;;
        -*)
            _venvoy_self create "$@"
            return
            ;;
    esac
    if _venvoy_find "$1"; then
        echo "ERROR: venv name already in use"
        return 1
    fi
    case "\${MULTIVENV_PYTHON:+set} $* " in
        "set "*" -p"* | "set "*" --python"* | " "*) _venvoy_self create "$@" || return ;;
        *) _venvoy_self create --python "$MULTIVENV_PYTHON" "$@" || return ;;
    esac
    _venvoy_activate "$1"
}

usevenv () {
    if [ $# -eq 0 ] || ! _venvoy_locate "$1"; then
        echo "ERROR: venv does not exist"
        return 1
    fi
    _venvoy_activate "$1"
}

stopvenv () {
    if ! _venvoy_deactivate; then
        echo "ERROR: no active venv found"
        return 1
    fi
}

lsvenvs () {
    _venvoy_self list --names "$@"
}

cdvenv () {
    if [ -z "\${1-}" ]; then
        echo "ERROR: No venv name given"
        return 1
    fi
    if ! _venvoy_locate "$1"; then
        echo "ERROR: venv does not exist"
        return 1
    fi
    cd "$_venvoy_root"
}

rmvenv () {
    _venvoy_yes=
    case "\${1-}" in
        -y | --yes)
            _venvoy_yes=y
            shift
            ;;
    esac
    if [ -z "\${1-}" ]; then
        echo "ERROR: No venv name given"
        return 1
    fi
    if ! _venvoy_locate "$1"; then
        echo "ERROR: venv does not exist"
        return 1
    fi
    if [ -n "\${VIRTUAL_ENV-}" ] && [ "$VIRTUAL_ENV/pyvenv.cfg" -ef "$_venvoy_root/pyvenv.cfg" ]; then
        echo "ERROR: cannot remove activate venv"
        return 1
    fi
    if [ -z "$_venvoy_yes" ]; then
        printf 'Are you sure? [y/N] '
        read -r _venvoy_yes || echo
    fi
    case "$_venvoy_yes" in
        [yY] | [yY][eE][sS]) _venvoy_remove "$1" ;;
    esac
}

# A shell that stands in the environment would be one of its users.
_venvoy_remove () {
    _venvoy_was=
    case "$PWD/" in
        "$_venvoy_root"/* | "$_venvoy_envs"/*)
            _venvoy_was="$PWD"
            cd "$_venvoy_envs" || return
            ;;
    esac
    _venvoy_self delete --yes -- "$1"
    set -- $?
    if [ -n "$_venvoy_was" ] && [ -d "$_venvoy_was" ]; then
        cd "$_venvoy_was"
    fi
    return $1
}

if [ -n "\${_venvoy_loaded-}" ] || ! command -v workon > /dev/null 2>&1; then
    _venvoy_loaded=yes
    workon () {
        if [ $# -eq 0 ]; then
            lsvenvs
        elif ! _venvoy_locate "$1"; then
            echo "ERROR: Environment '$1' does not exist. Create it with 'mkvirtualenv $1'." >&2
            return 1
        else
            _venvoy_activate "$1"
        fi
    }

    # [-p PYTHON] [-i PACKAGE]... [-r FILE]... NAME, the name last.
    mkvirtualenv () {
        if [ $# -eq 0 ]; then
            echo "mkvirtualenv [-p PYTHON] [-i PACKAGE] [-r FILE] NAME" >&2
            return 2
        fi
        _venvoy_name=
        _venvoy_count=$#
        while [ $_venvoy_count -gt 0 ]; do
            _venvoy_count=$((_venvoy_count - 1))
            case "$1" in
                -i)
                    _venvoy_count=$((_venvoy_count - 1))
                    set -- "$@" "\${2-}"
                    shift 2
                    ;;
                -r)
                    _venvoy_count=$((_venvoy_count - 1))
                    set -- "$@" --file "\${2-}"
                    shift 2
                    ;;
                -p | --python)
                    _venvoy_count=$((_venvoy_count - 1))
                    set -- "$@" --python "\${2-}"
                    shift 2
                    ;;
                -*)
                    set -- "$@" "$1"
                    shift
                    ;;
                *)
                    _venvoy_name="$1"
                    shift
                    ;;
            esac
        done
        _venvoy_self create "$_venvoy_name" "$@" && _venvoy_activate "$_venvoy_name"
    }

    rmvirtualenv () {
        if [ $# -eq 0 ]; then
            echo "Please specify an environment." >&2
            return 1
        fi
        while [ $# -gt 0 ]; do
            if ! _venvoy_locate "$1"; then
                echo "ERROR: Environment '$1' does not exist." >&2
                return 1
            fi
            if [ -n "\${VIRTUAL_ENV-}" ] && [ "$VIRTUAL_ENV/pyvenv.cfg" -ef "$_venvoy_root/pyvenv.cfg" ]; then
                echo "ERROR: You cannot remove the active environment ('$1')." >&2
                echo "Either switch to another environment, or run 'deactivate'." >&2
                return 1
            fi
            _venvoy_remove "$1" || return
            shift
        done
    }

    lsvirtualenv () {
        lsvenvs
    }

    cdvirtualenv () {
        if [ -z "\${VIRTUAL_ENV-}" ] || [ ! -d "$VIRTUAL_ENV" ]; then
            echo "ERROR: no virtualenv active, or active virtualenv is missing" >&2
            return 1
        fi
        cd "$VIRTUAL_ENV/\${1-}"
    }
fi
`;
