/**
 * Activates what the nearest `.venvoy` file at or above the working directory names, once somebody has agreed to that file
 * with that name; outside of its directory, what it activated goes. What a person activated stays. Starts no program.
 */
export const posixFollow = `_venvoy_follow () {
    _venvoy_status=$?
    if [ "$PWD" != "\${_venvoy_pwd-}" ] || [ -z "\${_venvoy_key+set}" ] || [ -z "$_venvoy_key" ]; then
        _venvoy_pwd="$PWD"
        _venvoy_wanted_here
        if [ "$_venvoy_wanted:$_venvoy_file" != "\${_venvoy_key-}" ]; then
            _venvoy_key="$_venvoy_wanted:$_venvoy_file"
            if [ -n "\${_venvoy_auto-}" ] && [ "\${VIRTUAL_ENV-}" = "$_venvoy_auto" ]; then
                _venvoy_deactivate
            fi
            unset _venvoy_auto
            if [ -n "$_venvoy_wanted" ] && [ -z "\${VIRTUAL_ENV-}" ] && _venvoy_agreed; then
                case "$_venvoy_wanted" in
                    ./*) _venvoy_wanted="\${_venvoy_file%/.venvoy}/\${_venvoy_wanted#./}" ;;
                esac
                if _venvoy_activate "$_venvoy_wanted"; then
                    _venvoy_auto="$VIRTUAL_ENV"
                fi
            fi
        fi
    fi
    return $_venvoy_status
}

# -> _venvoy_file, the nearest .venvoy file, and _venvoy_wanted, the name in it.
_venvoy_wanted_here () {
    _venvoy_wanted=
    _venvoy_file=
    _venvoy_up="\${PWD%/}"
    while [ ! -f "$_venvoy_up/.venvoy" ] || [ ! -r "$_venvoy_up/.venvoy" ]; do
        [ -n "$_venvoy_up" ] || return 0
        _venvoy_up="\${_venvoy_up%/*}"
    done
    _venvoy_file="$_venvoy_up/.venvoy"
    while IFS=" 	" read -r _venvoy_line || [ -n "$_venvoy_line" ]; do
        _venvoy_line="\${_venvoy_line%"\r"}"
        while [ "$_venvoy_line" != "\${_venvoy_line%[ 	]}" ]; do
            _venvoy_line="\${_venvoy_line%[ 	]}"
        done
        case "$_venvoy_line" in
            "" | "#"*) ;;
            *)
                _venvoy_wanted="$_venvoy_line"
                break
                ;;
        esac
    done < "$_venvoy_file"
    # Both are shown, and kept in a list of lines.
    case "$_venvoy_wanted:$_venvoy_file" in
        *[[:cntrl:]]* | -*) _venvoy_wanted= ;;
    esac
}

_venvoy_agreed () {
    _venvoy_home
    _venvoy_answer=
    if [ -r "$_venvoy_trusted" ]; then
        while IFS="	" read -r _venvoy_line _venvoy_name _venvoy_path; do
            if [ "$_venvoy_name" = "$_venvoy_wanted" ] && [ "$_venvoy_path" = "$_venvoy_file" ]; then
                _venvoy_answer="$_venvoy_line"
            fi
        done < "$_venvoy_trusted"
    fi
    if [ -z "$_venvoy_answer" ] && [ -t 0 ] && [ -t 2 ]; then
        printf 'Activate %s in this directory (%s)? [y/N] ' "$_venvoy_wanted" "$_venvoy_file" >&2
        read -r _venvoy_answer || echo >&2
        case "$_venvoy_answer" in
            [yY] | [yY][eE][sS]) _venvoy_answer=y ;;
            *)
                _venvoy_answer=n
                echo "venvoy: left alone; to change that: venvoy trust" >&2
                ;;
        esac
        printf '%s\\t%s\\t%s\\n' "$_venvoy_answer" "$_venvoy_wanted" "$_venvoy_file" >> "$_venvoy_trusted"
    fi
    [ "$_venvoy_answer" = y ]
}
`;
