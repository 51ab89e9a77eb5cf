/** MultiVenv's commands with its texts and exit statuses, and virtualenvwrapper's where nobody else has defined them. */
export const fishCommands = `function mkvenv
    switch "$argv[1]"
        case ''
            echo "ERROR: No venv name given"
            return 1
        case '-*'
            _venvoy_self create $argv
            return
    end
    if _venvoy_find $argv[1]
        echo "ERROR: venv name already in use"
        return 1
    end
    set -l python
    if test -n "$MULTIVENV_PYTHON"; and not string match -qr -- '^(-p|--python)' $argv
        set python --python $MULTIVENV_PYTHON
    end
    _venvoy_self create $python $argv
    and _venvoy_activate $argv[1]
end

function usevenv
    if not _venvoy_locate "$argv[1]"
        echo "ERROR: venv does not exist"
        return 1
    end
    _venvoy_activate $argv[1]
end

function stopvenv
    if not _venvoy_deactivate
        echo "ERROR: no active venv found"
        return 1
    end
end

function lsvenvs
    _venvoy_self list --names $argv
end

function cdvenv
    if test -z "$argv[1]"
        echo "ERROR: No venv name given"
        return 1
    end
    if not _venvoy_locate $argv[1]
        echo "ERROR: venv does not exist"
        return 1
    end
    cd $_venvoy_root
end

function _venvoy_is_active
    test -n "$VIRTUAL_ENV"; and test (builtin realpath -- $VIRTUAL_ENV) = (builtin realpath -- $_venvoy_root)
end

# A shell that stands in the environment would be one of its users.
function _venvoy_remove
    set -l was
    if string match -q -- "$_venvoy_envs/*" $PWD; or string match -q -- "$_venvoy_root/*" $PWD/
        set was $PWD
        cd $_venvoy_envs; or return
    end
    _venvoy_self delete --yes -- $argv[1]
    set -l result $status
    if test -n "$was"; and test -d $was
        cd $was
    end
    return $result
end

function rmvenv
    set -l yes
    if contains -- "$argv[1]" -y --yes
        set yes y
        set -e argv[1]
    end
    if test -z "$argv[1]"
        echo "ERROR: No venv name given"
        return 1
    end
    if not _venvoy_locate $argv[1]
        echo "ERROR: venv does not exist"
        return 1
    end
    if _venvoy_is_active
        echo "ERROR: cannot remove activate venv"
        return 1
    end
    if test -z "$yes"
        read -P 'Are you sure? [y/N] ' yes
    end
    if string match -qir -- '^y(es)?$' $yes
        _venvoy_remove $argv[1]
    else
        return 0
    end
end

if set -q _venvoy_loaded; or not type -q workon
    set -g _venvoy_loaded yes

    function workon
        if test (count $argv) -eq 0
            lsvenvs
        else if not _venvoy_locate $argv[1]
            echo "ERROR: Environment '$argv[1]' does not exist. Create it with 'mkvirtualenv $argv[1]'." >&2
            return 1
        else
            _venvoy_activate $argv[1]
        end
    end

    # [-p PYTHON] [-i PACKAGE]... [-r FILE]... NAME, the name last.
    function mkvirtualenv
        argparse -i 'p/python=' 'i/install=+' 'r/requirement=+' -- $argv
        or return
        if test (count $argv) -eq 0
            echo "mkvirtualenv [-p PYTHON] [-i PACKAGE] [-r FILE] NAME" >&2
            return 2
        end
        set -l words
        for file in $_flag_r
            set -a words --file $file
        end
        test -n "$_flag_p"; and set -a words --python $_flag_p
        _venvoy_self create $argv[-1] $_flag_i $argv[1..-2] $words
        and _venvoy_activate $argv[-1]
    end

    function rmvirtualenv
        if test (count $argv) -eq 0
            echo "Please specify an environment." >&2
            return 1
        end
        for name in $argv
            if not _venvoy_locate $name
                echo "ERROR: Environment '$name' does not exist." >&2
                return 1
            end
            if _venvoy_is_active
                echo "ERROR: You cannot remove the active environment ('$name')." >&2
                echo "Either switch to another environment, or run 'deactivate'." >&2
                return 1
            end
            _venvoy_remove $name
            or return
        end
    end

    function lsvirtualenv
        lsvenvs
    end

    function cdvirtualenv
        if not test -d "$VIRTUAL_ENV"
            echo "ERROR: no virtualenv active, or active virtualenv is missing" >&2
            return 1
        end
        cd $VIRTUAL_ENV/$argv[1]
    end
end
`;
