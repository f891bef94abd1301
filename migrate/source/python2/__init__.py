"""Python 2 files: as Python 3 that does the same, or not at all."""
