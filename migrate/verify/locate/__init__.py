"""Where the numbers of two models part: looked for only when an output differs."""

from migrate.verify.locate.search import locate

__all__ = ["locate"]
