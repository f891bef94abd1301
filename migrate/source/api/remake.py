"""Remakes `symbols.json` from the installed TensorFlow 2, and `tensorflow1.json` from a TensorFlow 1.15.

    python -m migrate.source.api.remake [--tf1-python PYTHON] [--check]

Only this file imports TensorFlow. Its survey also runs, as plain text on standard input, under the Python 3.7
that TensorFlow 1.15 needs: no newer syntax in here, and no import of `migrate` at the top.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

_SKIPPED = frozenset({"compat", "contrib", "core", "estimator", "keras", "python", "pywrap_tensorflow", "tools"})
_PLAIN = (str, int, float, bool, bytes, type(None), tuple, list, dict, frozenset)
_FLAG_MODULES = ("app.flags", "flags")
# Private modules whose attributes users do not reach for; they would only make the table larger.
_UNUSED = re.compile(
    r"\.(keras|distribute|debug|tpu|eager|autograph|data|feature_column|estimator|tools|compiler|compat"
    r"|grappler|ops\.gen_(dataset|experimental|boosted|tpu|list|resource)\w*|training\.gen_\w+|ops\.\w+_grad)(\.|$)"
)


def _walk(root: Any) -> dict[str, Any]:
    """Every public name below a TensorFlow module, modules left out."""
    found: dict[str, Any] = {}

    def visit(module: Any, prefix: str) -> None:
        for name in sorted(set(dir(module))):
            path = prefix + name
            if name.startswith("_") or path in _SKIPPED:
                continue
            try:
                value = getattr(module, name)
                home = getattr(value, "__name__", "")
            except Exception:  # some lazily loaded symbols of TF 2 need packages that are not there
                continue
            if not isinstance(value, types.ModuleType):
                found[path] = value
            elif "_api." in home or path in _FLAG_MODULES:
                if path not in _FLAG_MODULES:
                    visit(value, path + ".")
                else:
                    found.update(
                        (path + "." + flag, getattr(value, flag))
                        for flag in dir(value)
                        if not flag.startswith("_") and not isinstance(getattr(value, flag), types.ModuleType)
                    )

    visit(root, "")
    compat = root.compat
    found.update(("compat." + name, getattr(compat, name)) for name in dir(compat) if name[:3] in ("as_", "pat"))
    return found


def _key(value: Any) -> Any:
    """What makes two exported objects the same one: identity, below TensorFlow's dispatch decorators."""
    from tensorflow.python.util import tf_decorator

    if isinstance(value, types.FunctionType):
        value = tf_decorator.unwrap(value)[1]
    return id(value)


def _signature(value: Any) -> list[str] | None:
    """Parameters as `name` or `name=default`; None where there is no telling."""
    from tensorflow.python.util import tf_inspect

    if inspect.isclass(value):
        if value.__init__ is object.__init__:
            return []
        value = value.__init__
        if not inspect.isfunction(value):
            return None
    elif not callable(value):
        return None
    try:
        spec = tf_inspect.getfullargspec(value)
    except TypeError:
        return None
    names = [name for name in spec.args if name != "self"]
    defaults = [re.sub(r" at 0x\w+", "", repr(default)) for default in spec.defaults or ()]
    first = len(names) - len(defaults)
    shown = [name if index < first else name + "=" + defaults[index - first] for index, name in enumerate(names)]
    shown += ["*" + spec.varargs] if spec.varargs else []
    shown += [name + "=" + repr((spec.kwonlydefaults or {}).get(name)) for name in spec.kwonlyargs]
    return shown + (["**" + spec.varkw] if spec.varkw else [])


def _signatures(names: dict[str, Any]) -> dict[str, Any]:
    """Parameters by name; not of flags, which parse the command line as soon as they are looked at."""
    return {n: _signature(value) for n, value in sorted(names.items()) if not n.startswith(("flags.", "app."))}


def _constants(names: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in names.items() if isinstance(value, (str, int)) and name.isascii()}


