"""Reads dictionaries however they are made: written out, changed, in a loop, in a comprehension, of other ones.

All of it is done with expressions, and nothing is run: a loop over a dictionary that is written out has as many turns
as that has keys, and in each the names of the loop mean one of them.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from migrate.source.flow import Definition, Merge, Value
from migrate.source.kinds import Kinds
from migrate.source.meanings import Frame, Info, Map, Meaning, SignatureDef, Tensor, Text
from migrate.source.purity import Purity
from migrate.source.sites import RUN_TIME
from migrate.source.syntax import walk
from migrate.source.unprovable import NOT_STATIC, Unprovable

Item = Meaning | tuple["Item", ...]
"""An element of something that is looped over; a tuple where it is taken apart."""

_ITEMS = frozenset({"items", "iteritems", "viewitems"})
_KEYS = frozenset({"keys", "iterkeys", "viewkeys"})
_VALUES = frozenset({"values", "itervalues", "viewvalues"})
_ITERITEMS = frozenset({"six.iteritems", "six.viewitems", "future.utils.iteritems"})
_ORDERED = "collections.OrderedDict"


class DictionaryReader(ABC):
    """Reads the dictionaries of one export."""

    def __init__(self, kinds: Kinds, *, run_time_keys: bool) -> None:
        """Takes the region of the export.

        Args:
            kinds: The region.
            run_time_keys: Whether keys may be such that only running the code tells.
        """
        self.kinds = kinds
        self.region = kinds.region
        self.run_time_keys = run_time_keys
        self.purity = Purity(kinds)
        self._bound: dict[str, Meaning] = {}
        self._turn: dict[Value, Meaning] = {}
        self._safe: set[Value] = set()

    @abstractmethod
    def meaning(self, node: ast.expr, frame: Frame) -> Meaning:
        """What an expression means."""

    def bound(self, node: ast.Name, frame: Frame) -> Meaning | None:
        """What a name means in this turn of a loop or comprehension; None for other names."""
        value = frame.region.value_of.get(node)
        return self._bound.get(node.id) if value is None else self._turn.get(value)

    # ---- dictionaries --------------------------------------------------------------------------------------------

    def written(self, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], frame: Frame) -> Map:
        """A dictionary that is written out.

        Raises:
            Unprovable: Where a key, or a dictionary in it, is only known at run time.
        """
        entries: list[tuple[Text, Meaning]] = []
        for key, value in zip(keys, values, strict=True):
            if key is None:
                inner = self.meaning(value, frame)
                if not isinstance(inner, Map):
                    raise Unprovable(NOT_STATIC, "a dictionary is made from another that cannot be read", value)
                entries += inner.entries
                continue
            text = self._text(key, frame)
            if text is None and self.run_time_keys:
                text = Text(RUN_TIME + ast.unparse(key), key)
            if text is None:
                raise Unprovable(NOT_STATIC, f"the key {ast.unparse(key)} is only known at run time", key)
            entries.append((text, self.meaning(value, frame)))
        return Map(entries)

    def comprehended(self, node: ast.DictComp, frame: Frame) -> Map:
        """`{k: build_tensor_info(t) for k, t in tensors.items()}`.

        Raises:
            Unprovable: Where its turns, or what is made in them, cannot be read.
        """
        entries = self._turns(node.generators, ast.Tuple([node.key, node.value], ast.Load()), frame)
        if entries is not None:
            return Map(entries)
        again = self._made_again(node, frame) if self.run_time_keys else None
        if again is not None:
            return again
        if self.run_time_keys:
            return Map([(Text(RUN_TIME + ast.unparse(node), node), Tensor(node, frame))])
        raise Unprovable(NOT_STATIC, "a dictionary is made by a comprehension that cannot be read", node)

    def _made_again(self, node: ast.DictComp, frame: Frame) -> Map | None:
        """`{k: build_tensor_info(t) for k, t in tensors.items()}` of tensors whose number only running the code tells."""
        match node:
            case ast.DictComp(
                key=ast.Name(id=key),
                value=ast.Call(func=function, args=[ast.Name(id=tensor)], keywords=[]),
                generators=[
                    ast.comprehension(
                        target=ast.Tuple(elts=[ast.Name(id=first), ast.Name(id=second)]),
                        iter=ast.Call(func=ast.Attribute(value=ast.Name() as base, attr="items"), args=[], keywords=[]),
                        ifs=[],
                    )
                ],
            ) if (key, tensor) == (first, second) and (self.region.resolve(function) or "").endswith(
                "build_tensor_info"
            ):
                inner = self.meaning(base, frame)
                if isinstance(inner, Map) and [text.value[: len(RUN_TIME)] for text, _ in inner.entries] == [RUN_TIME]:
                    return inner
        return None

    def called(self, node: ast.Call, frame: Frame) -> Map | None:
        """`dict(...)` and `d.copy()`; None for other calls, and where it cannot be read."""
        match node:
            case ast.Call(func=ast.Attribute(value=base, attr="copy"), args=[], keywords=[]):
                inner = self.meaning(base, frame) if isinstance(base, ast.Name) else None
                return inner if isinstance(inner, Map) else None
            case ast.Call(func=function, args=arguments) if self.is_dict(function, frame) and len(arguments) <= 1:
                if not all(keyword.arg for keyword in node.keywords):
                    return None
                first = self._pairs(arguments[0], frame) if arguments else []
                if first is None and not node.keywords:
                    return self._zipped(arguments[0], frame)
                if first is None:
                    return None
                named = [self._keyword(keyword, frame) for keyword in node.keywords]
                return Map([*first, *named])
        return None

    def _zipped(self, node: ast.expr, frame: Frame) -> Map | None:
        """`dict(zip(names, tensors))` of a length that only running the code tells, as the comprehension that it is.

        So is `dict([(t.name, t) for t in tensors])`.
        """
        match node:
            case (
                ast.GeneratorExp(elt=ast.Tuple(elts=[key, value]), generators=[turns])
                | ast.ListComp(elt=ast.Tuple(elts=[key, value]), generators=[turns])
            ) if self.run_time_keys:
                return self._at_run_time(key, value, turns, frame)
            case ast.Call(func=function, args=[ast.expr(), ast.expr()], keywords=[]) if (
                self.run_time_keys and self._builtin(function, frame, "zip")
            ):
                names = [ast.Name(name, ast.Load()) for name in ("name", "tensor")]
                target = ast.Tuple([ast.Name(name.id, ast.Store()) for name in names], ast.Store())
                return self._at_run_time(names[0], names[1], ast.comprehension(target, node, [], 0), frame)
        return None

    def _at_run_time(self, key: ast.expr, value: ast.expr, turns: ast.comprehension, frame: Frame) -> Map:
        """The only entry stands for all those that a comprehension makes."""
        made = ast.DictComp(key, value, [turns])
        ast.fix_missing_locations(ast.copy_location(made, turns.iter))
        return Map([(Text(RUN_TIME + ast.unparse(made), made), Tensor(made, frame))])

    def is_dict(self, function: ast.expr, frame: Frame) -> bool:
        """Whether a function is `dict` or `collections.OrderedDict`."""
        return self._builtin(function, frame, "dict") or self._qualified(function, frame) == _ORDERED

    def changed(self, value: Definition, frame: Frame) -> Map | None:
        """A dictionary after `d[key] = tensor` or `d.update(other)`; None where it cannot be read.

        Raises:
            Unprovable: It may be changed under another name.
        """
        if value not in self._safe:
            self._refuse_others(value, frame)
            self._safe.add(value)
        match value.step.node:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(), slice=index)], value=assigned):
                before = self._before(value.previous, frame)
                key = self._text(index, frame)
                if isinstance(before, Map) and key is not None:
                    return _merged(before, [(key, self.meaning(assigned, frame))])
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(), attr="update"), args=given) as call):
                before = self._before(value.previous, frame)
                other = self._pairs(given[0], frame) if len(given) == 1 else [] if not given else None
                if isinstance(before, Map) and other is not None and all(keyword.arg for keyword in call.keywords):
                    return _merged(before, [*other, *(self._keyword(keyword, frame) for keyword in call.keywords)])
        return None

    def looped(self, value: Merge, frame: Frame) -> Map | None:
        """A dictionary that each turn of a loop gives an entry; None where it cannot be read.

        Raises:
            Unprovable: It may be changed under another name.
        """
        loop = value.step.node
        if not isinstance(loop, ast.For) or loop.orelse or len(value.inputs) != 2:
            return None
        if not all(isinstance(statement, (ast.Assign, ast.Expr)) for statement in loop.body):
            return None
        self._refuse_others(value, frame)
        before, after = value.inputs
        current = self._before(before, frame)
        turns = self._items(loop.iter, frame)
        if turns is None and self.run_time_keys and isinstance(current, Map) and not current.entries:
            match loop.body:
                case [ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=key)], value=entry)]:
                    if name == value.name:
                        return self._at_run_time(key, entry, ast.comprehension(loop.target, loop.iter, [], 0), frame)
        if not isinstance(current, Map) or turns is None or not isinstance(after, Definition):
            return None
        targets = {made.name: made for made in value.step.writes}
        for item in turns:
            names = _taken_apart(loop.target, item)
            if names is None or not names.keys() <= targets.keys():
                return None
            with self._in_turn({}, {targets[name]: one for name, one in names.items()} | {value: current}):
                made = self.changed(after, frame)
            if made is None or self._made_in(made, frame, loop):
                return None
            current = made
        return current

    # ---- loops ---------------------------------------------------------------------------------------------------

    def _before(self, value: Value | None, frame: Frame) -> Meaning | None:
        if value is not None and value in self._turn:
            return self._turn[value]
        match value:
            case Definition(previous=None, known=True, expression=ast.expr() as expression, path=()):
                return self.meaning(expression, frame)
            case Definition(previous=previous) if previous is not None:
                return self.changed(value, frame)
            case Merge():
                return self.looped(value, frame)
        return None

    def _turns(
        self, generators: Sequence[ast.comprehension], pair: ast.expr, frame: Frame
    ) -> list[tuple[Text, Meaning]] | None:
        """The entries that the turns of a comprehension give."""
        if len(generators) != 1 or generators[0].ifs or generators[0].is_async or not isinstance(pair, ast.Tuple):
            return None
        if len(pair.elts) != 2:
            return None
        turns = self._items(generators[0].iter, frame)
        if turns is None:
            return None
        entries: list[tuple[Text, Meaning]] = []
        for item in turns:
            names = _taken_apart(generators[0].target, item)
            if names is None:
                return None
            with self._in_turn(names, {}):
                key, made = self._text(pair.elts[0], frame), self.meaning(pair.elts[1], frame)
            if key is None or self._made_in(Map([(key, made)]), frame, None, names):
                return None
            entries.append((key, made))
        return entries

    @contextmanager
    def _in_turn(self, names: dict[str, Meaning], values: dict[Value, Meaning]) -> Iterator[None]:
        before = self._bound, self._turn
        self._bound, self._turn = {**self._bound, **names}, {**self._turn, **values}
        try:
            yield
        finally:
            self._bound, self._turn = before

    def _made_in(self, mapping: Map, frame: Frame, loop: ast.For | None, names: Collection[str] = ()) -> bool:
        """Whether a tensor is made in the turn itself, so that each has one of its own.

        Args:
            mapping: The entries.
            frame: Where they stand.
            loop: The loop they are made in.
            names: Or the names that a comprehension binds.
        """
        for _, meaning in mapping.entries:
            tensor = meaning.tensor if isinstance(meaning, Info) else meaning
            inner: list[Map] = []
            if isinstance(tensor, SignatureDef):
                inner = [tensor.inputs, tensor.outputs]
            elif isinstance(tensor, Map):
                inner = [tensor]
            if any(self._made_in(one, frame, loop, names) for one in inner):
                return True
            if not isinstance(tensor, Tensor):
                continue
            for node in walk(tensor.node):
                if not isinstance(node, ast.Name):
                    continue
                value = frame.region.value_of.get(node)
                if value is None and node.id in names:
                    return True
                if loop is not None and isinstance(value, (Definition, Merge)):
                    around = [value.step.node, *(branch.step.node for branch in value.step.branches)]
                    if loop in around:
                        return True
        return False

    def _refuse_others(self, value: Value, frame: Frame) -> None:
        """Refuses a dictionary that has another name, or that other code is given, at any time."""
        pending, seen = [value], {value}
        while pending:
            one = pending.pop()
            if isinstance(one, Definition) and frame.region is self.region and self.purity.in_place.handed_on(one):
                raise Unprovable(NOT_STATIC, f"'{one.name}' may be changed by other code", one.step.node)
            sources = one.inputs if isinstance(one, Merge) else [getattr(one, "previous", None)]
            for source in sources:
                if isinstance(source, (Definition, Merge)) and source not in seen:
                    seen.add(source)
                    pending.append(source)

    def _items(self, node: ast.expr, frame: Frame) -> list[Item] | None:
        """The elements of something that is looped over; None where they are not known."""
        match node:
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                if any(isinstance(element, ast.Starred) for element in elements):
                    return None
                return [self._item(element, frame) for element in elements]
            case ast.Call(func=ast.Attribute(value=base, attr=method), args=[], keywords=[]) if (
                method in _ITEMS | _KEYS | _VALUES
            ):
                return _of_map(self.meaning(base, frame), method)
            case ast.Call(func=function, args=[inner], keywords=[]) if self._qualified(function, frame) in _ITERITEMS:
                return _of_map(self.meaning(inner, frame), "items")
            case ast.Call(func=function, args=[inner], keywords=[]):
                if self._builtin(function, frame, "list", "tuple"):
                    return self._items(inner, frame)
                if self._builtin(function, frame, "sorted"):
                    found = self._items(inner, frame)
                    keys = [_sort_key(item) for item in found or ()]
                    if found is None or None in keys or len(set(keys)) < len(keys):
                        return None
                    return sorted(found, key=lambda item: str(_sort_key(item)))
                if self._builtin(function, frame, "enumerate"):
                    found = self._items(inner, frame)
                    if found is None:
                        return None
                    return [(Tensor(ast.Constant(number), frame), item) for number, item in enumerate(found)]
            case ast.Name():
                value = frame.region.value_of.get(node)
                if isinstance(value, Definition) and isinstance(value.expression, (ast.List, ast.Tuple)):
                    plain = value.known and value.previous is None and not value.path
                    if not plain or frame.region is not self.region or self.purity.in_place.changed(value):
                        return None
                    return self._items(value.expression, frame)
        match node:
            case ast.Call(func=function, args=lists, keywords=[]) if self._builtin(function, frame, "zip"):
                columns = [self._items(one, frame) for one in lists]
                return (
                    list(zip(*(one for one in columns if one is not None), strict=False))
                    if all(one is not None for one in columns)
                    else None
                )
        inner_map = self.meaning(node, frame) if isinstance(node, (ast.Name, ast.Dict)) else None
        return _of_map(inner_map, "keys") if inner_map is not None else None

    def _item(self, node: ast.expr, frame: Frame) -> Item:
        if isinstance(node, (ast.Tuple, ast.List)) and not any(isinstance(e, ast.Starred) for e in node.elts):
            return tuple(self._item(element, frame) for element in node.elts)
        return self.meaning(node, frame)

    def _pairs(self, node: ast.expr, frame: Frame) -> list[tuple[Text, Meaning]] | None:
        """The entries of what `dict` and `update` are given."""
        match node:
            case ast.GeneratorExp(elt=pair, generators=generators) | ast.ListComp(elt=pair, generators=generators):
                return self._turns(generators, pair, frame)
            case (
                ast.List()
                | ast.Tuple()
                | ast.Call(func=ast.Name(id="zip" | "enumerate" | "list"))
                | ast.Call(func=ast.Attribute(attr="items" | "iteritems"))
            ):
                found: list[tuple[Text, Meaning]] = []
                for item in self._items(node, frame) or [()]:
                    match item:
                        case (Text() as key, Text() | Tensor() | Info() as made):
                            found.append((key, made))
                        case _:
                            return None
                return found
        inner = self.meaning(node, frame)
        return inner.entries if isinstance(inner, Map) else None

    def _keyword(self, keyword: ast.keyword, frame: Frame) -> tuple[Text, Meaning]:
        return Text(str(keyword.arg), ast.Constant(str(keyword.arg))), self.meaning(keyword.value, frame)

    # ---- texts ---------------------------------------------------------------------------------------------------

    def _text(self, node: ast.expr, frame: Frame) -> Text | None:
        """The text of a key; None where it is not known."""
        found = self.meaning(node, frame)
        if isinstance(found, Text):
            return found
        made = self._made_text(node, frame)
        return Text(made, ast.Constant(made)) if isinstance(made, str) else None

    def _made_text(self, node: ast.expr, frame: Frame) -> str | int | None:
        """The text, or number, of an expression over names of a loop."""
        match node:
            case ast.Constant(value=str() | int() as value) if not isinstance(value, bool):
                return value
            case ast.Name():
                match self.bound(node, frame):
                    case Text(value=text):
                        return text
                    case Tensor(node=ast.Constant(value=int(number))):
                        return number
            case ast.JoinedStr(values=parts):
                return self._joined([self._part(part, frame) for part in parts])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                one, other = self._made_text(left, frame), self._made_text(right, frame)
                return one + other if isinstance(one, str) and isinstance(other, str) else None
            case ast.Call(func=function, args=[inner], keywords=[]) if self._builtin(function, frame, "str"):
                return self._joined([self._made_text(inner, frame)])
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(form)), attr="format"), keywords=[]):
                given = [self._made_text(argument, frame) for argument in node.args]
                if None not in given and form.count("{}") == len(given) == form.count("{") == form.count("}"):
                    return form.format(*given)
            case ast.BinOp(left=ast.Constant(value=str(form)), op=ast.Mod(), right=right):
                one = self._made_text(right, frame)
                if (
                    one is not None
                    and form.count("%") == 1
                    and ("%s" in form or (isinstance(one, int) and "%d" in form))
                ):
                    return form % one
        return None

    def _part(self, part: ast.expr, frame: Frame) -> str | int | None:
        if isinstance(part, ast.FormattedValue):
            plain = part.conversion == -1 and part.format_spec is None
            return self._made_text(part.value, frame) if plain else None
        return self._made_text(part, frame)

    def _joined(self, parts: Sequence[str | int | None]) -> str | None:
        return None if None in parts else "".join(str(part) for part in parts)

    def _builtin(self, function: ast.expr, frame: Frame, *names: str) -> bool:
        return isinstance(function, ast.Name) and function.id in names and frame.region.scope.owner(function.id) is None

    def _qualified(self, function: ast.expr, frame: Frame) -> str | None:
        return frame.region.symbols.qualified(function, frame.region.scope)


def _merged(before: Map, entries: Sequence[tuple[Text, Meaning]]) -> Map:
    """A dictionary with further entries; one that is there already keeps its place in TF1's map, which has none."""
    keys = {text.value for text, _ in entries}
    return Map([*(entry for entry in before.entries if entry[0].value not in keys), *entries])


def _of_map(meaning: Meaning | None, part: str) -> list[Item] | None:
    if not isinstance(meaning, Map) or any(text.value.startswith(RUN_TIME) for text, _ in meaning.entries):
        return None
    entries = {text.value: (text, inner) for text, inner in meaning.entries}.values()
    if part in _ITEMS:
        return [(text, inner) for text, inner in entries]
    return [text if part in _KEYS else inner for text, inner in entries]


def _taken_apart(target: ast.expr, item: Item) -> dict[str, Meaning] | None:
    """What the names of a loop's target mean."""
    match target, item:
        case ast.Name(id=name), Text() | Tensor() | Info() | Map():
            return {name: item}
        case ((ast.Tuple(elts=elements) | ast.List(elts=elements)), tuple()) if len(elements) == len(item):
            found: dict[str, Meaning] = {}
            for element, inner in zip(elements, item, strict=True):
                names = _taken_apart(element, inner)
                if names is None:
                    return None
                found |= names
            return found
    return None


def _sort_key(item: Item) -> str | None:
    match item:
        case Text(value=text) | (Text(value=text), *_):
            return text
    return None
