import type { HookFacts } from "../hook.ts";
import { fishCommands } from "./commands.ts";
import { fishFollow } from "./follow.ts";
import { quoteFish } from "./quote.ts";

export function fishHook(facts: HookFacts): string {
  return [core(facts), fishCommands, ...(facts.follows ? [fishFollow] : [])].join("\n");
}

function core({ self, envs, shellDir }: HookFacts): string {
  return `# venvoy's hook. Written by \`venvoy setup\`; changes are lost with the next one.

function _venvoy_self
    if test -x ${quoteFish(self[0])}
        ${self.map(quoteFish).join(" ")} $argv
    else
        command venvoy $argv
    end
end

function _venvoy_home
    if test -n "$VENVOY_HOME"
        set -g _venvoy_envs $VENVOY_HOME/envs
        set -g _venvoy_trusted $VENVOY_HOME/shell/trusted
    else
        set -g _venvoy_envs ${quoteFish(envs)}
        set -g _venvoy_trusted ${quoteFish(`${shellDir}/trusted`)}
    end
end

# NAME or directory -> _venvoy_root, where that is plain to see; venvoy itself knows the rest.
function _venvoy_find
    _venvoy_home
    switch "$argv[1]"
        case '' '-*' . .. '../*' '*/../*' '*/..' '*/' '~*'
            return 1
        case '/*'
            set -g _venvoy_root $argv[1]
        case '*/*'
            set -g _venvoy_root $PWD/(string replace -r -- '^\\./' '' $argv[1])
        case '.*'
            return 1
        case '*'
            set -g _venvoy_root $_venvoy_envs/$argv[1]
    end
    test -e $_venvoy_root/pyvenv.cfg
end

function _venvoy_locate
    _venvoy_find $argv[1]; and return
    set -g _venvoy_root (_venvoy_self show --path -- "$argv[1]" 2>/dev/null)
    test -n "$_venvoy_root"
end

function _venvoy_activate
    if test (count $argv) -ne 1; or string match -q -- '-*' $argv[1]
        _venvoy_self activate $argv
        return
    end
    # A Python that can't be started is venvoy's business: it mends, asks, or says why.
    if not _venvoy_find $argv[1]; or not test -x $_venvoy_root/bin/python; or not test -r $_venvoy_root/bin/activate.fish
        set -g _venvoy_root (_venvoy_self activate --path -- $argv[1])
        or return
        test -n "$_venvoy_root"; or return
    end
    source $_venvoy_root/bin/activate.fish
    set -e _venvoy_auto
    return 0
end

# The environment that a parent shell was in has no function here.
function _venvoy_deactivate
    if functions -q deactivate
        deactivate
        return 0
    end
    test -n "$VIRTUAL_ENV"; or return
    if set -l at (contains -i -- $VIRTUAL_ENV/bin $PATH)
        set -e PATH[$at]
    end
    set -e VIRTUAL_ENV
    set -e VIRTUAL_ENV_PROMPT
    return 0
end

function venvoy -d "Keeps your Python environments"
    switch "$argv[1]"
        case activate
            _venvoy_activate $argv[2..-1]
        case deactivate
            if test (count $argv) -gt 1
                _venvoy_self $argv
            else if not _venvoy_deactivate
                echo "venvoy: no environment is active" >&2
                return 1
            end
        case set
            _venvoy_self $argv
            or return
            if test -n "$VIRTUAL_ENV"
                if test -e $VIRTUAL_ENV/.venvoy/intent.toml; or test -e $VIRTUAL_ENV/../../intent.toml
                    source $VIRTUAL_ENV/bin/activate.fish
                end
            end
        case trust
            _venvoy_self $argv
            or return
            set -e _venvoy_key
            functions -q _venvoy_follow; and _venvoy_follow
            return 0
        case '*'
            _venvoy_self $argv
    end
end
`;
}
