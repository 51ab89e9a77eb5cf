#! python 3
# venv: plots
# r: numpy>=2, scipy==1.10.1
"""Asks for something that can't be: venvoy says why, and changes nothing."""

import numpy

print("never reached", numpy.__version__)
