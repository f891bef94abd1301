"""All cases of the golden."""

from cases_contrib import CASES as CONTRIB
from cases_layers import CASES as LAYERS
from cases_slim import CASES as SLIM

CASES = dict(LAYERS)
CASES.update(CONTRIB)
CASES.update(SLIM)
