/** The same as for the other shells; fish tells of every change of its working directory. */
export const fishFollow = `function _venvoy_follow --on-variable PWD
    status is-interactive; or set -q _venvoy_always; or return
    _venvoy_wanted_here
    test "$_venvoy_wanted:$_venvoy_file" = "$_venvoy_key"; and return
    set -g _venvoy_key "$_venvoy_wanted:$_venvoy_file"
    if test -n "$_venvoy_auto"; and test "$VIRTUAL_ENV" = "$_venvoy_auto"
        _venvoy_deactivate
    end
    set -e _venvoy_auto
    if test -n "$_venvoy_wanted"; and test -z "$VIRTUAL_ENV"; and _venvoy_agreed
        set -l place $_venvoy_wanted
        if string match -q -- './*' $place
            set place (string replace -r -- '\\.venvoy$' '' $_venvoy_file)(string sub -s 3 -- $place)
        end
        if _venvoy_activate $place
            set -g _venvoy_auto $VIRTUAL_ENV
        end
    end
end

# -> _venvoy_file, the nearest .venvoy file, and _venvoy_wanted, the name in it.
function _venvoy_wanted_here
    set -g _venvoy_wanted
    set -g _venvoy_file
    set -l up (string replace -r -- '/$' '' $PWD)
    while not test -f $up/.venvoy; or not test -r $up/.venvoy
        test -n "$up"; or return
        set up (string replace -r -- '/[^/]*$' '' $up)
    end
    set -g _venvoy_file $up/.venvoy
    while read -l line
        set line (string trim -- $line)
        if test -n "$line"; and not string match -q -- '#*' $line
            set -g _venvoy_wanted $line
            break
        end
    end <$_venvoy_file
    # Both are shown, and kept in a list of lines.
    if string match -qr -- '[[:cntrl:]]|^-' "$_venvoy_wanted$_venvoy_file"
        set -g _venvoy_wanted
    end
end

function _venvoy_agreed
    _venvoy_home
    set -l answer
    set -l tab \\t
    if test -r $_venvoy_trusted
        while read -l line
            test "$line" = "y$tab$_venvoy_wanted$tab$_venvoy_file"; and set answer y
            test "$line" = "n$tab$_venvoy_wanted$tab$_venvoy_file"; and set answer n
        end <$_venvoy_trusted
    end
    if test -z "$answer"; and isatty stdin; and isatty stderr
        read -P "Activate $_venvoy_wanted in this directory ($_venvoy_file)? [y/N] " answer
        if string match -qir -- '^y(es)?$' $answer
            set answer y
        else
            set answer n
            echo "venvoy: left alone; to change that: venvoy trust" >&2
        end
        printf '%s\\t%s\\t%s\\n' $answer $_venvoy_wanted $_venvoy_file >>$_venvoy_trusted
    end
    test "$answer" = y
end

_venvoy_follow
`;
