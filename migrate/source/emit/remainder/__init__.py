"""What remains of the exporting function: export calls replaced, the graph's code gone or kept for its session."""

from migrate.source.emit.remainder.rebuild import Remainder

__all__ = ["Remainder"]
