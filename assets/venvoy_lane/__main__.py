"""Starts a lane. Its directory goes off the search path again before anything of a script is imported."""

import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
from venvoy_lane import lane  # noqa: E402

del sys.path[0]
lane.main()
