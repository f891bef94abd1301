"""Names that Keras 3 has in another place, or under another name, and that mean the same there.

`from keras.layers.core import Dense`, `Adam(lr=0.1)`, `model.fit_generator(...)`: a script that stops at these never
comes to its export. What has no exact counterpart is only told.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator

from migrate.source.emit.writer import CONTINUED, WIDTH
from migrate.source.emit.writer import call as call_text
from migrate.source.strategies.keras.names import keras_name
from migrate.source.strategies.keras.optimizer_names import ZEROS, named_optimizer, optimizer_name
from migrate.source.strategies.keras.uses import Uses

_LAYERS = frozenset({
    "Activation", "ActivityRegularization", "Add", "AlphaDropout", "Average", "AveragePooling1D", "AveragePooling2D",
    "AveragePooling3D", "BatchNormalization", "Bidirectional", "Concatenate", "Conv1D", "Conv2D", "Conv2DTranspose",
    "Conv3D", "ConvLSTM2D", "Convolution1D", "Convolution2D", "Convolution3D", "Cropping1D", "Cropping2D",
    "Cropping3D", "Dense", "DepthwiseConv2D", "Dot", "Dropout", "ELU", "Embedding", "Flatten", "GRU", "GRUCell",
    "GaussianDropout", "GaussianNoise", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D",
    "GlobalMaxPooling2D", "Input", "InputLayer", "InputSpec", "LSTM", "LSTMCell", "Lambda", "Layer", "LeakyReLU",
    "Masking", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "Maximum", "Minimum", "Multiply", "PReLU", "Permute",
    "RNN", "ReLU", "RepeatVector", "Reshape", "SeparableConv1D", "SeparableConv2D", "SimpleRNN", "Softmax",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "StackedRNNCells", "Subtract", "TimeDistributed",
    "UpSampling1D", "UpSampling2D", "UpSampling3D", "Wrapper", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D",
    "add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract",
})  # fmt: skip
_UTILS = frozenset({"CustomObjectScope", "Progbar", "Sequence", "custom_object_scope", "get_custom_objects", "get_file",
                    "model_to_dot", "normalize", "plot_model", "to_categorical"})  # fmt: skip
_LAYER_MODULES = frozenset({"advanced_activations", "convolutional", "convolutional_recurrent", "core", "embeddings",
                            "merge", "noise", "normalization", "pooling", "recurrent", "wrappers"})  # fmt: skip
_UTIL_MODULES = frozenset({"data_utils", "generic_utils", "np_utils", "vis_utils"})
_ENGINE = {"Input": "layers", "InputLayer": "layers", "InputSpec": "layers", "Layer": "layers", "Model": "models",
           "Sequential": "models"}  # fmt: skip
_ONLY_WITH_TENSORFLOW = frozenset({"preprocessing.image.ImageDataGenerator", "preprocessing.text.Tokenizer",
                                   "preprocessing.text.one_hot", "preprocessing.text.text_to_word_sequence",
                                   "preprocessing.sequence.TimeseriesGenerator"})  # fmt: skip
"""What only the Keras 3 that TensorFlow has kept."""
_RATES = {
    "Adadelta": 1.0,
    "Adagrad": 0.01,
    "Adam": 0.001,
    "Adamax": 0.002,
    "Nadam": 0.002,
    "RMSprop": 0.001,
    "SGD": 0.01,
}
"""Rates that standalone Keras took where none was given."""
_CHANGED = frozenset({"Adadelta", "Adagrad", "Adamax", "Nadam"})
"""The optimizers for which Keras 3 takes another."""
_OPTIMIZER_ARGUMENTS = frozenset({"amsgrad", "beta_1", "beta_2", "clipnorm", "clipvalue", "epsilon", "momentum", "name",
                                  "nesterov", "rho"})  # fmt: skip
_NADAM = "Nadam with TensorFlow 1's schedule of its momentum, so that it counts a little otherwise"
_ROOTS = ("keras.", "tensorflow.keras.", "tensorflow.python.keras.", "tensorflow.compat.v1.keras.")
_NOWHERE = frozenset({"CuDNNGRU", "CuDNNLSTM", "Merge", "multi_gpu_model"})
_GENERATORS = {
    "fit_generator": ("fit", ("x", "steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data",
                              "validation_steps")),
    "evaluate_generator": ("evaluate", ("x", "steps", "callbacks")),
    "predict_generator": ("predict", ("x", "steps", "callbacks")),
}  # fmt: skip
_QUIET = frozenset({"evaluate", "predict"})
"""What told nothing where it was not asked to, and tells of its progress now."""
_WEIGHTS_ONLY = 4
"""The place of `save_weights_only` among the arguments of a ModelCheckpoint."""
_KEPT = frozenset({"callbacks", "class_weight", "epochs", "initial_epoch", "shuffle", "steps", "steps_per_epoch",
                   "validation_data", "validation_freq", "validation_steps", "verbose"})  # fmt: skip
_GONE = frozenset({"max_q_size", "max_queue_size", "nb_worker", "pickle_safe", "use_multiprocessing", "workers"})
"""How the batches were fetched, which Keras 3 asks the data for."""


def new_home(module: str, name: str) -> str | None:
    """Where Keras 3 has a name, below `keras`; None where the place is the same, or there is none.

    Args:
        module: The old module, such as `layers.core`.
        name: The name.
    """
    package, _, inner = module.partition(".")
    if package == "layers" and inner in _LAYER_MODULES and name in _LAYERS:
        return "layers"
    if package == "utils" and inner in _UTIL_MODULES and name in _UTILS:
        return "utils"
    if package == "engine":
        return _ENGINE.get(name)
    return None


def moved_import(node: ast.ImportFrom) -> list[str] | None:
    """The new text of an import, in which every name comes from where Keras 3 has it; None where nothing changes.

    Args:
        node: It.
    """
    module = node.module or ""
    for root in ("tensorflow.keras", "tensorflow.python.keras", "keras"):
        if module == root or module.startswith(f"{root}."):
            break
    else:
        return None
    public = root.replace(".python", "")
    below = module[len(root) + 1 :]
    homes: dict[str, list[str]] = {}
    moved = False
    for alias in node.names:
        home = new_home(below, alias.name)
        where = f"{public}.{home}" if home is not None else module
        text = alias.name if alias.asname is None else f"{alias.name} as {alias.asname}"
        if below == "utils" and alias.name == "np_utils":
            where, home, text = public, "utils", f"utils as {alias.asname or 'np_utils'}"
        elif root == "keras" and f"{below}.{alias.name}" in _ONLY_WITH_TENSORFLOW:
            where = home = f"tensorflow.{module}"
        moved |= home is not None
        homes.setdefault(where, []).append(text)
    return [_import_text(where, texts) for where, texts in homes.items()] if moved else None


def _import_text(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return f"from {module} import (\n" + "".join(f"{CONTINUED}{name},\n" for name in names) + ")"


class Moved:
    """The expressions of a module that Keras 3 spells otherwise.

    Attributes:
        expressions: Expressions -> new text.
        failing: What stays and fails, with its lines.
    """

    def __init__(self, uses: Uses) -> None:
        """Reads a module.

        Args:
            uses: Its names, with what is gone.
        """
        self._uses = uses
        self._made: dict[ast.expr, Callable[[], str]] = {}
        self.failing: dict[str, list[int]] = {}
        own = {node.name for node in uses.nodes(ast.FunctionDef)}  # type: ignore[attr-defined]
        accuracy = self._accuracy()
        for attribute in uses.nodes(ast.Attribute):
            assert isinstance(attribute, ast.Attribute)
            if not uses.is_gone(attribute):
                self._attribute(attribute)
        for call in self._calls():
            name = keras_name(call.func, uses.scopes[call], uses.view.symbols) or ""
            if name.startswith("optimizers."):
                self._optimizer(call, name.rpartition(".")[2])
            if name == "callbacks.ModelCheckpoint":
                self._checkpoint(call, accuracy)
            self._named(call)
            if isinstance(call.func, ast.Attribute) and call.func.attr not in own:
                self._method(call, call.func)
        if accuracy:
            self._histories()
        for text, line in self._imports():
            self.failing.setdefault(text, []).append(line)
        inner = {part for node in self._made for part in ast.walk(node) if part is not node}
        self.expressions: dict[ast.expr, str] = {node: make() for node, make in self._made.items() if node not in inner}

    def _text(self, node: ast.expr) -> str:
        """The text of an expression, with what changes inside of it."""
        if node in self._made:
            return self._made[node]()
        text = self._uses.view.text_of(node)
        for part in ast.walk(node):
            if part in self._made and isinstance(part, ast.expr):
                text = text.replace(self._uses.view.text_of(part), self._made[part]())
        return text

    def note(self) -> str | None:
        """What is told about the lines that fail under Keras 3; None where there are none."""
        if not self.failing:
            return None
        found = "; ".join(
            f"{name} (line{'s' if len(set(lines)) > 1 else ''} {', '.join(map(str, sorted(set(lines))))})"
            for name, lines in self.failing.items()
        )
        return (
            f"Keras 3 does not have: {found}. Set TF_USE_LEGACY_KERAS=1 (package tf-keras; import tf_keras for keras)"
        )

    def _fails(self, name: str, node: ast.expr) -> None:
        self.failing.setdefault(name, []).append(node.lineno)

    def _attribute(self, node: ast.Attribute) -> None:
        """`keras.layers.core.Dense`, `keras.utils.np_utils.to_categorical`; `keras.layers.CuDNNLSTM`, which is nowhere."""
        if node.attr in _NOWHERE:
            gone = keras_name(node, self._uses.scopes[node], self._uses.view.symbols)
            if gone is not None:
                self._fails(f"keras.{gone}", node)
        match node.value:
            case ast.Attribute(value=ast.Attribute(attr="layers" | "utils" as package) as base, attr=inner):
                name = keras_name(node, self._uses.scopes[node], self._uses.view.symbols)
                if name == f"{package}.{inner}.{node.attr}" and new_home(f"{package}.{inner}", node.attr):
                    text = f"{self._uses.view.text_of(base)}.{node.attr}"
                    self._made[node] = lambda: text

    def _optimizer(self, node: ast.Call, kind: str) -> None:
        """`SGD(lr=0.01, decay=1e-6)`; the rates that standalone Keras took by itself."""
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if kind not in _RATES or None in given or len(node.args) > 1:
            return
        qualified = self._uses.view.symbols.qualified(node.func, self._uses.scopes[node]) or ""
        standalone = qualified.partition(".")[0] == "keras"
        old = bool({"lr", "decay"} & given.keys()) or _is_none(given.get("epsilon"))
        rate = given.pop("lr", given.pop("learning_rate", node.args[0] if node.args else None))
        decay = given.pop("decay", None)
        if isinstance(decay, ast.Constant) and decay.value in (0, None):
            decay = None
        if _is_none(given.get("epsilon")):
            del given["epsilon"]
        if kind == "Nadam":
            self._fails(_NADAM, node)
        zeros = standalone and kind == "Adagrad"
        if not (old or zeros or (standalone and rate is None and kind in _CHANGED)):
            return
        scheduled = decay is not None and self._is_scheduled()
        if not given.keys() <= _OPTIMIZER_ARGUMENTS or scheduled or self._has_comments(node):
            self._fails(f"the arguments of {kind}", node)
            return
        default = _RATES[kind] if standalone else {"SGD": 0.01}.get(kind, 0.001)

        def make() -> str:
            shown = self._text(rate) if rate is not None else str(default)
            if decay is not None:
                schedule = f"{self._uses.view.tf}.keras.optimizers.schedules.InverseTimeDecay"
                shown = f"{schedule}({shown}, decay_steps=1, decay_rate={self._text(decay)})"
            said = rate is not None or decay is not None or (standalone and kind in _CHANGED)
            arguments = [f"learning_rate={shown}"] if said else []
            arguments += [f"{name}={self._text(value)}" for name, value in given.items()]
            arguments += [ZEROS] if zeros else []
            return call_text(self._uses.view.text_of(node.func), arguments, depth=node.col_offset // 2)

        self._made[node] = make

    def _named(self, call: ast.Call) -> None:
        """`model.compile("adadelta", ...)`."""
        name = optimizer_name(call)
        if name is None:
            return
        if str(name.value).lower() == "nadam":
            self._fails(_NADAM, name)
        try:
            text = named_optimizer(str(name.value), self._uses)
        except LookupError:
            self._fails(f"the rate of {name.value!r}, which keras and tf.keras did not share", name)
            return
        if text is not None:
            self._made[name] = functools.partial(str, text)

    def _checkpoint(self, call: ast.Call, accuracy: bool) -> None:
        """`ModelCheckpoint("best.h5", "val_acc")`: what it watches, and the file that it writes."""
        given = dict(zip(("filepath", "monitor"), call.args, strict=False))
        given |= {keyword.arg or "": keyword.value for keyword in call.keywords}
        match given.get("monitor"):
            case ast.Constant(value="acc" | "val_acc") as key if accuracy:
                text = self._uses.view.text_of(key).replace("acc", "accuracy")
                self._made[key] = functools.partial(str, text)
        weights = "save_weights_only" in given or len(call.args) > _WEIGHTS_ONLY
        match given.get("filepath"):
            case ast.Constant(value=str(path)) if weights and not path.endswith(".weights.h5"):
                self._fails("ModelCheckpoint with weights in other files than *.weights.h5", call)

    def _has_comments(self, node: ast.Call) -> bool:
        """Whether there are comments in a call, which would be lost with it."""
        return "#" in self._uses.view.source_of(node) and node.end_lineno != node.lineno

    def _is_scheduled(self) -> bool:
        """Whether a callback sets the rate, which Keras 3 refuses for one that decays by itself."""
        names = {keras_name(call.func, self._uses.scopes[call], self._uses.view.symbols) for call in self._calls()}
        return any((name or "").endswith(("ReduceLROnPlateau", "LearningRateScheduler")) for name in names)

    def _calls(self) -> Iterator[ast.Call]:
        for node in self._uses.nodes(ast.Call):
            assert isinstance(node, ast.Call)
            if not self._uses.is_gone(node):
                yield node

    def _method(self, node: ast.Call, function: ast.Attribute) -> None:
        if function.attr == "predict_classes":
            self._fails("predict_classes", node)
        if function.attr == "save_weights" and not any(
            isinstance(part, ast.Constant) and str(part.value).endswith(".weights.h5") for part in ast.walk(node)
        ):
            self._fails("save_weights to other files than *.weights.h5", node)
        if function.attr not in _GENERATORS:
            return
        name, positions = _GENERATORS[function.attr]
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        starred = any(isinstance(argument, ast.Starred) for argument in node.args)
        known = given.keys() <= _KEPT | _GONE | {"generator"}
        if None in given or starred or len(node.args) > len(positions) or not known:
            self._fails(function.attr, node)
            return
        callee = f"{self._uses.view.text_of(function.value)}.{name}"
        quiet = name in _QUIET and "verbose" not in given
        if len(node.args) == 1 and given.keys() <= _KEPT and not quiet:
            self._made[function] = lambda: callee
            return
        if self._has_comments(node):
            self._fails(function.attr, node)
            return
        first = given.pop("generator", None)

        def make() -> str:
            arguments = [] if first is None else [self._text(first)]
            arguments += [
                self._text(argument) if position == "x" else f"{position}={self._text(argument)}"
                for position, argument in zip(positions, node.args, strict=False)
            ]
            arguments += [f"{key}={self._text(value)}" for key, value in given.items() if key not in _GONE]
            arguments += ["verbose=0"] if quiet else []
            return call_text(callee, arguments, depth=node.col_offset // 2)

        self._made[node] = make

    # ---- the names of metrics ----------------------------------------------------------------------------------

    def _accuracy(self) -> bool:
        """Whether models are compiled with a metric that TF1's Keras called `acc` and Keras 3 calls `accuracy`."""
        found: set[str] = set()
        for node in self._uses.nodes(ast.Call):
            assert isinstance(node, ast.Call)
            if isinstance(node.func, ast.Attribute) and node.func.attr == "compile":
                for keyword in node.keywords:
                    if keyword.arg == "metrics":
                        for part in ast.walk(keyword.value):
                            found.add(str(getattr(part, "value", getattr(part, "id", ""))))
        return "accuracy" in found and "acc" not in found

    def _histories(self) -> None:
        """`history.history["val_acc"]` and `monitor="val_acc"`."""
        for node in [*self._uses.nodes(ast.Subscript), *self._uses.nodes(ast.keyword)]:
            match node:
                case ast.Subscript(
                    value=ast.Attribute(attr="history"), slice=ast.Constant(value="acc" | "val_acc") as key
                ):
                    pass
                case ast.keyword(arg="monitor", value=ast.Constant(value="acc" | "val_acc") as key):
                    pass
                case _:
                    continue
            if not self._uses.is_gone(node):
                text = self._uses.view.text_of(key).replace("acc", "accuracy")
                self._made[key] = functools.partial(str, text)

    # ---- what fails --------------------------------------------------------------------------------------------

    def _imports(self) -> Iterator[tuple[str, int]]:
        """Imports of what Keras 3 has nowhere."""
        for node in self._uses.nodes(ast.ImportFrom):
            assert isinstance(node, ast.ImportFrom)
            module = node.module or ""
            if self._uses.is_gone(node) or not module.startswith(_ROOTS):
                continue
            below = module.partition("keras.")[2]
            package, _, inner = below.partition(".")
            for alias in node.names:
                gone = (package == "layers" and inner in _LAYER_MODULES) or (package == "utils" and inner != "")
                gone |= package in ("engine", "wrappers", "legacy") or alias.name in _NOWHERE
                if gone and new_home(below, alias.name) is None:
                    yield f"{module}.{alias.name}", node.lineno


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
