"""Says in one sentence what is different where the numbers of two models part, and no more than is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.verify.compare import scalar
from migrate.verify.example_spec import features_of
from migrate.verify.locate.align import parsed_as
from migrate.verify.locate.bisect import behind
from migrate.verify.locate.frontier import frontier
from migrate.verify.locate.operations import PARSERS, arguments, family, settings
from migrate.verify.locate.order import reordered
from migrate.verify.locate.pairing import Place, first_place
from migrate.verify.locate.side import short_name, variable_name
from migrate.verify.locate.state import others_change
from migrate.verify.locate.structure import describe
from migrate.verify.results import Location

if TYPE_CHECKING:
    from migrate.verify.compare import ArrayComparison
    from migrate.verify.flatgraph import Node
    from migrate.verify.locate.align import Alignment, Pair
    from migrate.verify.locate.side import Side
    from migrate.verify.locate.values import Values


def explain(place: Place, values: Values) -> Location:
    """The location for a pair that differs while its arguments, as far as there are any, are equal."""
    alignment, pair = place.alignment, place.pair
    a, b = values.a, values.b
    taker = None if place.is_vague else reordered(alignment, values, pair)
    if taker is not None:
        values.compare([taker])
    ours, theirs = a.node((taker or pair).a), b.node((taker or pair).b)
    found = values.known[pair]
    if ours is None or theirs is None or found is None:
        raise ValueError("a pair that was not compared")
    if taker is not None:
        message = f"the numbers part at {_at(ours, theirs)}: it has the same arguments in another order"
        return _location(taker, values, (ours, theirs), message, agree=False)
    if place.is_vague or pair.a in a.feeds or pair.b in b.feeds:
        return _different_ways(place, values, ours, theirs)
    if family(ours) == family(theirs) == "variable":
        return _variable(pair, values, ours, theirs)
    if family(ours) == family(theirs) == "table":
        return _table(pair, values, ours, theirs)
    if {family(ours), family(theirs)} <= {"variable", "constant"}:
        return _constant(alignment, pair, values, ours, theirs)
    if alignment.agree(pair):
        return _operation(alignment, values, pair, ours, theirs)
    return _different_ways(place, values, ours, theirs)


def _location(pair: Pair, values: Values, nodes: tuple[Node, Node], message: str, *, agree: bool) -> Location:
    found = values.known.get(pair)
    return Location(
        a_node=nodes[0].key[0],
        b_node=nodes[1].key[0],
        op_a=nodes[0].op,
        op_b=nodes[1].op,
        inputs_agree=agree,
        a_value=None if found is None else found.a,
        b_value=None if found is None else found.b,
        message=message,
    )


def _variable(pair: Pair, values: Values, ours: Node, theirs: Node) -> Location:
    names = variable_name(ours), variable_name(theirs)
    which = f"variable {names[0]!r}" if names[0] == names[1] else f"variable {names[0]!r} (second model {names[1]!r})"
    message = f"{which} has other values: {_first(values.known[pair])}"
    if others_change(values.a) or others_change(values.b):
        message += "; signatures that were called before change variables"
    return _location(pair, values, (ours, theirs), message, agree=True)


def _table(pair: Pair, values: Values, ours: Node, theirs: Node) -> Location:
    from migrate.verify.locate.tables import table_difference

    message = (
        f"lookup table {short_name(ours.key[0])!r} has other entries: {table_difference(values.a, values.b, pair)}"
    )
    return _location(pair, values, (ours, theirs), message, agree=True)


def _constant(alignment: Alignment, pair: Pair, values: Values, ours: Node, theirs: Node) -> Location:
    """A constant, or a variable in one model and a constant in the other; said by what takes it."""
    kinds = [
        f"variable {variable_name(node)!r}" if family(node) == "variable" else f"constant {short_name(node.key[0])!r}"
        for node in (ours, theirs)
    ]
    takers: Any = alignment.graph.out_edges(pair, data="slots")
    for _, consumer, slots in takers:
        taker, other = values.a.node(consumer.a), values.b.node(consumer.b)
        if taker is not None and other is not None:
            name = _argument_name(values.a, taker, slots[0])
            what = f"the numbers part at {_at(taker, other)}: its {name} is not the same: {_first(values.known[pair])}"
            more = _settings_text(values.a, values.b, taker, other)
            what += f" ({kinds[0]} and {kinds[1]})" + (f"; {more}" if more else "")
            return _location(pair, values, (taker, other), what, agree=False)
    message = f"the first model takes {kinds[0]}, the second {kinds[1]}: {_first(values.known[pair])}"
    return _location(pair, values, (ours, theirs), message, agree=True)


def _operation(alignment: Alignment, values: Values, pair: Pair, ours: Node, theirs: Node) -> Location:
    """The same operation with equal inputs and another result."""
    reached = list(behind(alignment, values, pair))
    hidden = [argument for argument in reached if values.known[argument] is None]
    agree = bool(reached) and all(values.equal(argument) for argument in reached if argument not in hidden)
    where = f"the numbers part at {_at(ours, theirs)}"
    if ours.op in PARSERS and (text := _parsing(values.a, values.b, pair, ours, theirs)):
        return _location(pair, values, (ours, theirs), f"{where}: {text}", agree=agree)
    if hidden:
        where += ", or before it in what cannot be looked into"
    text = _settings_text(values.a, values.b, ours, theirs)
    if not text and family(ours) == "While":
        text = "the loops turn differently, or compute something else"
    elif not text and ours.op != theirs.op:
        text = f"it is {ours.op} in the first model and {theirs.op} in the second"
    elif not text:
        text = "nothing in the two operations is different; inputs that agree within the tolerance need not be the same"
    said = "its inputs are equal, its result is not" if agree else "its result is not equal"
    return _location(pair, values, (ours, theirs), f"{where}: {said}: {text}", agree=agree)


def _settings_text(a: Side, b: Side, ours: Node, theirs: Node) -> str:
    mine, others = settings(a.graph, ours, a.registry), settings(b.graph, theirs, b.registry)
    parts = []
    for name in sorted(mine.keys() & others.keys()):
        if mine[name] == others[name]:
            continue
        if {mine[name], others[name]} == {"True", "False"}:
            parts.append(f"{name} is true in the {'first' if mine[name] == 'True' else 'second'} only")
        else:
            parts.append(f"{name} is {mine[name]} in the first and {others[name]} in the second")
    return "; ".join(parts)


def _parsing(a: Side, b: Side, pair: Pair, ours: Node, theirs: Node) -> str:
    """What the two say about the feature whose values differ."""
    name = (parsed_as(a, pair.a) or ("", 0))[0]
    specs = [
        next((parsed for parsed in features_of(side.graph, node) if parsed.feature.name == name), None)
        for side, node in ((a, ours), (b, theirs))
    ]
    if specs[0] is None or specs[1] is None:
        return ""
    defaults = [
        "none" if spec is None or spec.default is None or not spec.default.size else _brief(spec.default.tolist())
        for spec in specs
    ]
    if defaults[0] != defaults[1]:
        return f"the default of feature {name!r} is {defaults[0]} in the first and {defaults[1]} in the second"
    shapes = [None if spec is None else spec.feature.shape for spec in specs]
    if shapes[0] != shapes[1]:
        return f"feature {name!r} has the shape {shapes[0]} in the first and {shapes[1]} in the second"
    return f"feature {name!r} is not the same"


def _different_ways(place: Place, values: Values, ours: Node, theirs: Node) -> Location:
    """The two models compute it by other operations: what each has that the other lacks."""
    pair = place.pair
    found = frontier(values.a, values.b, pair)
    if found.variables:
        values.compare(found.variables[:1])
        nodes = values.a.node(found.variables[0].a), values.b.node(found.variables[0].b)
        if nodes[0] is not None and nodes[1] is not None:
            return _variable(found.variables[0], values, nodes[0], nodes[1])
    described = describe(found)
    # Where they meet again in the same operation, the search goes on from there; by name only where nothing is certain.
    for again in (*found.meetings, *(() if described.certain else found.named)):
        if again != pair and (place.is_vague or again not in place.alignment.graph):
            other = first_place(values, again)
            if other is not None and (again in found.meetings or other.alignment.agree(other.pair)):
                return explain(other, values)
    nodes = (values.a.node(described.a) or ours, values.b.node(described.b) or theirs)
    return _location(pair, values, nodes, described.message, agree=described.inputs_agree)


def _at(ours: Node, theirs: Node) -> str:
    return f"{ours.op} (first model `{ours.key[0]}`, second `{theirs.key[0]}`)"


def _argument_name(side: Side, node: Node, slot: int) -> str:
    from migrate.graph.ports import input_ports

    definition = side.registry.get(node.op)
    source = arguments(side.graph, node)[slot]
    slot = node.inputs.index(source) if source in node.inputs else slot
    if definition is None:
        return f"argument {slot}"
    ports = input_ports(node, definition)
    return ports[slot].argument if slot < len(ports) else f"argument {slot}"


def _first(found: ArrayComparison | None) -> str:
    """Where two values differ first."""
    if found is None:
        return "they differ"
    if found.reason is not None:
        return found.reason
    index = list(found.index or ())
    return f"{'first ' + str(index) + ': ' if index else ''}{_brief(found.a)} and {_brief(found.b)}"


def _brief(value: Any) -> str:
    text = repr(value if isinstance(value, list) else scalar(value) if not isinstance(value, str) else value)
    return text if len(text) <= 60 else f"{text[:57]}..."
