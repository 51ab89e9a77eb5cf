import type { HookFacts } from "../hook.ts";
import { posixCommands } from "./commands.ts";
import { posixFollow } from "./follow.ts";
import { quotePosix } from "./quote.ts";

const prompts = {
  // The functions of an older prompt see the status that they always saw; ours goes first, so that they see the change.
  bash: `case "\${PROMPT_COMMAND-}" in
    *_venvoy_follow*) ;;
    *) PROMPT_COMMAND="_venvoy_follow\${PROMPT_COMMAND:+
$PROMPT_COMMAND}" ;;
esac
`,
  zsh: `autoload -Uz add-zsh-hook
add-zsh-hook precmd _venvoy_follow
`,
  // No hook of their own: \`cd\` is the only way to another directory.
  cd: `cd () {
    command cd "$@" || return
    _venvoy_follow
}
_venvoy_follow
`,
};

export const bashHook = (facts: HookFacts): string => hook(facts, "bash");
export const zshHook = (facts: HookFacts): string => hook(facts, "zsh");
export const kshHook = (facts: HookFacts): string => hook(facts, "cd");
export const shHook = (facts: HookFacts): string => hook(facts, "cd");

function hook(facts: HookFacts, prompt: keyof typeof prompts): string {
  const parts = [core(facts), posixCommands, ...(facts.follows ? [posixFollow, prompts[prompt]] : [])];
  return parts.join("\n");
}

function core({ self, envs, shellDir }: HookFacts): string {
  return `# venvoy's hook. Written by \`venvoy setup\`; changes are lost with the next one.

_venvoy_self () {
    if [ -x ${quotePosix(self[0])} ]; then
        ${self.map(quotePosix).join(" ")} "$@"
    else
        command venvoy "$@"
    fi
}

_venvoy_home () {
    if [ -n "\${VENVOY_HOME-}" ]; then
        _venvoy_envs="$VENVOY_HOME/envs"
        _venvoy_trusted="$VENVOY_HOME/shell/trusted"
    else
        _venvoy_envs=${quotePosix(envs)}
        _venvoy_trusted=${quotePosix(`${shellDir}/trusted`)}
    fi
}

# NAME or directory -> _venvoy_root, where that is plain to see; venvoy itself knows the rest.
_venvoy_find () {
    _venvoy_home
    case "\${1-}" in
        "" | -* | . | .. | ../* | */../* | */.. | */ | "~"*) return 1 ;;
        /*) _venvoy_root="$1" ;;
        ./*) _venvoy_root="$PWD/\${1#./}" ;;
        */*) _venvoy_root="$PWD/$1" ;;
        .*) return 1 ;;
        *) _venvoy_root="$_venvoy_envs/$1" ;;
    esac
    [ -e "$_venvoy_root/pyvenv.cfg" ]
}

_venvoy_locate () {
    _venvoy_find "$1" || _venvoy_root="$(_venvoy_self show --path -- "$1" 2> /dev/null)" && [ -n "$_venvoy_root" ]
}

_venvoy_activate () {
    case "\${1--}" in
        -*)
            _venvoy_self activate "$@"
            return
            ;;
    esac
    if [ $# -ne 1 ]; then
        _venvoy_self activate "$@"
        return
    fi
    # A Python that can't be started is venvoy's business: it mends, asks, or says why.
    if ! _venvoy_find "$1" || [ ! -x "$_venvoy_root/bin/python" ] || [ ! -r "$_venvoy_root/bin/activate" ]; then
        _venvoy_root="$(_venvoy_self activate --path -- "$1")" || return
        [ -n "$_venvoy_root" ] || return 1
    fi
    . "$_venvoy_root/bin/activate"
    unset _venvoy_root _venvoy_auto
}

# The environment that a parent shell was in has no function here.
_venvoy_deactivate () {
    if [ -n "\${_OLD_VIRTUAL_PATH+set}" ]; then
        deactivate
        return 0
    fi
    [ -n "\${VIRTUAL_ENV-}" ] || return 1
    _venvoy_rest=":$PATH:"
    if [ "$_venvoy_rest" != "\${_venvoy_rest#*":$VIRTUAL_ENV/bin:"}" ]; then
        _venvoy_rest="\${_venvoy_rest%%":$VIRTUAL_ENV/bin:"*}:\${_venvoy_rest#*":$VIRTUAL_ENV/bin:"}"
        _venvoy_rest="\${_venvoy_rest#:}"
        PATH="\${_venvoy_rest%:}"
    fi
    unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT _venvoy_rest
}

_venvoy_again () {
    [ -n "\${VIRTUAL_ENV-}" ] || return 0
    if [ -e "$VIRTUAL_ENV/.venvoy/intent.toml" ] || [ -e "$VIRTUAL_ENV/../../intent.toml" ]; then
        _venvoy_root="$VIRTUAL_ENV"
        . "$VIRTUAL_ENV/bin/activate"
        unset _venvoy_root
    fi
}

venvoy () {
    case "\${1-}" in
        activate)
            shift
            _venvoy_activate "$@"
            ;;
        deactivate)
            shift
            if [ $# -gt 0 ]; then
                _venvoy_self deactivate "$@"
            elif ! _venvoy_deactivate; then
                echo "venvoy: no environment is active" >&2
                return 1
            fi
            ;;
        set)
            _venvoy_self "$@" && _venvoy_again
            ;;
        trust)
            _venvoy_self "$@" && _venvoy_key=
            ;;
        *) _venvoy_self "$@" ;;
    esac
}
`;
}