def survey() -> dict[str, Any]:
    """What the `tf` of TensorFlow 1.15 holds; run by a Python that has it."""
    import tensorflow as tf

    names = _walk(tf)
    groups: dict[int, list[str]] = {}
    for name, value in names.items():
        if not isinstance(value, _PLAIN):
            groups.setdefault(_key(value), []).append(name)
    homes: dict[str, dict[str, str]] = {}
    for path, module in sorted(sys.modules.items()):
        path = path.replace("tensorflow_core.", "tensorflow.", 1)
        if not path.startswith("tensorflow.python") or module is None or _UNUSED.search(path):
            continue
        listed = getattr(module, "_tf_api_constants_v1", ()) or ()
        exported = {constant: paths[0] for paths, constant in listed if paths}
        for name, value in vars(module).items():
            if name in exported:
                homes.setdefault(path, {})[name] = exported[name]
            elif not name.startswith("_") and not isinstance(value, (*_PLAIN, types.ModuleType)):
                spellings = groups.get(_key(value))
                if spellings:
                    homes.setdefault(path, {})[name] = spellings[0]
    return {
        "version": tf.__version__,
        "names": sorted(names),
        "groups": sorted(sorted(group) for group in groups.values() if len(group) > 1),
        "signatures": {
            name: parameters for name, parameters in _signatures(names).items() if not name.startswith("raw_ops.")
        },
        "constants": dict(sorted(_constants(names).items())),
        "homes": {path: dict(sorted(held.items())) for path, held in sorted(homes.items())},
    }


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
    return made


def _dots(name: str) -> list[int]:
    return [at for at, letter in enumerate(name) if letter == "."]


def _order(name: str) -> tuple[int, int, str]:
    return name.count("."), len(name), name


def _canonical(group: list[str], kept: set[str]) -> str:
    """One spelling of a v1 object: one that TF2 kept, else a classic `saved_model.*.*`, else the shortest."""
    shared = [name for name in group if name in kept and name not in ("double", "half")]
    if shared:
        return min(shared, key=_order)
    classic = [name for name in group if re.match(r"saved_model\.\w+\.\w+$", name)]
    return min(classic or group, key=_order)


