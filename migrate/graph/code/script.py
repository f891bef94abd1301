"""Puts the script together: what varies from model to model, for the template script.py.jinja."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate.graph.code.bodies import GraphFile, body_of, graph_file, wanted_outside
from migrate.graph.code.contracts import signature_file
from migrate.graph.code.layout import array, call, indices, mapping, pair, statement
from migrate.graph.code.literals import comment_text, dtype_literal, shape_literal, text_literal
from migrate.graph.code.names import INITIALIZATION, method_names
from migrate.graph.code.tables import plan_tables
from migrate.graph.naming import module_places
from migrate.graph.save import _content as content_variables
from migrate.graph.source import Form
from migrate.graph.state import Variable
from migrate.graph.tensors import parse_tensor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from migrate.graph.code.layout import Expression
    from migrate.graph.code.tables import TablePlan
    from migrate.graph.naming import Place
    from migrate.graph.prepare import Prepared
    from migrate.graph.save import Written
    from migrate.graph.state import Saved
    from migrate.graph.view import MetaGraphView

_TABLE, _ASSET = "_table_", "_asset_"
"""What attributes are called; none of a variable or scope begins with an underscore and a letter."""


@dataclass(frozen=True, slots=True)
class Script:
    """What is written.

    Attributes:
        text: The Python file.
        files: What lies beside it.
    """

    text: str
    files: tuple[GraphFile, ...]


def make_script(
    file: str,
    directory: str,
    view: MetaGraphView,
    prepared: Sequence[Prepared],
    initialization: Prepared | None,
    written: Written,
    requested: AbstractSet[str],
) -> Script:
    """Makes the script and its files.

    Args:
        file: The script's file name.
        directory: The name of the directory beside it.
        view: The source's MetaGraph.
        prepared: Its signatures.
        initialization: What runs when the model is loaded.
        written: What `save_model` made of it.
        requested: The keys of the signatures that the source did not have.

    Raises:
        MigrateError: There is something that a script cannot make.
    """
    return _Maker(file, directory, view, tuple(prepared), initialization, written, requested).make()


class _Maker:
    def __init__(
        self,
        file: str,
        directory: str,
        view: MetaGraphView,
        prepared: tuple[Prepared, ...],
        initialization: Prepared | None,
        written: Written,
        requested: AbstractSet[str],
    ) -> None:
        self.file, self.directory = file, directory
        self.view, self.prepared, self.initialization = view, prepared, initialization
        self.requested = requested
        self.contents = {table.name: content_variables(table) for table in written.tables if table.saved is not None}
        self.tables = written.tables
        self.variables = (*written.variables, *(each for pair_ in self.contents.values() for each in pair_))
        self.places = module_places(variable.name for variable in self.variables)
        self.nodes = {node for variable in self.variables for node in variable.nodes}
        self.files: list[GraphFile] = []
        self.asset_numbers: dict[str, int] = {}
        self.asset_names = {str(parse_tensor(asset.tensor)): asset.filename for asset in view.assets}

    def make(self) -> Script:
        from jinja2 import Environment, PackageLoader, StrictUndefined

        environment = Environment(
            loader=PackageLoader("migrate.graph.code", "."),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        text = environment.get_template("script.py.jinja").render(self._context())
        return Script(text, tuple(self.files))

    def _context(self) -> dict[str, Any]:
        methods = method_names([each.key for each in self.prepared], self.places.values())
        plans = plan_tables(self.view, self.tables, self.initialization, self._asset_path)
        signatures = [self._method(each, methods[each.key]) for each in self.prepared]
        initialize = self._initialize(plans)
        for key, name in methods.items():
            self.files.append(signature_file(name, self.view, key, is_requested=key in self.requested))
        assets = bool(self.asset_numbers) or any(plan.asset for plan in plans)
        source = self.view.source
        has_source = source.form is Form.SAVED_MODEL
        given = [*(["checkpoint"] if self.variables else []), *(['arguments.source / "assets"'] if assets else [])]
        return {
            "what": comment_text(f"the TF1 {source.form} {source.path.name}"),
            "file": comment_text(self.file),
            "usage": "SOURCE OUT" if has_source else "CHECKPOINT OUT" if self.variables else "OUT",
            "directory": comment_text(self.directory),
            "graphs": statement("GRAPHS = ", call("Path(__file__).with_name", text_literal(self.directory)), 0),
            "modules": self._modules(),
            "variables": [self._variable(variable) for variable in self.variables],
            "has_unset": any(variable.saved is None for variable in self.variables),
            "assets": assets,
            "asset_files": self._asset_files(),
            "tables": [statement(f"self.{_TABLE}{number} = ", plan.expression, 2) for number, plan in enumerate(plans)],
            "has_made_tables": any(plan.initializer is None for plan in plans),
            "initialize": initialize,
            "state": self._state(),
            "methods": signatures,
            "signatures": statement(
                "SIGNATURES = ",
                mapping([(text_literal(key), text_literal(name)) for key, name in methods.items()]),
                0,
            ),
            "tags": self._tags(),
            "has_source": has_source,
            "extra": source.directory is not None and (source.directory / "assets.extra").is_dir(),
            "model": statement("model = ", call("Model", *given), 1),
        }

    def _tags(self) -> str:
        tags = self.view.tags
        if not tags or tags == ("serve",):
            return ""
        return statement("meta_graph.meta_info_def.tags[:] = ", array([text_literal(tag) for tag in tags]), 1)

    def _modules(self) -> list[str]:
        scopes = {place.scopes[: depth + 1] for place in self.places.values() for depth in range(len(place.scopes))}
        return [f"        self.{'.'.join(scope)} = tf.Module()" for scope in sorted(scopes, key=lambda s: (len(s), s))]

    def _variable(self, variable: Variable) -> str:
        options: dict[str, Expression | str] = {}
        if variable.saved is not None and variable.saved.key != variable.name:
            options["key"] = text_literal(variable.saved.key)
        if variable.saved is not None and variable.saved.slice_spec:
            options["part"] = _part(variable.saved)
        if not variable.trainable:
            options["trainable"] = "False"
        made = call(
            "variable",
            "None" if variable.saved is None else "values",
            text_literal(variable.name),
            dtype_literal(variable.dtype),
            shape_literal(variable.shape),
            **options,
        )
        return statement(f"{_attribute(self.places[variable.name])} = ", made, 2)

    def _asset_path(self, tensor: str) -> str:
        return f"str(assets / {text_literal(self.asset_names[tensor])})"

    def _asset(self, tensor: str) -> str:
        number = self.asset_numbers.setdefault(self.asset_names[tensor], len(self.asset_numbers))
        return f"self.{_ASSET}{number}"

    def _asset_files(self) -> list[str]:
        made = {
            number: call("tf.saved_model.Asset", f"str(assets / {text_literal(name)})")
            for name, number in self.asset_numbers.items()
        }
        return [statement(f"self.{_ASSET}{number} = ", expression, 2) for number, expression in made.items()]

    def _state(self) -> str:
        others = [
            (text_literal(node), _attribute(self.places[variable.name]))
            for variable in self.variables
            for node in variable.nodes
            if node != variable.name
        ]
        tables = [(text_literal(table.name), f"self.{_TABLE}{number}") for number, table in enumerate(self.tables)]
        if not self.variables:
            return statement("return ", mapping(tables), 2)
        named = '{v.name.removesuffix(":0"): v for v in self.variables}'
        if not others and not tables:
            return f"        return {named}"
        return f"        state = {named}\n" + statement("return ", mapping([*others, *tables], "state"), 2)

    def _initialize(self, plans: Sequence[TablePlan]) -> list[str]:
        lines = []
        for name, (keys, values) in self.contents.items():
            number = [table.name for table in self.tables].index(name)
            filling = call(
                "tf.raw_ops.LookupTableImportV2",
                table_handle=f"self.{_TABLE}{number}.resource_handle",
                keys=f"{_attribute(self.places[keys.name])}.read_value()",
                values=f"{_attribute(self.places[values.name])}.read_value()",
            )
            lines.append(statement("", filling, 2))
        if self.initialization is not None:
            done = {plan.initializer for plan in plans if plan.initializer is not None}
            body = body_of(self.initialization, self.nodes, done)
            if any(node.op != "NoOp" for node in body.node):
                lines.append(self._call(self.initialization, body, INITIALIZATION, ""))
        return lines

    def _method(self, prepared: Prepared, name: str) -> str:
        specs = [
            call("tf.TensorSpec", shape_literal(each.shape), dtype_literal(each.dtype), text_literal(each.name))
            for each in prepared.arguments
        ]
        return "\n".join(
            [
                statement("@", call("signature", *specs), 1),
                statement("def ", call(name, "self", *(each.name for each in prepared.arguments)), 1, ":"),
                self._call(prepared, body_of(prepared, self.nodes), name, "return "),
            ]
        )

    def _call(self, prepared: Prepared, body: Any, stem: str, before: str) -> str:
        """A call of a graph, which becomes a file."""
        file = graph_file(stem, body)
        self.files.append(file)
        taken = wanted_outside(body) | {returned.tensor.node for returned in prepared.returned}
        inner = {node.name for node in body.node}
        assets = [(text_literal(node), self._asset(tensor)) for tensor, node in prepared.assets if node in taken]
        operations = [text_literal(name) for name in prepared.operations if name in inner]
        outputs = [
            (text_literal(each.name), pair(text_literal(str(each.tensor)), shape_literal(each.shape)))
            for each in prepared.returned
        ]
        return statement(
            before,
            call(
                "call_graph",
                text_literal(file.name),
                mapping(assets, "self._state()") if assets else "self._state()",
                mapping([(text_literal(each.placeholder), each.name) for each in prepared.arguments]),
                mapping(outputs),
                *([array(operations)] if operations else []),
            ),
            2,
        )


def _attribute(place: Place) -> str:
    return f"self.{place.path}"


def _part(saved: Saved) -> Expression:
    """The slice of a whole tensor that `10 4 0,5:0,4` or `10 4 -:0,4` describes (core/framework/tensor_slice.h)."""
    slices = []
    for text in saved.slice_spec.split(" ")[-1].split(":"):
        if text == "-":
            slices.append("slice(None)")
        else:
            start, length = map(int, text.split(","))
            slices.append(f"slice({start}, {start + length})")
    return indices(slices)
