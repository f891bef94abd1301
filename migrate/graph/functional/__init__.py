"""TensorFlow 1 control flow raised to functional operations, which TensorFlow 2 can differentiate and save."""

from migrate.graph.functional.passes import raise_control_flow
from migrate.graph.functional.results import Kept, Raised

__all__ = ["Kept", "Raised", "raise_control_flow"]
