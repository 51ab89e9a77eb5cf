# /// script
# dependencies = ["numpy<2"]
# ///
"""Works only with the old NumPy: makes the points."""

import sys

import numpy as np


def points(count):
    return np.random.default_rng(1).random(count)


if __name__ == "__main__":
    print(f"old.py: NumPy {np.__version__}, Python {sys.version.split()[0]}")
