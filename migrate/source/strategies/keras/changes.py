"""The edits that put functions over a Keras model in the place of an export."""

from __future__ import annotations

import ast

from migrate.source.candidates import Candidate
from migrate.source.changes import Changes
from migrate.source.emit.helpers import (
    HELPER_IMPORTS,
    HELPERS,
)
from migrate.source.sites import RUN_TIME, Endpoint, SignatureSource
from migrate.source.strategies.frozen.keys import is_taken, saved_names
from migrate.source.strategies.keras.code import FunctionWriter, Output, Spec
from migrate.source.strategies.keras.computed import Computation
from migrate.source.strategies.keras.counted_keys import CountedKey
from migrate.source.strategies.keras.free_keys import is_run_time
from migrate.source.strategies.keras.free_names import FreeNames
from migrate.source.strategies.keras.key_helpers import INPUT_KEY, KEY_HELPERS, OUTPUT_KEYS, OUTPUT_NAMES, WEIGHTS
from migrate.source.strategies.keras.keys import NamedEnds
from migrate.source.strategies.keras.layers import Layers
from migrate.source.strategies.keras.names import imports_standalone
from migrate.source.strategies.keras.pairs import Naming, Pairs
from migrate.source.strategies.keras.save import KerasSave, key_text
from migrate.source.strategies.keras.tensors import ModelTensor, root
from migrate.source.strategies.keras.uses import Uses
from migrate.source.strategies.naming import identifier
from migrate.source.symbols import Imported
from migrate.source.unprovable import INPUT, Unprovable
from migrate.source.view import ModuleView


