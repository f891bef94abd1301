"""For each operation on references, the one that does the same with a resource handle.

TensorFlow names them regularly: `ApplyAdam` and `ResourceApplyAdam`, `LookupTableFind` and `LookupTableFindV2`
(tensorflow/core/ops/{state,training,resource_variable,lookup,data_flow,io}_ops.cc). Which exist is asked of the
runtime, so that this table does not age.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from migrate.graph.registry import OpRegistry

_IRREGULAR = {
    "Assign": "AssignVariableOp",
    "AssignAdd": "AssignAddVariableOp",
    "AssignSub": "AssignSubVariableOp",
    "IsVariableInitialized": "VarIsInitializedOp",
    # Control flow does not care what it hands on: its plain forms take resource handles.
    "RefEnter": "Enter",
    "RefExit": "Exit",
    "RefIdentity": "Identity",
    "RefMerge": "Merge",
    "RefNextIteration": "NextIteration",
    "RefSwitch": "Switch",
}
# Their names are regular, but the second version takes or gives something else.
_UNLIKE = frozenset({"MutableDenseHashTable", "Stack", "TensorArray", "TensorArrayGrad", "Variable"})


def twin_of(op: str, registry: OpRegistry) -> Any | None:
    """The OpDef that takes a handle where `op` takes a reference, or None where there is none."""
    if op in _IRREGULAR:
        return registry.get(_IRREGULAR[op])
    if op in _UNLIKE:
        return None
    original = registry.get(op)
    for name in (f"Resource{op}", f"{op}V2"):
        twin = registry.get(name)
        if twin is not None and original is not None and len(twin.input_arg) == len(original.input_arg):
            return twin
    return None


def twin_attributes(node: Any, twin: Any, registry: OpRegistry) -> dict[str, Any]:
    """The attributes of a node, as its twin takes them.

    Some call `dtype` what the original calls `T`, and what is left out has the original's default.
    """
    original = registry.get(node.op)
    defaults = {
        attribute.name: attribute.default_value
        for attribute in (original.attr if original is not None else ())
        if attribute.HasField("default_value")
    }
    found = {}
    for attribute in twin.attr:
        if attribute.name in node.attr:
            found[attribute.name] = node.attr[attribute.name]
        elif attribute.name == "dtype" and "T" in node.attr:
            found[attribute.name] = node.attr["T"]
        elif attribute.name in defaults:
            found[attribute.name] = defaults[attribute.name]
    return found
