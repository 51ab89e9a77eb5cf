import type { System } from "../ports/index.ts";

type Os = System["os"];
type PerOs = Readonly<Partial<Record<Os, readonly string[]>>>;

/** What a program has to be started with to see packages. */
export interface HostLaunch {
  /** A list of directories that it looks for packages in, or (`startup`) for startup files. */
  readonly variable: string;
  /** In front of the person's own arguments. */
  readonly arguments?: readonly string[];
  /** Set beside it. */
  readonly set?: Readonly<Record<string, string>>;
  /** The variable leads to a directory with our lines in this language, in a file of this name. */
  readonly startup?: { readonly language: "maxscript"; readonly file: string };
}

const byPath: HostLaunch = { variable: "PYTHONPATH" };

/**
 * A kind of host program, as its maker describes it. Places are patterns: `~` is the person's home, `%NAME%` a variable,
 * `*` stands for one part of a name (the highest version found is taken). What can be measured is measured by `host add`;
 * the rest is here.
 */
export interface HostTemplate {
  readonly id: string;
  readonly title: string;
  /** Its Python program, best place first. */
  readonly python: PerOs;
  /** Directories on its search path that are meant for people's packages. */
  readonly reads: PerOs;
  /** Where it keeps environments of its own. */
  readonly siteEnvs?: PerOs;
  /** Directories whose path files (`python-3*.pth`) it reads. */
  readonly pathDirs?: PerOs;
  /** Variables that the program itself honours or drops, which its Python alone would not tell. */
  readonly program: { readonly honours: readonly string[]; readonly ignores: readonly string[] };
  /** The program that a person starts. */
  readonly application?: PerOs;
  /** How the program is given packages when it is started with variables; absent where no variable reaches its Python. */
  readonly launch?: HostLaunch;
  /** How a few lines reach its start: what `host snippet` writes. */
  readonly snippet:
    | "path-file"
    | "startup-script"
    | "environment-file"
    | "add-on"
    | "package-file"
    | "init-script"
    | "plugin-directory";
  /** What people run into, one sentence without a final period. */
  readonly note: string;
  /** Where this is said. Pythons' places without a page of the maker's are as installations have them. */
  readonly sources: readonly string[];
}

const rhinoSources = [
  "https://developer.rhino3d.com/guides/scripting/advanced-langinit",
  "https://developer.rhino3d.com/guides/scripting/advanced-pthfiles",
  "https://developer.rhino3d.com/guides/scripting/editor-configs/",
];

function rhino(version: "8" | "9", runtimes: readonly string[]): HostTemplate {
  const each = (tail: (runtime: string) => string): readonly string[] =>
    runtimes.map((name) => `~/.rhinocode/${tail(name)}`);
  const unix = each((name) => `${name}/bin/python3`).concat(
    each((name) => `${name}/bin/python3.*`),
    each((name) => `${name}/python3.*`),
  );
  const envs = each((name) => `${name}/site-envs`);
  return {
    id: `rhino${version}`,
    title: `Rhino ${version}`,
    python: { windows: each((name) => `${name}/python.exe`), macos: unix, linux: unix },
    reads: {},
    siteEnvs: { windows: envs, macos: envs, linux: envs },
    pathDirs: {
      windows: [
        `%PROGRAMDATA%/McNeel/Rhinoceros/${version}.0/scripts`,
        `%APPDATA%/McNeel/Rhinoceros/${version}.0/scripts`,
        "~/.rhinocode",
      ],
      macos: [
        `/Users/Shared/McNeel/Rhinoceros/${version}.0/scripts`,
        `~/Library/Application Support/McNeel/Rhinoceros/${version}.0/scripts`,
        "~/.rhinocode",
      ],
      linux: ["~/.rhinocode"],
    },
    program: { honours: [], ignores: ["PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE"] },
    snippet: "path-file",
    note: "one Python for all scripts; environments are folders below `site-envs` and share the process",
    sources: rhinoSources,
  };
}

