/**
 * Names that people mistype, for "did you mean" where the index can't be searched: packages that are widely used, and
 * modules whose package has another name. Nothing is decided by this list.
 */
export const knownNames: readonly string[] = `
absl-py accelerate aiohttp aiofiles altair annotated-types anyio appdirs apscheduler argcomplete arrow asgiref astropy
asyncpg attrs autopep8 awscli babel bcrypt beautifulsoup4 biopython black bleach blinker bokeh boto3 botocore bottle
cachetools celery certifi cffi cftime chardet charset-normalizer cherrypy click cloudpickle colorama coloredlogs
compas conan contourpy coverage cryptography cupy cvxpy cycler cython dash dask databricks-sdk datasets dateparser
debugpy decorator deepdiff defusedxml dill distlib django django-cors-headers djangorestframework dnspython docker
docopt docutils duckdb einops elasticsearch email-validator et-xmlfile exceptiongroup ezdxf fabric faker fastapi fastparquet
fiona filelock flake8 flask flask-cors flask-sqlalchemy fonttools fsspec future gdown gensim geopandas gevent gitpython
google-api-python-client google-auth google-cloud-storage graphviz greenlet grpcio gunicorn h11 h5py hdbscan
httpcore httptools httpx huggingface-hub humanize hypothesis idna imageio imbalanced-learn importlib-metadata
importlib-resources iniconfig invoke ipykernel ipython ipywidgets isodate isort itsdangerous jax jaxlib jedi jinja2
jmespath joblib jsonpatch jsonpointer jsonschema jupyter jupyter-client jupyter-core jupyterlab jupyterlab-server
kafka-python keras keyring kiwisolver kubernetes lark librosa lightgbm llvmlite lxml mako markdown markdown-it-py
markupsafe marshmallow matplotlib mccabe meshio mistune mkdocs mkdocs-material mlflow more-itertools moto mpmath msgpack
multidict mypy mypy-extensions mysqlclient nbconvert nbformat nest-asyncio netcdf4 networkx nltk nose notebook numba
numexpr numpy nuitka oauthlib onnx onnxruntime openai opencv-python opencv-python-headless openpyxl opentelemetry-api
optuna orjson packaging pandas panel paramiko parso partd passlib pathspec patsy peewee pendulum pexpect pika pillow
pint pip pipenv platformdirs plotly pluggy poetry polars pony pooch pre-commit prettytable prometheus-client
prompt-toolkit protobuf psutil psycopg psycopg2 psycopg2-binary py-cpuinfo py4j pyarrow pyasn1 pybind11 pycodestyle
pycparser pycryptodome pydantic pydantic-core pydantic-settings pyflakes pygame pygments pyinstaller pyjwt pylint
pymongo pymysql pynacl pyodbc pyopengl pyopenssl pyparsing pypdf pyperclip pyproj pyqt5 pyqt6 pyserial pyside2 pyside6
pyspark pytest pytest-asyncio pytest-cov pytest-mock pytest-xdist python-dateutil python-docx python-dotenv
python-jose python-multipart python-pptx pytorch-lightning pytz pyvista pywavelets pywin32 pyyaml pyzmq rasterio
redis regex reportlab requests requests-oauthlib rhino3dm rich ruamel-yaml ruff s3fs s3transfer safetensors scikit-image
scikit-learn scipy scrapy seaborn selenium sentencepiece sentry-sdk setuptools shapely simplejson six smmap sniffio
sortedcontainers soundfile soupsieve spacy sphinx sqlalchemy sqlmodel starlette statsmodels streamlit structlog sympy
tables tabulate tenacity tensorboard tensorflow termcolor textual threadpoolctl tifffile tiktoken timm tokenizers toml
tomli tomlkit toolz torch torchaudio torchvision tornado tox tqdm traitlets transformers trimesh trio twine typer
typing-extensions tzdata tzlocal ujson urllib3 uvicorn uvloop virtualenv vtk waitress wandb watchdog watchfiles wcwidth
websocket-client websockets werkzeug wheel widgetsnbextension wrapt wxpython xarray xgboost xlrd xlsxwriter xmltodict
yarl zarr zipp zstandard
`
  .trim()
  .split(/\s+/);
