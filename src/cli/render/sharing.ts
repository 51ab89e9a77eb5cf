import type { PackReport, UnpackReport } from "../../app/index.ts";
import { bytes, count } from "./quantity.ts";
import { startPath } from "./start-path.ts";
import type { Style } from "./style.ts";

export function packText(report: PackReport, style: Style): string {
  const { environment, version, path, pythonVersion, packages, files, treeBytes, libraries, notes, written } = report;
  const size = report.bytes === undefined ? bytes(treeBytes) : `${bytes(report.bytes)}, ${bytes(treeBytes)} unpacked`;
  const head = written
    ? `${style.tick} ${style.bold(environment)} (version ${version}) is in ${path}`
    : `would write ${path}`;
  const libraryLine =
    libraries.length === 0
      ? []
      : [
          style.dim(
            `  with ${count(libraries.length, "library", "libraries")} of this system beside the C library's own`,
          ),
        ];
  return [
    head,
    style.dim(`  Python ${pythonVersion}, ${count(packages, "package")}, ${count(files, "file")}, ${size}`),
    ...libraryLine,
    ...(report.program === undefined ? [] : [`  where it is unpacked: ./${report.program} run SCRIPT`]),
    ...notes.map((note) => `  ${note}`),
  ].join("\n");
}

export function unpackText(
  { path, name, version, pythonVersion, checked }: UnpackReport,
  style: Style,
  isCheck: boolean,
): string {
  const which = version === undefined ? name : `${name} (version ${version})`;
  const compared = `${count(checked, "entry", "entries")} compared`;
  if (isCheck)
    return `${style.tick} ${path} is ${style.bold(which)}, Python ${pythonVersion}, as it was packed; ${compared}`;
  return `${style.tick} ${style.bold(which)}, Python ${pythonVersion}, is in ${path}; ${compared}
  start it: ${startPath(path, { posix: "bin/python", windows: "python.exe" })}`;
}
