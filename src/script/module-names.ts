/**
 * Modules whose package has another name, as `module=package`; only well-known ones, so that nobody is sent to a
 * stranger's package. Sub-packages of namespaces stand in full (`google.protobuf`).
 */
const moduleTable = `
Bio=biopython Crypto=pycryptodome Cryptodome=pycryptodomex Cython=cython IPython=ipython Image=pillow Levenshtein=levenshtein
MySQLdb=mysqlclient OpenGL=PyOpenGL OpenSSL=pyopenssl PIL=pillow PyPDF2=pypdf2 PyQt5=pyqt5 PyQt6=pyqt6 PySide2=pyside2
PySide6=pyside6 Xlib=python-xlib absl=absl-py apt_pkg=python-apt attr=attrs bs4=beautifulsoup4 bson=pymongo cairo=pycairo
cassandra=cassandra-driver clr=pythonnet cv2=opencv-python dateutil=python-dateutil dbus=dbus-python dns=dnspython docx=python-docx
dotenv=python-dotenv editor=python-editor fitz=pymupdf flask_cors=flask-cors flask_sqlalchemy=flask-sqlalchemy
gflags=python-gflags gi=pygobject git=gitpython github=pygithub gitlab=python-gitlab google.cloud.storage=google-cloud-storage
google.protobuf=protobuf grpc=grpcio jose=python-jose jwt=pyjwt kafka=kafka-python ldap=python-ldap
lxml.etree=lxml magic=python-magic mpl_toolkits=matplotlib multipart=python-multipart mysql=mysql-connector-python
nacl=pynacl osgeo=gdal past=future pkg_resources=setuptools pptx=python-pptx psycopg2=psycopg2-binary
pylab=matplotlib pythoncom=pywin32 pywintypes=pywin32 rest_framework=djangorestframework ruamel=ruamel.yaml
serial=pyserial shapefile=pyshp skimage=scikit-image sklearn=scikit-learn slugify=python-slugify socks=pysocks
speech_recognition=speechrecognition telegram=python-telegram-bot tlz=toolz umap=umap-learn usb=pyusb usd=usd-core pxr=usd-core
vlc=python-vlc win32api=pywin32 win32com=pywin32 win32con=pywin32 win32gui=pywin32 wx=wxpython yaml=pyyaml
zmq=pyzmq OCC=pythonocc-core OpenImageIO=openimageio PyOpenColorIO=opencolorio
Imath=openexr OpenEXR=openexr Qt=qt.py vtkmodules=vtk faiss=faiss-cpu llama_cpp=llama-cpp-python
`;

/** Names that people import by mistake, as `name=module@package`: what to write and what to install. */
const mistakenTable = `
pytorch=torch@torch opencv=cv2@opencv-python opencv_python=cv2@opencv-python pillow=PIL@pillow Pillow=PIL@pillow
scikit_learn=sklearn@scikit-learn scikitlearn=sklearn@scikit-learn scikit_image=skimage@scikit-image pyyaml=yaml@pyyaml
PyYAML=yaml@pyyaml beautifulsoup4=bs4@beautifulsoup4 beautifulsoup=bs4@beautifulsoup4 BeautifulSoup=bs4@beautifulsoup4
python_dateutil=dateutil@python-dateutil pyserial=serial@pyserial python_dotenv=dotenv@python-dotenv gitpython=git@gitpython
GitPython=git@gitpython pyjwt=jwt@pyjwt PyJWT=jwt@pyjwt pycryptodome=Crypto@pycryptodome pymupdf4=fitz@pymupdf
biopython=Bio@biopython python_docx=docx@python-docx python_pptx=pptx@python-pptx pyopengl=OpenGL@pyopengl pyzmq=zmq@pyzmq
protobuf=google.protobuf@protobuf pythonnet=clr@pythonnet pywin32=win32api@pywin32 mysqlclient=MySQLdb@mysqlclient
psycopg2_binary=psycopg2@psycopg2-binary pyqt5=PyQt5@pyqt5 pyqt6=PyQt6@pyqt6 pyside6=PySide6@pyside6 tensorflow_gpu=tensorflow@tensorflow
Numpy=numpy@numpy Pandas=pandas@pandas Scipy=scipy@scipy Requests=requests@requests Matplotlib=matplotlib@matplotlib
`;

