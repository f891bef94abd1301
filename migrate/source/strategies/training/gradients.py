"""Reads what `apply_gradients` is given: the gradients of a loss, clipped or as they are."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.arguments import bind
from migrate.source.flow import Definition
from migrate.source.kinds import Kind, Kinds
from migrate.source.strategies.plan import Clip
from migrate.source.unprovable import NO_EQUAL, Unprovable

_COMPUTE = ("loss", "var_list", "gate_gradients", "aggregation_method", "colocate_gradients_with_ops", "grad_loss")
_GRADIENTS = ("ys", "xs", "grad_ys", "name", "colocate_gradients_with_ops", "gate_gradients", "aggregation_method",
              "stop_gradients", "unconnected_gradients")  # fmt: skip
_HARMLESS = frozenset({"name", "colocate_gradients_with_ops"})
_CLIPS = {
    "clip_by_value": ("t", "clip_value_min", "clip_value_max", "name"),
    "clip_by_norm": ("t", "clip_norm", "axes", "name"),
    "clip_by_global_norm": ("t_list", "clip_norm", "use_norm", "name"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """The gradients that are applied.

    Attributes:
        loss: Whose gradients.
        variables: With respect to what, where that is said.
        optimizer: Who computes them; None for `tf.gradients`.
        made: The expressions that make them.
        clip: How they are clipped, if they are.
    """

    loss: ast.expr
    variables: ast.expr | None
    optimizer: ast.expr | None
    made: tuple[ast.expr, ...]
    clip: Clip | None = None


class GradientReader:
    """Reads the pairs of gradients and variables that an optimizer applies."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.region = kinds.region

    def pairs(self, node: ast.expr) -> Applied:
        """What a list of pairs of gradients and variables is.

        Raises:
            Unprovable: It is not known as the gradients of one loss, clipped at most.
        """
        made, path = self._behind(node)
        if not path:
            match made:
                case ast.Call(func=ast.Attribute(attr="compute_gradients", value=optimizer)):
                    if self.kinds.of(optimizer) is Kind.TRAIN:
                        return self._computed(made, optimizer)
                case ast.Call(func=ast.Name(id="list"), args=[inner], keywords=[]):
                    return self.pairs(inner)
                case ast.Call(func=ast.Name(id="zip"), args=[gradients, variables], keywords=[]):
                    return self._zipped(gradients, variables)
                case ast.ListComp(elt=ast.Tuple(elts=[gradient, variable]), generators=[loop]):
                    return self._each(made, gradient, variable, loop)
        raise self._unknown(node)

    def _computed(self, call: ast.Call, optimizer: ast.expr) -> Applied:
        loss, variables, *options = bind(call, _COMPUTE, required=1)
        assert loss is not None
        for name, value in zip(_COMPUTE[2:], options, strict=True):
            if value is not None and name not in _HARMLESS:
                raise Unprovable(NO_EQUAL, f"compute_gradients is given {name}", value)
        return Applied(loss, variables, optimizer, (call,))

    def _zipped(self, gradients: ast.expr, variables: ast.expr) -> Applied:
        """`zip(gradients, variables)`: both must be of one list of pairs, or of one call of `tf.gradients`."""
        found, source = self._gradients(gradients)
        own, path = self._behind(variables)
        pairs = self._unzipped(own)
        if pairs is not None:
            if path == (1,) and own is source:
                return found
        elif source is not None and self._unzipped(source) is None:
            assert found.variables is not None
            if self._same(variables, found.variables):
                return found
        raise Unprovable(NO_EQUAL, "it cannot be seen which gradient is for which variable", variables)

    def _gradients(self, node: ast.expr) -> tuple[Applied, ast.expr | None]:
        """What a list of gradients is, and the call that the variables must come from, too."""
        made, path = self._behind(node)
        pairs = self._unzipped(made)
        if pairs is not None and path == (0,):
            return self.pairs(pairs), made
        if isinstance(made, ast.Call):
            name = self.kinds.symbol(made)
            if name == "gradients" and not path:
                return self._differentiated(made), made
            if name == "clip_by_global_norm" and path == (0,):
                tensors, norm, *options = bind(made, _CLIPS[name], required=2)
                assert tensors is not None
                assert norm is not None
                if options[0] is not None:
                    raise Unprovable(NO_EQUAL, "clip_by_global_norm is given use_norm", made)
                found, source = self._gradients(tensors)
                return self._clipped(found, Clip(name, (self._plain(norm),)), made), source
        if isinstance(made, ast.ListComp) and not path and len(made.generators) == 1:
            loop = made.generators[0]
            if isinstance(loop.target, ast.Name) and not loop.ifs and not loop.is_async:
                found, source = self._gradients(loop.iter)
                return self._clipped(found, self._clip(made.elt, ast.dump(_loaded(loop.target))), made), source
        raise self._unknown(node)

    def _differentiated(self, call: ast.Call) -> Applied:
        loss, variables, *options = bind(call, _GRADIENTS, required=2)
        assert loss is not None
        assert variables is not None
        for name, value in zip(_GRADIENTS[2:], options, strict=True):
            if value is not None and name not in _HARMLESS:
                raise Unprovable(NO_EQUAL, f"tf.gradients is given {name}", value)
        if isinstance(loss, (ast.List, ast.Tuple)):
            raise Unprovable(NO_EQUAL, "several losses are differentiated at once", loss)
        return Applied(loss, variables, None, (call,))

    def _each(self, made: ast.ListComp, gradient: ast.expr, variable: ast.expr, loop: ast.comprehension) -> Applied:
        """`[(clip(g), v) for g, v in pairs if g is not None]`, also with `pair[0]` and `pair[1]`."""
        match loop.target:
            case ast.Tuple(elts=[ast.Name() as first, ast.Name() as second]):
                old, other = ast.dump(_loaded(first)), ast.dump(_loaded(second))
            case ast.Name(id=name):
                old, other = (ast.dump(ast.parse(f"{name}[{number}]", mode="eval").body) for number in (0, 1))
            case _:
                raise self._unknown(made)
        if loop.is_async or ast.dump(variable) != other:
            raise self._unknown(made)
        some = {ast.dump(ast.parse(f"{text} is not None", mode="eval").body) for text in _names(gradient, old)}
        if any(ast.dump(test) not in some for test in loop.ifs):
            raise Unprovable(NO_EQUAL, "only some of the gradients are applied", loop.ifs[0])
        found = self.pairs(loop.iter)
        if ast.dump(gradient) == old:
            return found
        clip = self._clip(gradient, old)
        return self._clipped(found, Clip(clip.function, clip.arguments, clip.some or bool(loop.ifs)), made)

    def _clip(self, node: ast.expr, old: str) -> Clip:
        """What is done with one gradient."""
        match node:
            case (
                ast.IfExp(
                    test=ast.Compare(left=tested, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]),
                    body=body,
                    orelse=other,
                )
                | ast.IfExp(
                    test=ast.Compare(left=tested, ops=[ast.Is()], comparators=[ast.Constant(value=None)]),
                    body=other,
                    orelse=body,
                )
            ) if ast.dump(tested) == old and (ast.unparse(other) == "None" or ast.dump(other) == old):
                inner = self._clip(body, old)
                return Clip(inner.function, inner.arguments, some=True)
            case ast.Call(args=[gradient, *_]) if ast.dump(gradient) == old:
                name = self.kinds.symbol(node) or ""
                if name in ("clip_by_value", "clip_by_norm"):
                    given = dict(zip(_CLIPS[name], bind(node, _CLIPS[name], required=2), strict=True))
                    if given.get("axes") is not None:
                        raise Unprovable(NO_EQUAL, "clip_by_norm is given axes", node)
                    limits = [given[key] for key in _CLIPS[name][1:] if key not in ("axes", "name")]
                    if None in limits:
                        raise self._unknown(node)
                    return Clip(name, tuple(self._plain(limit) for limit in limits if limit is not None))
        raise Unprovable(NO_EQUAL, "gradients are changed in another way than by one of tf.clip_by_*", node)

    def _clipped(self, found: Applied, clip: Clip, where: ast.expr) -> Applied:
        if found.clip is not None:
            raise Unprovable(NO_EQUAL, "gradients are clipped twice", where)
        return Applied(found.loss, found.variables, found.optimizer, (*found.made, where), clip)

    def _plain(self, node: ast.expr) -> ast.expr:
        if self.kinds.of(node) not in (Kind.PYTHON, Kind.CONFIG):
            raise Unprovable(NO_EQUAL, "gradients are clipped to a tensor", node)
        return node

    # ---- names -------------------------------------------------------------------------------------------------

    def _behind(self, node: ast.expr) -> tuple[ast.expr, tuple[int, ...]]:
        """The expression that makes what a name means, and which part of it the name is."""
        if isinstance(node, ast.Name):
            value = self.region.value_of.get(node)
            if isinstance(value, Definition) and value.known and value.previous is None and value.expression:
                if value.path or not isinstance(value.expression, ast.Name):
                    return value.expression, value.path
                return self._behind(value.expression)
        return node, ()

    def _unzipped(self, node: ast.expr) -> ast.expr | None:
        """The pairs in `zip(*pairs)`."""
        match node:
            case ast.Call(func=ast.Name(id="zip"), args=[ast.Starred(value=pairs)], keywords=[]):
                return pairs
        return None

    def _same(self, one: ast.expr, other: ast.expr) -> bool:
        if isinstance(one, ast.Name) and isinstance(other, ast.Name):
            value = self.region.value_of.get(one)
            return value is not None and value is self.region.value_of.get(other)
        made = (one, other)
        return all(
            isinstance(node, ast.Call) and self.kinds.symbol(node) == "trainable_variables" and not node.args
            and not node.keywords
            for node in made
        )  # fmt: skip

    def _unknown(self, node: ast.expr) -> Unprovable:
        text = "it cannot be seen that the gradients of one loss are applied, clipped at most"
        return Unprovable(NO_EQUAL, text, node)


def _loaded(name: ast.Name) -> ast.Name:
    return ast.Name(name.id, ast.Load())


def _names(gradient: ast.expr, old: str) -> list[str]:
    """How the gradient is spelled inside of what is made of it."""
    return [ast.unparse(node) for node in ast.walk(gradient) if isinstance(node, ast.expr) and ast.dump(node) == old]
