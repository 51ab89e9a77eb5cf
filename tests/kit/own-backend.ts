/** A project that needs nothing to be built: its backend lies beside it. */
export const project =
  '[project]\nname = "proj"\nversion = "1.0"\n[build-system]\nrequires = []\nbuild-backend = "b"\nbackend-path = ["."]\n';

/** That backend, `b.py`: wheels and editable ones of the project `proj`. */
export const backend = `import base64, hashlib, os, zipfile
def _record(path, text):
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    return "%s,sha256=%s,%d\\n" % (path, digest, len(text.encode()))
def _wheel(directory, files):
    name = "proj-1.0-py3-none-any.whl"
    files = dict(files)
    files["proj-1.0.dist-info/METADATA"] = "Metadata-Version: 2.1\\nName: proj\\nVersion: 1.0\\n"
    files["proj-1.0.dist-info/WHEEL"] = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    files["proj-1.0.dist-info/RECORD"] = "".join(_record(*one) for one in files.items()) + "proj-1.0.dist-info/RECORD,,\\n"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for path, text in files.items(): archive.writestr(path, text)
    return name
def build_wheel(directory, config_settings=None, metadata_directory=None):
    return _wheel(directory, {"proj.py": open("proj.py").read()})
def build_editable(directory, config_settings=None, metadata_directory=None):
    return _wheel(directory, {"proj.pth": os.getcwd() + "\\n"})
`;
