#! python 3
# venv: plots
# /// script
# requires-python = ">=3.9"
# dependencies = ["numpy"]
# ///
"""Both headers: the `venv` line says where, the block says what."""

import numpy

print("numpy", numpy.__version__, "in the environment that plot.py uses")