def make(old: dict[str, Any]) -> dict[str, Any]:
    """The content of `symbols.json`, from the installed TensorFlow 2 and a survey of TensorFlow 1.15."""
    import tensorflow as tf

    from migrate.source.api import compiling

    v1, v2 = _walk(tf.compat.v1), _walk(tf)
    owners: dict[int, list[str]] = {}
    for name, value in v2.items():
        if not isinstance(value, _PLAIN):
            owners.setdefault(_key(value), []).append(name)

    same: set[str] = set()
    moved: dict[str, str] = {}
    for name, value in v1.items():
        if isinstance(value, _PLAIN):
            last = name.rpartition(".")[2]
            found = [other for other, held in v2.items() if other.rpartition(".")[2] == last]
            found = [other for other in found if type(v2[other]) is type(value) and v2[other] == value]
        else:
            found = owners.get(_key(value), [])
        if name in found:
            same.add(name)
        elif found:
            tail = name.rpartition(".")[2]
            moved[name] = min(found, key=lambda other: (other.rpartition(".")[2] != tail, *_order(other)))

    groups = [list(group) for group in old["groups"]]
    member = {name: group for group in groups for name in group}
    by_key: dict[int, list[str]] = {}
    for name, value in v1.items():
        if not isinstance(value, _PLAIN):
            by_key.setdefault(_key(value), []).append(name)
    known = set(old["names"])
    for names in by_key.values():
        home = next((member[name] for name in names if name in member), None)
        if home is None:
            home = [name for name in names if name in known][:1]
            groups.append(home)
        home.extend(name for name in names if name not in known and name not in home)
    plain: dict[tuple[str, str], list[str]] = {}
    for name in {**old["constants"], **_constants(v1)}:
        top, _, last = name.partition(".")
        if top in ("saved_model", "app", "flags"):
            plain.setdefault((top, last.rpartition(".")[2]), []).append(name)
    groups.extend(plain.values())
    aliases: dict[str, str] = {}
    for group in groups:
        canonical = _canonical(group, same) if group else ""
        aliases.update((name, canonical) for name in group if name != canonical)

    aliases["app.flags"] = "flags"

    homes = {}
    for path, held in old["homes"].items():
        spelled = {name: aliases.get(public, public) for name, public in held.items()}
        homes[path.partition("tensorflow.python")[2].lstrip(".")] = " ".join(
            name if name == public else name + ">" + public for name, public in sorted(spelled.items())
        )
    legacy = sorted(name for name in v1 if name not in same and name not in moved)
    constants = {
        name: value
        for name, value in sorted({**old["constants"], **_constants(v1)}.items())
        if name.startswith("saved_model.") and isinstance(value, str)
    }
    identical = {**{name: name for name in sorted(same, key=_order)}, **dict(sorted(moved.items()))}
    keys = {name: _key(value) for name, value in v2.items()}
    before = {**_signatures(v1), **old["signatures"]}
    return {
        "tensorflow": tf.__version__,
        "tensorflow1": old["version"],
        "aliases": dict(sorted(aliases.items())),
        "same": " ".join(sorted(same)),
        "moved": dict(sorted(moved.items())),
        "legacy": " ".join(legacy),
        "gone": " ".join(sorted(known - set(v1))),
        "modern": " ".join(sorted(set(v2) - same)),
        "packages": " ".join(sorted({name[:at] for name in v1 for at in _dots(name)})),
        "homes": homes,
        "displaced": _displaced(homes, set(v1)),
        "constants": constants,
        **compiling.compiled(before, _signatures(v2), identical, aliases, keys),
    }


def _displaced(homes: dict[str, str], public: set[str]) -> dict[str, str]:
    """What private modules have no longer, though it is public: that is where it can be had."""
    found: dict[str, str] = {}
    for path, held in homes.items():
        if not path:
            continue  # What `tensorflow.python` itself held is all of the public names.
        module = None
        with contextlib.suppress(Exception):  # also one that needs a package that is not there
            module = importlib.import_module("tensorflow.python." + path)
        names = []
        for entry in held.split():
            name, _, other = entry.partition(">")
            if (other or name) in public and not (other or name).startswith("raw_ops.") and not _has(module, name):
                names.append(name)
        if names:
            found[path] = " ".join(names)
    return found


def _has(module: Any, name: str) -> bool:
    try:
        return hasattr(module, name)
    except Exception:  # some lazily loaded symbols need packages that are not there
        return True


def dump(content: dict[str, Any]) -> str:
    """Content as it is written: one key a line, so that a diff can be read."""
    lines = [json.dumps(key) + ": " + _value(value) for key, value in content.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _value(value: Any) -> str:
    if not isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    inner = ",\n".join(json.dumps(key) + ":" + json.dumps(held, separators=(",", ":")) for key, held in value.items())
    return "{\n" + inner + "\n}"


def main() -> int:
    """Writes both files, or with `--check` says whether `symbols.json` is what would be written."""
    parser = argparse.ArgumentParser(description="Remakes the table of TensorFlow 1 symbols.")
    parser.add_argument("--survey", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--tf1-python", help="a Python that has TensorFlow 1.15; without it the old survey is used")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if symbols.json is out of date")
    arguments = parser.parse_args()
    if arguments.survey:
        sys.stdout.write("\n" + json.dumps(survey()) + "\n")
        return 0
    here = Path(__file__).parent
    if arguments.tf1_python:
        (here / "tensorflow1.json").write_text(dump(survey_with(arguments.tf1_python)), "utf-8")
    made = dump(make(json.loads((here / "tensorflow1.json").read_text("utf-8"))))
    target = here / "symbols.json"
    if arguments.check:
        return int(target.read_text("utf-8") != made)
    target.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
