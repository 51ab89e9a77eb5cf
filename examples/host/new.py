# /// script
# dependencies = ["numpy>=2"]
# ///
"""Works only with the new NumPy: looks at the points."""

import sys

import numpy as np


def mean(points):
    return {"numpy": np.__version__, "mean": float(points.mean()), "copied": bool(points.flags.owndata)}


if __name__ == "__main__":
    print(f"new.py: NumPy {np.__version__}, Python {sys.version.split()[0]}")
