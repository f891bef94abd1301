"""All cases of the golden."""

from cases_of_contrib import CASES as CONTRIB
from cases_of_layers import CASES as LAYERS
from cases_of_slim import CASES as SLIM

CASES = dict(LAYERS)
CASES.update(CONTRIB)
CASES.update(SLIM)
