"""What a SavedModel does when it is loaded, and the files it carries."""

from __future__ import annotations

import ast

from migrate.source.flow import (
    Definition,
    Region,
    Step,
)
from migrate.source.kinds import Kind, calls, header
from migrate.source.session import Effect, excluded
from migrate.source.slicing.cuts import expression_key
from migrate.source.slicing.state_calls import state_call
from migrate.source.specs import argument_of
from migrate.source.strategies.base import PlannerBase
from migrate.source.strategies.naming import identifier
from migrate.source.strategies.plan import Asset, State
from migrate.source.unprovable import (
    INIT_OP,
    NOT_STATIC,
    Unprovable,
)


class InitOpPlanner(PlannerBase):
    """Plans init ops and assets."""

    def _init_ops(self) -> None:
        for site in self.sites:
            for node in site.init_ops:
                self._init_op(node)

    def _init_op(self, node: ast.expr) -> None:
        match node:
            case ast.Constant(value=None):
                return
            case ast.Name():
                value = self.region.value_of.get(node)
                if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                    if value.expression is not None:
                        self._init_op(value.expression)
                        return
            case ast.Call():
                name = self.kinds.symbol(node) or ""
                last = name.rpartition(".")[2]
                if last == "no_op":
                    return
                if last == "group":
                    for argument in node.args:
                        self._init_op(argument)
                    return
                if last in ("main_op", "global_variables_initializer", "initialize_all_variables", "global_variables",
                            "variables_initializer", "initialize_variables", "variables"):  # fmt: skip
                    self._resets(node)
                    return
                if self.kinds.of(node) is Kind.INIT:
                    if "local" in last and any("LOCAL_VARIABLES" in ast.unparse(c) for c in self._variable_calls()):
                        self._resets(node)
                    return
                assigned = self.session.assigned(node)
                if assigned is not None and assigned.method == "assign" and isinstance(assigned.variable, ast.Name):
                    value = self.region.value_of.get(assigned.variable)
                    if isinstance(value, Definition) and self.kinds.of(assigned.value) in (
                        Kind.PYTHON,
                        Kind.CONFIG,
                    ):
                        self._override(value, assigned.value)
                        return
        raise Unprovable(INIT_OP, f"its init op runs {ast.unparse(node)}, which TF2 does not run when it loads", node)

    def _resets(self, node: ast.Call) -> None:
        """`main_op()` gives all variables their initial values again whenever the model is loaded."""
        for call in self._variable_calls():
            if not self._deterministic(call):
                raise Unprovable(INIT_OP, "its main_op initializes the variables again, at random, on every load", node)
        for step in self.region.steps:
            effects = self.session.effects(step)
            if step in self.plan_.foreign:
                continue
            if effects & {Effect.CHANGE, Effect.ASSIGN, Effect.RESTORE} and not excluded(step, self.region, self.facts):
                raise Unprovable(INIT_OP, "its main_op undoes on loading what the session did to the variables", node)

    def _variable_calls(self) -> list[ast.Call]:
        return [
            call
            for step in self.region.steps
            for part in header(step)
            for call in calls(part)
            if self.kinds.of(call) is Kind.VARIABLE
        ]

    def _override(self, definition: Definition, value: ast.expr) -> None:
        expression = state_call(definition, self.kinds)
        if expression is None:
            raise Unprovable(INIT_OP, f"its init op sets '{definition.name}', which is no plain variable", value)
        for state in self.plan_.states:
            if state.definition is definition:
                state.override = value
                return
        self.plan_.states.append(State("", expression, definition.step, definition, override=value))

    def _assets(self) -> None:
        listed = [node for site in self.sites for node in site.assets]
        if not listed:
            return
        for node in listed:
            match node:
                case ast.List(elts=elements) | ast.Tuple(elts=elements):
                    for element in elements:
                        self._asset(element, self._step_of(node))
                    continue
            source = node
            if isinstance(node, ast.Name):
                value = self.region.value_of.get(node)
                if isinstance(value, Definition) and value.known and value.expression is not None:
                    source = value.expression
            if isinstance(source, ast.Call) and (self.kinds.symbol(source) or "").endswith("get_collection"):
                for step in self.region.steps:
                    for part in header(step):
                        for call in calls(part):
                            if (self.kinds.symbol(call) or "").endswith("add_to_collection"):
                                collection, path = argument_of(call, "name", 0), argument_of(call, "value", 1)
                                if path is not None and _is_asset_collection(collection, self.region):
                                    self._asset(path, step)
                continue
            raise Unprovable(NOT_STATIC, f"its assets ({ast.unparse(node)}) cannot be read", node)

    def _table_assets(self) -> None:
        """Vocabulary files of tables that no signature uses are assets all the same; two of one name get new names."""
        used = {call for state in self.plan_.states for call in self._calls_of(state)}
        collected = any("get_collection" in ast.unparse(node) for site in self.sites for node in site.assets)
        for step in self.region.steps:
            if not collected or step in self.plan_.foreign:
                break
            for part in header(step):
                for call in calls(part):
                    name = (self.kinds.symbol(call) or "").rpartition(".")[2]
                    if self.kinds.of(call) is Kind.TABLE and call not in used and "file" in name:
                        file = argument_of(call, "vocabulary_file", 0)
                        if file is not None:
                            self._asset(file, step)
        if len(self.plan_.assets) > 1:
            names = [ast.unparse(asset.path).rpartition("/")[2].strip("'\"") for asset in self.plan_.assets]
            literal = all(isinstance(asset.path, ast.Constant) for asset in self.plan_.assets)
            if not literal or len(set(names)) < len(names):
                raise Unprovable(NOT_STATIC, "two assets may have the same file name", self.sites[0].call)

    def _asset(self, node: ast.expr, step: Step) -> None:
        """A constant with a file name; a vocabulary of a table of the module is carried by the table."""
        name = "asset"
        path: ast.expr = node
        if isinstance(node, ast.Name):
            name = node.id
            value = self.region.value_of.get(node)
            if isinstance(value, Definition) and value.known and value.expression is not None and not value.path:
                path, step = value.expression, value.step
        if isinstance(path, ast.Call) and self.kinds.symbol(path) in ("constant", "convert_to_tensor"):
            inner = argument_of(path, "value", 0)
            assert inner is not None
            path = inner
        if self.kinds.of(path) not in (Kind.PYTHON, Kind.CONFIG):
            raise Unprovable(NOT_STATIC, f"the asset {ast.unparse(node)} is not a file name known here", node)
        key = expression_key(path, self.region)
        for asset in self.plan_.assets:
            if key is not None and expression_key(asset.path, self.region) == key:
                return
        self.plan_.assets.append(Asset(self._fresh(identifier(name)), path, step))


def _is_asset_collection(node: ast.expr | None, region: Region) -> bool:
    if isinstance(node, ast.Constant):
        return node.value == "asset_filepaths"
    return node is not None and (region.resolve(node) or "").endswith("GraphKeys.ASSET_FILEPATHS")
