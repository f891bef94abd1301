"""Remakes `tf1_package.json` from the runtime package `migrate.tf1`, and `contrib1.json` from a TensorFlow 1.15.

    python -m migrate.source.api.remake_tf1 [--tf1-python PYTHON] [--check]

The survey also runs, as plain text on standard input, under the Python 3.7 that TensorFlow 1.15 needs: no newer
syntax in here, and no import of `migrate` at the top.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import json
import os
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

_PACKAGES = ("crf", "data", "deprecated", "framework", "image", "layers", "learn", "legacy_seq2seq", "lookup", "losses",
             "metrics", "predictor", "rnn", "saved_model", "seq2seq", "slim", "tfprof", "training")  # fmt: skip
"""The packages of tf.contrib that graphs are built with."""
_NEST = "contrib.framework.nest"
_INNER = {
    "contrib.learn.datasets.mnist": "contrib.learn.python.learn.datasets.mnist",
    "contrib.slim.nets.resnet_utils": "contrib.slim.python.slim.nets.resnet_utils",
    "contrib.slim.nets.resnet_v1": "contrib.slim.python.slim.nets.resnet_v1",
    "contrib.slim.nets.resnet_v2": "contrib.slim.python.slim.nets.resnet_v2",
    "contrib.slim.nets.vgg": "contrib.slim.python.slim.nets.vgg",
}
"""Modules of modules that programs import by their paths, and where they are."""


def survey() -> dict[str, Any]:
    """Which names of tf.contrib are the same object; run by a Python that has TensorFlow 1.15."""
    import tensorflow as tf
    from tensorflow.python.util import tf_decorator

    def key(value: Any) -> int:
        return id(tf_decorator.unwrap(value)[1] if isinstance(value, types.FunctionType) else value)

    def counts(name: str, value: Any) -> bool:
        if name.startswith("_") or not isinstance(value, (type, types.FunctionType)):
            return False
        return str(value.__module__).startswith("tensorflow") and not value.__module__.endswith(".util.deprecation")

    def things(module: Any) -> list[tuple[str, Any]]:
        return [(name, value) for name, value in sorted(vars(module).items()) if counts(name, value)]

    contrib = importlib.import_module("tensorflow.contrib")
    public = {}  # type: dict[int, str]
    for package in (tf, tf.nn, tf.nn.rnn_cell, tf.layers, tf.train, tf.losses, tf.metrics, tf.lookup, tf.nest, tf.io):
        for name in dir(package):
            value = getattr(package, name)
            if not name.startswith("_") and isinstance(value, (type, types.FunctionType)):
                path = ".".join([*package.__name__.partition("_api.v1.")[2].split(".")[0:], name]).lstrip(".")
                public.setdefault(key(value), path)
    groups = {}  # type: dict[int, list[str]]
    for name in _PACKAGES:
        package = getattr(contrib, name)
        for attribute in dir(package):
            value = getattr(package, attribute)
            path = ".".join(["contrib", name, attribute])
            if isinstance(value, types.ModuleType):
                if path != _NEST and (name != "slim" or ".contrib." not in value.__name__):
                    continue
                for inner, held in things(value):
                    groups.setdefault(key(held), []).append(path + "." + inner)
            elif counts(attribute, value):
                groups.setdefault(key(value), []).append(path)
    for path, real in _INNER.items():
        for inner, held in things(importlib.import_module("tensorflow." + real)):
            groups.setdefault(key(held), []).append(path + "." + inner)
    homes = {}  # type: dict[str, dict[str, str]]
    # Modules that are only imported when somebody asks for them.
    for deep in (
        "slim.nets",
        "rnn.python.ops.core_rnn_cell",
        "rnn.python.ops.core_rnn",
        "predictor.predictor_factories",
    ):
        with contextlib.suppress(ImportError):
            importlib.import_module("tensorflow.contrib." + deep)
    for path, module in sorted(sys.modules.items()):
        path = path.replace("tensorflow_core.", "tensorflow.", 1)
        if (
            not path.startswith("tensorflow.contrib.")
            or path.count(".") < 3
            or not isinstance(module, types.ModuleType)
        ):
            continue
        if path.split(".")[2] not in _PACKAGES:
            continue
        package = ".".join(path.split(".")[1:3])
        for name, value in things(module):
            found = sorted(
                groups.get(key(value), ()), key=lambda one: (not one.startswith(package + "."), len(one), one)
            )
            if found:
                homes.setdefault(path.partition(".")[2], {})[name] = found[0]
            elif key(value) in public:
                homes.setdefault(path.partition(".")[2], {})[name] = public[key(value)]
    # What only hands its arguments to the function of the same name there.
    handing = {
        "contrib.data." + name: "data.experimental." + name
        for name in dir(contrib.data)
        if not name.startswith("_") and hasattr(tf.data.experimental, name)
    }
    return {
        "version": tf.__version__,
        "handing": handing,
        "same": {
            one: public[held] for held, group in sorted(groups.items(), key=str) for one in sorted(group) if held in public
        },
        "groups": sorted(" ".join(sorted(group)) for group in groups.values() if len(group) > 1),
        "homes": {
            path: " ".join(name if public.endswith("." + name) and public == path + "." + name else name + ">" + public
                           for name, public in sorted(held.items()))
            for path, held in sorted(homes.items())
        },
    }  # fmt: skip


def survey_with(python: str) -> dict[str, Any]:
    """The survey of TensorFlow 1.15, made by the interpreter that has it."""
    environment = {name: value for name, value in os.environ.items() if name != "TF2_BEHAVIOR"}
    done = subprocess.run(
        [python, "-", "--survey"],
        input=Path(__file__).read_text("utf-8"),
        capture_output=True,
        check=True,
        env=environment,
        text=True,
    )
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    made["same"] = dict(sorted(made["same"].items()))
    return made


def provided() -> tuple[set[str], set[str]]:
    """The names that `migrate.tf1` has, and its modules, below the package: what each `__all__` says.

    Nothing is imported, for all of it imports TensorFlow.
    """
    top = Path(__file__).resolve().parents[2] / "tf1"
    listed: dict[str, tuple[list[str], dict[str, str]]] = {}
    packages: set[str] = set()
    for file in sorted(top.rglob("*.py")):
        parts = file.relative_to(top).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if any(part.startswith("_") for part in parts):
            continue
        path = ".".join(parts)
        packages.add(path)
        read = _listed(ast.parse(file.read_text("utf-8")))
        if read is not None:
            listed[path] = read
    names: set[str] = set()
    for path, (found, imported) in listed.items():
        for name in found:
            full = f"{path}.{name}"
            if full in packages:
                continue
            if imported.get(name) in listed:
                # Another module under a name of this one.
                names.update(f"{full}.{inner}" for inner in listed[imported[name]][0])
                packages.add(full)
            else:
                names.add(full)
    return names, packages - {""}


def _listed(tree: ast.Module) -> tuple[list[str], dict[str, str]] | None:
    """What `__all__` of a module lists, and where below the package what it imports is from; None where it is made."""
    imported: dict[str, str] = {}
    found: list[str] | None = None
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and not node.level and str(node.module).startswith("migrate.tf1."):
            for alias in node.names:
                imported[alias.asname or alias.name] = (str(node.module) + "." + alias.name)[len("migrate.tf1.") :]
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
            if [getattr(target, "id", None) for target in node.targets] == ["__all__"]:
                found = ast.literal_eval(node.value)
    return (found, imported) if found is not None else None


def make(old: dict[str, Any]) -> dict[str, Any]:
    """The content of `tf1_package.json`, from the runtime package and the survey."""
    from migrate.source.api.outside import replacement_outside

    names, modules = provided()
    others: dict[str, list[str]] = {}
    for line in old["groups"]:
        group = line.split()
        others.update((one, group) for one in group)
    same: dict[str, str] = old["same"]

    def home(public: str, near: str, name: str) -> str | None:
        group = [public, *others.get(public, ()), *([same[public]] if public in same else [])]
        found = [one for one in group if one in names]
        return min(
            found, key=lambda one: (not one.startswith(near), not one.endswith(name), len(one), one), default=None
        )

    spellings: dict[str, str] = {}
    for path, held in old["homes"].items():
        near = ".".join(path.split(".")[:2]) + "."
        for entry in held.split():
            name, _, public = entry.partition(">")
            target = home(public or f"{path}.{name}", near, f".{name}")
            if target is not None and target != f"{path}.{name}":
                spellings[f"{path}.{name}"] = target
    for one in dict.fromkeys([*others, *same]):
        target = home(one, one.rpartition(".")[0] + ".", one[one.rindex(".") :])
        if one not in names and target is not None:
            spellings[one] = target
    replaced = {**same, **old["handing"]}
    renamed = {one: replacement_outside(public) for one, public in replaced.items() if public not in names}
    inner: dict[str, list[str]] = {}
    for spelling, target in sorted(spellings.items()):
        path, _, name = spelling.rpartition(".")
        inner.setdefault(path, []).append(f"{name}>{target}")
    by_module: dict[str, str] = {}
    for path in sorted({one.rpartition(".")[0] for one in names}):
        by_module[path] = " ".join(sorted(one.rpartition(".")[2] for one in names if one.rpartition(".")[0] == path))
    return {
        "names": by_module,
        "modules": " ".join(sorted(modules)),
        "spellings": {path: " ".join(entries) for path, entries in inner.items()},
        "renamed": {one: new for one, new in renamed.items() if new is not None},
    }


def main() -> int:
    """Writes both files, or with `--check` says whether `tf1_package.json` is what would be written."""
    parser = argparse.ArgumentParser(description="Remakes the table of what migrate.tf1 has.")
    parser.add_argument("--survey", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--tf1-python", help="a Python that has TensorFlow 1.15; without it the old survey is used")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if tf1_package.json is out of date")
    arguments = parser.parse_args()
    if arguments.survey:
        sys.stdout.write("\n" + json.dumps(survey()) + "\n")
        return 0
    from migrate.source.api.remake import dump

    here = Path(__file__).parent
    if arguments.tf1_python:
        (here / "contrib1.json").write_text(dump(survey_with(arguments.tf1_python)), "utf-8")
    made = dump(make(json.loads((here / "contrib1.json").read_text("utf-8"))))
    target = here / "tf1_package.json"
    if arguments.check:
        return int(target.read_text("utf-8") != made)
    target.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