/** Modules of a host program, as `module=host`; no package brings them, they exist inside the running program. */
const hostTable = `
rhinoscriptsyntax=Rhino Rhino=Rhino scriptcontext=Rhino ghpythonlib=Grasshopper Grasshopper=Grasshopper rhinoscript=Rhino
RhinoInside=Rhino Eto=Rhino System=a_.NET_host bpy=Blender bmesh=Blender mathutils=Blender bpy_extras=Blender bgl=Blender blf=Blender
gpu_extras=Blender maya=Maya pymel=Maya mtoa=Maya hou=Houdini hutil=Houdini toolutils=Houdini soptoolutils=Houdini nuke=Nuke
nukescripts=Nuke unreal=Unreal_Editor pymxs=3ds_Max MaxPlus=3ds_Max qtmax=3ds_Max qgis=QGIS c4d=Cinema_4D adsk=Fusion FreeCAD=FreeCAD
FreeCADGui=FreeCAD arcpy=ArcGIS substance_painter=Substance_Painter sd=Substance_Designer mset=Marmoset_Toolbag Katana=Katana
mari=Mari hiero=Hiero rv=RV xsi=Softimage lux=KeyShot pcbnew=KiCad abaqus=Abaqus abaqusConstants=Abaqus odbAccess=Abaqus krita=Krita
scribus=Scribus slicer=3D_Slicer gimpfu=GIMP obspython=OBS_Studio xbmc=Kodi sublime=Sublime_Text idaapi=IDA idc=IDA lldb=LLDB gdb=GDB
DaVinciResolveScript=DaVinci_Resolve flame=Flame RevitServices=Revit pyrevit=Revit Autodesk=an_Autodesk_program fusionscript=DaVinci_Resolve
ue=Unreal_Editor unreal_engine=Unreal_Editor mobu=MotionBuilder pyfbsdk=MotionBuilder
`;

/** Modules that left the standard library, as `module=release[@package]`: the first release without, and who brings them. */
const removedTable = `
distutils=3.12@setuptools imp=3.12 asyncore=3.12@pyasyncore asynchat=3.12@pyasynchat smtpd=3.12@aiosmtpd cgi=3.13@legacy-cgi
cgitb=3.13@legacy-cgi crypt=3.13@legacycrypt imghdr=3.13@standard-imghdr sndhdr=3.13@standard-sndhdr audioop=3.13@audioop-lts
aifc=3.13@standard-aifc chunk=3.13@standard-chunk mailcap=3.13@standard-mailcap msilib=3.13 nis=3.13 nntplib=3.13@standard-nntplib
ossaudiodev=3.13 pipes=3.13@standard-pipes spwd=3.13 sunau=3.13@standard-sunau telnetlib=3.13@telnetlib3 uu=3.13@standard-uu
xdrlib=3.13@standard-xdrlib lib2to3=3.13 binhex=3.11 formatter=3.10 parser=3.10 symbol=3.10 macpath=3.8 _bootlocale=3.10
`;

/** Modules that only Python 2 has, as `module=successor`. */
const python2Table = `
urllib2=urllib.request urlparse=urllib.parse ConfigParser=configparser Tkinter=tkinter tkMessageBox=tkinter.messagebox
tkFileDialog=tkinter.filedialog Queue=queue StringIO=io cStringIO=io cPickle=pickle httplib=http.client BaseHTTPServer=http.server
SimpleHTTPServer=http.server SocketServer=socketserver cookielib=http.cookiejar Cookie=http.cookies HTMLParser=html.parser
htmlentitydefs=html.entities xmlrpclib=xmlrpc.client __builtin__=builtins copy_reg=copyreg commands=subprocess thread=_thread
dummy_thread=_dummy_thread anydbm=dbm whichdb=dbm UserDict=collections UserList=collections sets=builtins md5=hashlib sha=hashlib
`;

function table(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .trim()
      .split(/\s+/)
      .map((entry): [string, string] => {
        const at = entry.indexOf("=");
        return [entry.slice(0, at), entry.slice(at + 1)];
      }),
  );
}

/** Module -> package. */
export const packageOfModule = table(moduleTable);
/** Mistaken name -> `module@package`. */
export const mistakenModules = table(mistakenTable);
/** Module -> host, with `_` for blanks. */
export const hostModules = table(hostTable);
export const removedModules = table(removedTable);
export const python2Modules = table(python2Table);

/** Built-in names that Python 3 dropped, with what took their place. Words that people use for variables are left out. */
export const python2Names = table(
  "unicode=str xrange=range raw_input=input basestring=str unichr=chr execfile=exec reduce=functools.reduce",
);

/** The standard library's top-level modules that people import (3.8 to 3.14), for typing errors. */
export const standardModules: ReadonlySet<string> = new Set(
  `abc argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 calendar cmath cmd code codecs codeop
  collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg csv ctypes curses dataclasses
  datetime dbm decimal difflib dis doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch
  fractions ftplib functools gc getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http imaplib importlib
  inspect io ipaddress itertools json keyword linecache locale logging lzma mailbox marshal math mimetypes mmap modulefinder
  msvcrt multiprocessing netrc numbers operator optparse os pathlib pdb pickle pickletools pkgutil platform plistlib poplib
  posix pprint profile pstats pty pwd py_compile pyclbr pydoc queue quopri random re readline resource rlcompleter runpy sched
  secrets select selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 ssl stat statistics string
  stringprep struct subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios textwrap threading time timeit
  tkinter token tokenize tomllib trace traceback tracemalloc tty turtle types typing unicodedata unittest urllib uuid venv
  warnings wave weakref webbrowser winreg winsound wsgiref xml xmlrpc zipapp zipfile zipimport zlib zoneinfo`.split(
    /\s+/,
  ),
);
