"""Which definition does a name mean at this place, and what does a value depend on?

A region is the body of one function, or of the module. Its statements become steps in order of execution; every
read of a name is resolved to the value it means there: a definition, a parameter, something from outside, or a
merge of several where control flow joins. This is the usual static single assignment form, kept beside the
syntax tree instead of in its place, because the tree is what gets edited.

`Region.graph` is the same as a networkx DiGraph with an edge from a value to each value it is computed from.
"""

from migrate.source.flow.region import Region
from migrate.source.flow.statements import LOOPS, TRIES, WITHS, leaves_loop
from migrate.source.flow.values import (
    Branch,
    Definition,
    Fact,
    Inline,
    InlineChoice,
    Merge,
    Outer,
    Parameter,
    Step,
    Undefined,
    Value,
)

__all__ = [
    "LOOPS",
    "TRIES",
    "WITHS",
    "Branch",
    "Definition",
    "Fact",
    "Inline",
    "InlineChoice",
    "Merge",
    "Outer",
    "Parameter",
    "Region",
    "Step",
    "Undefined",
    "Value",
    "leaves_loop",
]