class KerasChanges:
    """Makes the edits of one export."""

    def __init__(
        self,
        view: ModuleView,
        candidate: Candidate,
        named: NamedEnds,
        tensors: dict[ast.expr, ModelTensor],
        model: ast.expr,
        layers: Layers,
        uses: Uses,
        computed: dict[SignatureSource, Computation],
        *,
        checked: bool,
    ) -> None:
        """Takes an export.

        Args:
            view: The module.
            candidate: The export.
            named: What it says.
            tensors: The tensor of the model behind each input and output.
            model: The model.
            layers: What the module says about its models.
            uses: The names of the module.
            computed: What signatures compute beside calling the model.
            checked: Whether the running program looks that no signature changes a variable.

        Raises:
            Unprovable: TF2 cannot take one of the inputs.
        """
        self._view = view
        site = named.site
        self._site = site
        self._at_run_time = named.at_run_time
        self._late_inputs = named.inputs_at_run_time
        self._tensors = tensors
        self._model = view.text_of(model)
        self._root = root(model).id
        self._imports: list[str] = []
        self._free_names = FreeNames(view, candidate, uses)
        self._computed = computed
        self._input_key = self._free_names.free("input_key") if self._late_inputs else ""
        self._restored: dict[SignatureSource, dict[str, str]] = {}
        self._inputs = {signature: self._specs(signature) for signature in site.signatures}
        self._outputs = {signature: self._results(signature) for signature in site.signatures}
        late = layers.batch_is_fixed_late()
        self._writer = FunctionWriter(
            view.tf,
            self._model,
            self._keras_model(),
            open_batch=late,
            single=layers.is_sequential(model, site.region),
            checked=checked,
        )
        self._checked = checked
        tables = list(dict.fromkeys(name for one in computed.values() for name in one.tables))
        self._save = KerasSave(view, site, self._free_names, self._writer, self._restored, tables)

    def kept_expressions(self) -> set[ast.AST]:
        """The expressions of the old code that the new code takes over."""
        inner = {tensor.node for tensor in self._tensors.values() if tensor.attribute == "inner"}
        given = {node for node in (self._site.as_text, self._site.tags) if node is not None}
        return {self._site.directory, *inner, *given, *self._keys()}

    def _keys(self) -> set[ast.expr]:
        """The expressions of the keys that are only known at run time."""
        keys = [(signature.key, signature.key_node) for signature in self._site.signatures]
        for signature in self._site.signatures:
            ends = (*signature.inputs, *signature.outputs)
            keys += [(end.key, end.key_node) for end in ends if end not in self._late_inputs]
        return {node for key, node in keys if node is not None and is_run_time(key)}

    def changes(self) -> Changes:
        """The edits, but for what else goes."""
        site, tf = self._site, self._view.tf
        directory, before = self._directory()
        gfile = f"{tf}.io.gfile"
        check = (
            f"if {gfile}.exists({directory}) and {gfile}.listdir({directory}):\n"
            f'\traise AssertionError(f"Export directory is not empty: {{{directory}}}")'
        )
        changes = Changes()
        made = self._functions()
        made += self._save.statements(directory, self._names)
        if site.opened is site.saved:
            changes.statements[site.saved.node] = (*before, check, *made)
        else:
            changes.statements[site.opened.node] = (*before, check)
            changes.statements[site.saved.node] = tuple(made)
        helpers = [
            name for name in [*self._save.helpers(), *self._asking()] if name not in self._view.symbols.module.bindings
        ]
        bodies = {**HELPERS, **KEY_HELPERS}
        texts = tuple(bodies[name].replace("TF", tf) for name in helpers if name in bodies)
        if texts:
            first = min(self._view.candidates, key=lambda one: one.call.lineno)
            changes.above[self._view.top_level(first.call)] = texts
        self._imports += [line for name in helpers for line in HELPER_IMPORTS.get(name, [])]
        changes.imports = tuple(self._imports)
        return changes

    # ---- signatures --------------------------------------------------------------------------------------------

    def _specs(self, signature: SignatureSource) -> list[Spec]:
        found: list[Spec] = []
        saved = saved_names(signature)
        plain = [identifier(name).lower() for name in saved.values()]
        if len(set(plain)) < len(plain):
            raise Unprovable(INPUT, f"the input keys of '{signature.key}' differ only in what TF2 does not tell apart")
        computed = self._computed.get(signature)
        if computed is not None and computed.placeholders:
            return [self._fed(endpoint, saved[endpoint.key], computed) for endpoint in signature.inputs]
        for endpoint in signature.inputs:
            tensor = self._tensors[endpoint.tensor]
            position = tensor.index or 0
            twin = next(
                (end for end, spec in zip(signature.inputs, found, strict=False) if spec.position == position), None
            )
            if twin is not None:
                keys = " and ".join(f"'{end.key.removeprefix(RUN_TIME)}'" for end in (twin, endpoint))
                raise Unprovable(INPUT, f"{keys} feed the same input of the model; TF2 wants both", endpoint.tensor)
            if position < 0:
                raise Unprovable(
                    INPUT, f"it cannot be seen which input of the model '{endpoint.key}' is", endpoint.tensor
                )
            key = self._end(endpoint)
            if endpoint in self._late_inputs:
                key = self._input_key
                if self._late_inputs[endpoint] is Naming.TENSOR:
                    key = f'"arg_" + {key}.replace(":", "_")'
                    self._restored.setdefault(signature, {})[key] = self._input_key
            elif not is_taken(endpoint.key):
                key = key_text(saved[endpoint.key])
                self._restored.setdefault(signature, {})[key] = key_text(endpoint.key)
            name = self._parameter(key, endpoint, found) if computed is None else computed.parameters[endpoint]
            found.append(Spec(key, name, position))
        if {spec.position for spec in found} != set(range(len(found))):
            raise Unprovable(INPUT, f"the signature '{signature.key}' does not feed all inputs of the model")
        return found

    def _fed(self, endpoint: Endpoint, saved: str, computed: Computation) -> Spec:
        """An input that is a placeholder."""
        if is_run_time(endpoint.key) or not is_taken(endpoint.key):
            raise Unprovable(INPUT, f"TF2 cannot export an input with the key '{endpoint.key}'", endpoint.tensor)
        return Spec(key_text(saved), computed.parameters[endpoint], -1, computed.placeholders[endpoint])

    def _asked_input_key(self) -> str:
        """The statement that asks the model for the name of its input."""
        whole = Naming.TENSOR in self._late_inputs.values()
        return f"{self._input_key} = {INPUT_KEY}({self._model}){'' if whole else '[:-2]'}"

    def _parameter(self, key: str, endpoint: Endpoint, found: list[Spec]) -> str:
        taken = {self._root, self._view.tf, "results", *(spec.parameter for spec in found)}
        taken |= {node.id for key in self._keys() for node in ast.walk(key) if isinstance(node, ast.Name)}
        name = "inputs" if is_run_time(endpoint.key) else identifier(key)
        while name in taken:
            name += "_input"
        return name

    def _results(self, signature: SignatureSource) -> list[Output]:
        if signature in self._computed:
            return []
        return [Output(self._end(endpoint), self._tensors[endpoint.tensor]) for endpoint in signature.outputs]

    def _end(self, endpoint: Endpoint) -> str:
        """The text of the key of an input or output."""
        node = endpoint.key_node
        return self._view.text_of(node) if node is not None and is_run_time(endpoint.key) else key_text(endpoint.key)

    def _functions(self) -> list[str]:
        """The functions, and the parts of the model that they call."""
        made: list[str] = [self._asked_input_key()] if self._late_inputs else []
        self._names: dict[SignatureSource, str] = {}
        texts = {t.node: self._view.text_of(t.node) for t in self._tensors.values() if t.attribute == "inner"}
        for signature in self._site.signatures:
            plain = [other for other in self._names if other not in self._computed and signature not in self._computed]
            same = next((other for other in plain if self._same(other, signature)), None)
            if same is not None:
                self._names[signature] = self._names[same]
                continue
            name = self._free_names.free("serve" if is_run_time(signature.key) else identifier(signature.key))
            outputs = self._outputs[signature]
            computed = self._computed.get(signature)
            if computed is not None:
                results = [(self._end(endpoint), text) for endpoint, text in computed.results.items()]
                made.append(self._writer.computing(name, self._inputs[signature], computed.lines, results))
                self._names[signature] = name
                continue
            part: str | None = None
            if any(output.tensor.attribute == "inner" for output in outputs):
                part = self._free_names.free(f"{name.removesuffix('_default')}_model")
                made.append(self._writer.part(part, outputs, texts))
            keyed: str | None = None
            late = self._at_run_time.get(signature)
            if late is not None and late.counted is not None:
                keyed = self._counted(late.counted)
            elif late is not None:
                keys = self._free_names.free("output_keys")
                made.append(self._output_keys(keys, late))
                keyed = f"dict(zip({keys}, results))"
            made.append(self._writer.function(name, self._inputs[signature], outputs, part, keyed))
            self._names[signature] = name
        return made

    def _output_keys(self, name: str, late: Pairs) -> str:
        """The statement that asks the model for the names of its outputs."""
        helper = OUTPUT_NAMES if late.naming is Naming.LAYER else OUTPUT_KEYS
        found = f"{helper}({self._model}){'[:1]' if late.first else ''}"
        return (
            f"{name} = {found}"
            if late.naming is not Naming.OP
            else f'{name} = [key.partition(":")[0] for key in {found}]'
        )

    def _counted(self, made: CountedKey) -> str:
        """The dictionary of all results under keys that are made of their places."""
        key, place = self._view.text_of(made.key), made.place
        tensor = next(name for name in ("t", "tensor", "result") if name != place)
        start = f", {made.start}" if made.start else ""
        return f"{{{key}: {tensor} for {place}, {tensor} in enumerate(results{start})}}"

    def _same(self, one: SignatureSource, other: SignatureSource) -> bool:
        def shape(signature: SignatureSource) -> object:
            outputs = [
                (o.key, o.tensor.attribute, o.tensor.index, ast.dump(o.tensor.node)) for o in self._outputs[signature]
            ]
            return [(spec.key, spec.position) for spec in self._inputs[signature]], outputs

        return shape(one) == shape(other)

    def _keras_model(self) -> str:
        """How the class of models is spelled, in the Keras that the module uses."""
        if not any(tensor.attribute == "inner" for tensor in self._tensors.values()):
            return ""
        if not imports_standalone(self._view.symbols):
            return f"{self._view.tf}.keras.Model"
        for name, bindings in self._view.symbols.module.bindings.items():
            if all(isinstance(binding, Imported) and binding.qualified == "keras" for binding in bindings):
                return f"{name}.Model"
        name = self._view.free("keras")
        self._imports.append("import keras" if name == "keras" else f"import keras as {name}")
        return f"{name}.Model"

    def _asking(self) -> list[str]:
        """The functions that ask the model."""
        namings = {late.naming for late in self._at_run_time.values() if late.naming is not None}
        found = [OUTPUT_KEYS] if namings - {Naming.LAYER} else []
        found += [OUTPUT_NAMES] if Naming.LAYER in namings else []
        found += [INPUT_KEY] if self._late_inputs else []
        found += [WEIGHTS] if self._checked else []
        return found

    def _directory(self) -> tuple[str, list[str]]:
        """The text of the export directory, and the statement that gives it a name if it has none."""
        node = self._site.directory
        text = self._view.text_of(node)
        steady = isinstance(node, ast.Name) and (
            self._site.opened.env.get(node.id) is self._site.saved.env.get(node.id) and node.id != "_"
        )
        if steady:
            return text, []
        name = self._free_names.free("export_dir")
        return name, [f"{name} = {text}"]
