"""What a TensorFlow 1 symbol is called in TensorFlow 2, and when it is the same: looked up without it.

The table is `symbols.json`. `remake` makes it from the installed TensorFlow 2 (which objects are the very
same ones), a survey of TensorFlow 1.15, and `adapted.toml` (calls whose arguments change; each entry carries
the examples that prove it). `refused.toml` holds the reasons given for what has no exact counterpart.
"""

from __future__ import annotations

from migrate.source.api.answers import Argument, Refusal, Translation
from migrate.source.api.calls import translate_call, translate_name
from migrate.source.api.names import canonical, constant_value, normal, spelling
from migrate.source.api.outside import call_outside, replacement_outside

__all__ = [
    "Argument",
    "Refusal",
    "Translation",
    "call_outside",
    "canonical",
    "constant_value",
    "normal",
    "replacement_outside",
    "spelling",
    "translate_call",
    "translate_name",
]
