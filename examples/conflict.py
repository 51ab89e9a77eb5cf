#! python 3
# venv: plots
# r: numpy<1, numpy>=2
"""Asks for something that can't be: venvoy says why, and changes nothing."""

import numpy

print("never reached", numpy.__version__)
