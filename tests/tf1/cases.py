"""All cases of the golden."""

from cases_layers import CASES as LAYERS

CASES = dict(LAYERS)
