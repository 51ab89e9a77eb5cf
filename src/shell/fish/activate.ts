/** `bin/activate.fish`. */
export const activateFish = `# Use it as: source bin/activate.fish
# Finds the environment by its own place, so the environment may be moved or renamed.

function deactivate -d "Leave the Python environment"
    if set -q _OLD_VIRTUAL_PATH
        # Only the environment's own entry goes: PATH may have changed since.
        if not set -q VIRTUAL_ENV
            set -gx PATH $_OLD_VIRTUAL_PATH
        else if set -l at (contains -i -- $VIRTUAL_ENV/bin $PATH)
            set -e PATH[$at]
        end
        set -e _OLD_VIRTUAL_PATH
    end
    if set -q _OLD_VIRTUAL_PYTHONHOME
        set -gx PYTHONHOME $_OLD_VIRTUAL_PYTHONHOME
        set -e _OLD_VIRTUAL_PYTHONHOME
    end
    if functions -q _venvoy_restore
        _venvoy_restore
    end
    if functions -q _old_fish_prompt
        functions -e fish_prompt
        functions -c _old_fish_prompt fish_prompt
        functions -e _old_fish_prompt _venvoy_status
    end
    set -e VIRTUAL_ENV
    set -e VIRTUAL_ENV_PROMPT
    if test "$argv[1]" != nondestructive
        functions -e deactivate
    end
end

deactivate nondestructive

set -l here (status filename)
string match -q -- '/*' $here; or set here (builtin pwd)/$here
# Two names off the end, without following links: the stable path stays stable.
set -gx VIRTUAL_ENV (string replace -r -- '/+(\\./+)*[^/]+/+[^/]+$' '' $here)

set -g _OLD_VIRTUAL_PATH $PATH
set -gx PATH $VIRTUAL_ENV/bin $PATH

if set -q PYTHONHOME
    set -g _OLD_VIRTUAL_PYTHONHOME $PYTHONHOME
    set -e PYTHONHOME
end

set -l name (string replace -r -- '(/\\.venvoy)?(/generations/[^/]+|/current)$' '' $VIRTUAL_ENV)
if test "$name" = "$VIRTUAL_ENV"
    set -gx VIRTUAL_ENV_PROMPT (string replace -r -- '.*/' '' $name)
else
    set -gx VIRTUAL_ENV_PROMPT (string replace -r -- '.*/(.*?)(-.{8})?$' '$1' $name)
end

# What the environment keeps lies beside its versions: the time of its last use, and its variables.
set -l kept $VIRTUAL_ENV/../..
test -e $VIRTUAL_ENV/.venvoy/intent.toml; and set kept $VIRTUAL_ENV/.venvoy
if test -e $kept/intent.toml
    if test -w $kept
        echo $PWD >>$kept/used-from
        echo -n >$kept/used
    end
    if test -r $kept/variables.fish
        source $kept/variables.fish
    end
end

if test -z "$VIRTUAL_ENV_DISABLE_PROMPT"; and functions -q fish_prompt
    functions -c fish_prompt _old_fish_prompt
    function _venvoy_status
        return $argv[1]
    end
    function fish_prompt
        set -l last $status
        printf '(%s) ' $VIRTUAL_ENV_PROMPT
        # The old prompt may show the status of the last command.
        _venvoy_status $last
        _old_fish_prompt
    end
end
`;
