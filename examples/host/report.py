# /// script
# requires-python = "<3.11"
# ///
"""Needs an older Python than the others."""

import sys

print(f"report.py: Python {sys.version.split()[0]}")
