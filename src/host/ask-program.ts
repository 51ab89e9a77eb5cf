/**
 * What a host's Python is asked, as an ordinary start of it (not isolated: its search path is what matters). Runs on
 * Python 3.7 and newer, with the standard library alone.
 */
export const hostMarks = { begin: "<venvoy-host:", end: ":venvoy-host>" } as const;

export const hostProgram = `
import json, os, sys, sysconfig
try:
    import site
    user_site = site.getusersitepackages()
    user_on = bool(site.ENABLE_USER_SITE)
except Exception:
    user_site, user_on = None, False
answer = {
    "path": [os.path.abspath(p) for p in sys.path if p],
    "writable": [os.path.abspath(p) for p in sys.path if p and os.path.isdir(p) and os.access(p, os.W_OK)],
    "userSite": user_site,
    "userOn": user_on,
    "prefix": sys.prefix,
    "soabi": sysconfig.get_config_var("SOABI"),
    "platform": sysconfig.get_platform(),
    "version": ".".join(map(str, sys.version_info[:3])),
    "implementation": sys.implementation.name,
}
sys.stdout.write("\\n${hostMarks.begin}" + json.dumps(answer) + "${hostMarks.end}\\n")
`;
