"""A lane: one Python process in which a session of venvoy runs scripts, one at a time.

For scripts: `shared_array(shape, dtype)` is a NumPy array in memory that other lanes can map, so that it can be returned
or handed over without copying. Everything else here is the lane's own.

Standard library only, Python 3.7 and later.
"""

__all__ = ["shared_array"]


def shared_array(shape, dtype="float64"):
    """A new NumPy array in shared memory. Whoever gets it from here sees what is written to it later."""
    from . import values

    return values.store().new_array(shape, dtype)
