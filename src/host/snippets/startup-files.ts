import type { System } from "../../ports/index.ts";
import type { SnippetLanguage } from "./languages.ts";

/** Where a program looks for a startup file, and what that may be written in. */
export interface StartupFile {
  readonly language: SnippetLanguage;
  /**
   * Directories that are there once the program has been started, as patterns (see `placesOf`); the newest version's is
   * taken. Below it lies `file`, where `{python}` is the Python's `3.11`.
   */
  readonly above: Readonly<Partial<Record<System["os"], readonly string[]>>>;
  readonly file: string;
  /** The file is venvoy's alone: the program reads all files in that directory. */
  readonly own?: true;
  /** As a sentence for people, without the final period. */
  readonly where: string;
  readonly sources: readonly string[];
}

const home = (pattern: string): StartupFile["above"] => ({ windows: [pattern], macos: [pattern], linux: [pattern] });

const maya: StartupFile["above"] = {
  windows: ["%MAYA_APP_DIR%/20*", "~/Documents/maya/20*"],
  macos: ["%MAYA_APP_DIR%/20*", "~/Library/Preferences/Autodesk/maya/20*"],
  linux: ["%MAYA_APP_DIR%/20*", "~/maya/20*"],
};

const houdini: StartupFile["above"] = {
  windows: ["%HOUDINI_USER_PREF_DIR%", "~/Documents/houdini*", "~/houdini*"],
  macos: ["%HOUDINI_USER_PREF_DIR%", "~/Library/Preferences/houdini/*"],
  linux: ["%HOUDINI_USER_PREF_DIR%", "~/houdini*"],
};

/** By kind of program; the first language is the one that is meant when nobody says. */
export const startupFiles: Readonly<Record<string, readonly [StartupFile, ...StartupFile[]]>> = {
  "3dsmax": [
    {
      language: "maxscript",
      above: { windows: ["%ADSK_3DSMAX_APPDATA_DIR%", "%LOCALAPPDATA%/Autodesk/3dsMax/20* - 64bit/*"] },
      file: "scripts/startup/venvoy.ms",
      own: true,
      where:
        "a file of its own in 3ds Max's user startup scripts (`%LOCALAPPDATA%\\Autodesk\\3dsMax\\YEAR - 64bit\\ENU\\scripts\\startup\\venvoy.ms`), or in a directory that ADSK_3DSMAX_STARTUPSCRIPTS_ADDON_DIR lists (2022.3 and newer)",
      sources: [
        "https://help.autodesk.com/cloudhelp/2024/ENU/MAXScript-Help/files/MAXScript-Introduction/General-MAXScript-Topics/GUID-615D14FB-0F2D-4801-B381-1128C4128C70.html",
        "https://help.autodesk.com/cloudhelp/2025/ENU/3DSMax-Basics/files/GUID-D7D373FD-CA78-4986-AB3D-B1E25F2A37CC.htm",
        "https://help.autodesk.com/cloudhelp/2021/ENU/3DSMax-MAXScript/files/GUID-860B6BEB-AE3E-4F99-96E9-CCD70DF4B772.htm",
      ],
    },
  ],
  maya: [
    {
      language: "python",
      above: maya,
      file: "scripts/userSetup.py",
      where:
        "`userSetup.py` in `$MAYA_APP_DIR/VERSION/scripts` (Windows: `Documents\\maya`, macOS: `~/Library/Preferences/Autodesk/maya`, Linux: `~/maya`)",
      sources: [
        "https://help.autodesk.com/cloudhelp/2027/ENU/Maya-Scripting/files/GUID-640C1383-3FB8-410F-AE18-987A812B5914.htm",
      ],
    },
    {
      language: "mel",
      above: maya,
      file: "scripts/userSetup.mel",
      where:
        "`userSetup.mel` beside `userSetup.py`, in `$MAYA_APP_DIR/VERSION/scripts` or a directory of MAYA_SCRIPT_PATH",
      sources: [
        "https://download.autodesk.com/global/docs/maya2014/en_us/files/Environment_Variables_File_path_variables.htm",
      ],
    },
  ],
  blender: [
    {
      language: "python",
      above: {
        windows: ["%BLENDER_USER_RESOURCES%", "%APPDATA%/Blender Foundation/Blender/*"],
        macos: ["%BLENDER_USER_RESOURCES%", "~/Library/Application Support/Blender/*"],
        linux: ["%BLENDER_USER_RESOURCES%", "%XDG_CONFIG_HOME%/blender/*", "~/.config/blender/*"],
      },
      file: "scripts/startup/venvoy_startup.py",
      own: true,
      where:
        "a file of its own in Blender's user scripts: `scripts/startup/venvoy_startup.py` below `~/.config/blender/VERSION` (Windows: `%APPDATA%\\Blender Foundation\\Blender\\VERSION`, macOS: `~/Library/Application Support/Blender/VERSION`)",
      sources: ["https://docs.blender.org/manual/en/4.5/advanced/blender_directory_layout.html"],
    },
  ],
  houdini: [
    {
      language: "python",
      above: houdini,
      file: "python{python}libs/pythonrc.py",
      where:
        "`pythonX.Ylibs/pythonrc.py` in Houdini's user directory (Windows: `Documents\\houdiniX.Y`, macOS: `~/Library/Preferences/houdini/X.Y`, Linux: `~/houdiniX.Y`) or any other of HOUDINI_PATH",
      sources: ["https://www.sidefx.com/docs/houdini/hom/locations.html"],
    },
    {
      language: "env",
      above: houdini,
      file: "houdini.env",
      where: "`houdini.env` in Houdini's user directory",
      sources: ["https://www.sidefx.com/docs/houdini/basics/config_env.html"],
    },
  ],
  nuke: [
    {
      language: "python",
      above: home("~"),
      file: ".nuke/init.py",
      where: "`init.py` in `~/.nuke` (Windows: `%USERPROFILE%\\.nuke`) or in a directory of NUKE_PATH",
      sources: ["https://learn.foundry.com/nuke/developers/latest/pythondevguide/startup.html"],
    },
  ],
  unreal: [
    {
      language: "python",
      above: home("~"),
      file: "Documents/UnrealEngine/Python/init_unreal.py",
      where:
        "`init_unreal.py` in `Documents/UnrealEngine/Python` of the person, in `Content/Python` of a project or plugin, or in a directory of UE_PYTHONPATH",
      sources: ["https://dev.epicgames.com/documentation/en-us/unreal-engine/scripting-the-unreal-editor-using-python"],
    },
  ],
  qgis: [
    {
      language: "python",
      above: {
        windows: ["%APPDATA%/QGIS/QGIS3"],
        macos: ["~/Library/Application Support/QGIS/QGIS3"],
        linux: ["~/.local/share/QGIS/QGIS3"],
      },
      file: "startup.py",
      where: "`startup.py` in QGIS's user directory, or the file that PYQGIS_STARTUP names",
      sources: ["https://docs.qgis.org/latest/en/docs/pyqgis_developer_cookbook/intro.html"],
    },
  ],
  rhino8: [rhino("8")],
  rhino9: [rhino("9")],
};

/** A path file in Rhino's root: it takes paths and never code, so it can't look for anything. */
function rhino(version: string): StartupFile {
  return {
    language: "path",
    above: home("~"),
    file: ".rhinocode/python-{python}_venvoy.pth",
    own: true,
    where: `a path file in Rhino ${version}'s root (\`~/.rhinocode/python-3.9_NAME.pth\`), the person's or the machine's \`scripts\``,
    sources: ["https://developer.rhino3d.com/guides/scripting/advanced-pthfiles"],
  };
}