/** The kinds that are known. */
export const templates: readonly HostTemplate[] = [
  rhino("8", ["py39-rh8"]),
  rhino("9", ["py3*-rh9"]),
  {
    id: "blender",
    title: "Blender",
    python: {
      windows: ["%PROGRAMFILES%/Blender Foundation/Blender */*/python/bin/python.exe"],
      macos: ["/Applications/Blender.app/Contents/Resources/*/python/bin/python3.*"],
      linux: ["/opt/blender*/*/python/bin/python3.*", "~/blender*/*/python/bin/python3.*"],
    },
    reads: {
      windows: ["%APPDATA%/Blender Foundation/Blender/*/scripts/modules"],
      macos: ["~/Library/Application Support/Blender/*/scripts/modules"],
      linux: ["~/.config/blender/*/scripts/modules"],
    },
    program: { honours: [], ignores: ["PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE"] },
    application: {
      windows: ["%PROGRAMFILES%/Blender Foundation/Blender */blender.exe"],
      macos: ["/Applications/Blender.app/Contents/MacOS/Blender"],
      linux: ["/opt/blender*/blender", "~/blender*/blender", "/usr/bin/blender"],
    },
    launch: {
      variable: "PYTHONPATH",
      arguments: ["--python-use-system-env"],
      // The same switch would let the person's own site-packages in.
      set: { PYTHONNOUSERSITE: "1" },
    },
    snippet: "add-on",
    note: "drops PYTHON variables unless started with --python-use-system-env; add-ons must not change sys.path, extensions list `wheels`",
    sources: [
      "https://docs.blender.org/manual/en/dev/advanced/blender_directory_layout.html",
      "https://docs.blender.org/manual/en/latest/advanced/extensions/python_wheels.html",
      "https://docs.blender.org/manual/en/latest/advanced/command_line/arguments.html",
    ],
  },
  {
    id: "maya",
    title: "Maya",
    python: {
      windows: ["%PROGRAMFILES%/Autodesk/Maya*/bin/mayapy.exe"],
      macos: ["/Applications/Autodesk/maya*/Maya.app/Contents/bin/mayapy"],
      linux: ["/usr/autodesk/maya*/bin/mayapy"],
    },
    reads: {},
    program: { honours: ["PYTHONPATH"], ignores: [] },
    application: {
      windows: ["%PROGRAMFILES%/Autodesk/Maya*/bin/maya.exe"],
      macos: ["/Applications/Autodesk/maya*/Maya.app/Contents/bin/maya"],
      linux: ["/usr/autodesk/maya*/bin/maya"],
    },
    launch: byPath,
    snippet: "startup-script",
    note: "its own site-packages needs an administrator; a directory on PYTHONPATH (Maya.env) or in userSetup.py does not",
    sources: ["https://help.autodesk.com/view/MAYAUL/2025/ENU/?guid=GUID-72A245EC-CDB4-46AB-BEE0-4BBBF9791627"],
  },
  {
    id: "3dsmax",
    title: "3ds Max",
    python: {
      windows: [
        "%PROGRAMFILES%/Autodesk/3ds Max */Python/python.exe",
        "%PROGRAMFILES%/Autodesk/3ds Max */3dsmaxpy.exe",
      ],
    },
    reads: {},
    program: { honours: [], ignores: ["PYTHONPATH"] },
    application: { windows: ["%PROGRAMFILES%/Autodesk/3ds Max */3dsmax.exe"] },
    launch: {
      variable: "ADSK_3DSMAX_STARTUPSCRIPTS_ADDON_DIR",
      startup: { language: "maxscript", file: "venvoy.ms" },
    },
    snippet: "startup-script",
    note: "may drop PYTHONPATH; a startup script that adds the directory is what works",
    sources: [
      "https://help.autodesk.com/view/MAXDEV/2025/ENU/?guid=MAXDEV_Python_python_pip_html",
      "https://help.autodesk.com/cloudhelp/2025/ENU/3DSMax-Basics/files/GUID-D7D373FD-CA78-4986-AB3D-B1E25F2A37CC.htm",
    ],
  },
  {
    id: "houdini",
    title: "Houdini",
    python: {
      windows: ["%PROGRAMFILES%/Side Effects Software/Houdini */bin/hython.exe"],
      macos: ["/Applications/Houdini/Houdini*/Frameworks/Houdini.framework/Versions/Current/Resources/bin/hython"],
      linux: ["/opt/hfs*/bin/hython"],
    },
    reads: {
      windows: ["~/Documents/houdini*/python3.*libs"],
      macos: ["~/Library/Preferences/houdini/*/python3.*libs"],
      linux: ["~/houdini*/python3.*libs"],
    },
    program: { honours: ["PYTHONPATH"], ignores: [] },
    application: {
      windows: ["%PROGRAMFILES%/Side Effects Software/Houdini */bin/houdini.exe"],
      macos: ["/Applications/Houdini/Houdini*/Frameworks/Houdini.framework/Versions/Current/Resources/bin/houdini"],
      linux: ["/opt/hfs*/bin/houdini"],
    },
    launch: byPath,
    snippet: "package-file",
    note: "follows the VFX Reference Platform; a package file sets PYTHONPATH for one installation",
    sources: [
      "https://www.sidefx.com/docs/houdini/hom/locations.html",
      "https://www.sidefx.com/docs/houdini/ref/plugins.html",
    ],
  },
  {
    id: "nuke",
    title: "Nuke",
    python: {
      windows: ["%PROGRAMFILES%/Nuke*/python.exe"],
      macos: ["/Applications/Nuke*/Nuke*.app/Contents/MacOS/python*"],
      linux: ["/usr/local/Nuke*/python3*", "/opt/Nuke*/python3*"],
    },
    reads: { windows: ["~/.nuke"], macos: ["~/.nuke"], linux: ["~/.nuke"] },
    program: { honours: ["PYTHONPATH", "NUKE_PATH"], ignores: [] },
    application: {
      windows: ["%PROGRAMFILES%/Nuke*/Nuke*.exe"],
      macos: ["/Applications/Nuke*/Nuke*.app/Contents/MacOS/Nuke*"],
      linux: ["/usr/local/Nuke*/Nuke*", "/opt/Nuke*/Nuke*"],
    },
    launch: byPath,
    snippet: "init-script",
    note: "`init.py` in a directory of NUKE_PATH runs at every start, also without a window",
    sources: [
      "https://learn.foundry.com/nuke/15.0/content/comp_environment/configuring_nuke/loading_gizmos_plugins_scripts.html",
    ],
  },
  {
    id: "unreal",
    title: "Unreal Engine",
    python: {
      windows: ["%PROGRAMFILES%/Epic Games/UE_*/Engine/Binaries/ThirdParty/Python3/Win64/python.exe"],
      macos: ["/Users/Shared/Epic Games/UE_*/Engine/Binaries/ThirdParty/Python3/Mac/bin/python3"],
      linux: ["~/UnrealEngine*/Engine/Binaries/ThirdParty/Python3/Linux/bin/python3"],
    },
    reads: {},
    program: { honours: ["UE_PYTHONPATH"], ignores: ["PYTHONPATH", "PYTHONHOME"] },
    application: {
      windows: ["%PROGRAMFILES%/Epic Games/UE_*/Engine/Binaries/Win64/UnrealEditor.exe"],
      macos: ["/Users/Shared/Epic Games/UE_*/Engine/Binaries/Mac/UnrealEditor.app/Contents/MacOS/UnrealEditor"],
      linux: ["~/UnrealEngine*/Engine/Binaries/Linux/UnrealEditor"],
    },
    launch: { variable: "UE_PYTHONPATH" },
    snippet: "plugin-directory",
    note: "a plugin's Content/Python/Lib/site-packages (and Content/Python/PLATFORM/Lib/site-packages for native packages) is on its path",
    sources: [
      "https://dev.epicgames.com/documentation/en-us/unreal-engine/python-plugin-dependency-management-for-unreal-engine",
      "https://dev.epicgames.com/documentation/en-us/unreal-engine/scripting-the-unreal-editor-using-python",
    ],
  },
  {
    id: "qgis",
    title: "QGIS",
    python: {
      windows: ["%PROGRAMFILES%/QGIS */apps/Python3*/python.exe", "C:/OSGeo4W*/apps/Python3*/python.exe"],
      macos: ["/Applications/QGIS*.app/Contents/MacOS/bin/python3"],
      linux: ["/usr/bin/python3"],
    },
    reads: {
      windows: ["%APPDATA%/QGIS/QGIS3/profiles/default/python"],
      macos: ["~/Library/Application Support/QGIS/QGIS3/profiles/default/python"],
      linux: ["~/.local/share/QGIS/QGIS3/profiles/default/python"],
    },
    program: { honours: ["PYTHONPATH", "PYQGIS_STARTUP"], ignores: [] },
    application: {
      windows: ["%PROGRAMFILES%/QGIS */bin/qgis-bin.exe", "C:/OSGeo4W*/bin/qgis-bin.exe"],
      macos: ["/Applications/QGIS*.app/Contents/MacOS/QGIS"],
      linux: ["/usr/bin/qgis"],
    },
    launch: byPath,
    snippet: "startup-script",
    note: "brings numpy and its relatives; a second numpy beside them breaks its own plugins",
    sources: ["https://docs.qgis.org/latest/en/docs/pyqgis_developer_cookbook/intro.html"],
  },
];

export function templateOf(id: string): HostTemplate | undefined {
  return templates.find((one) => one.id === id);
}
