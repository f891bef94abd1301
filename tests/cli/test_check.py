"""`tf-migrate check`."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from migrate.signatures.proto import new_message

DTYPES = {"float32": 1, "string": 7}


@pytest.fixture
def export(tmp_path):
    """Writes a model: `export("a", {KEY: (METHOD, {INPUT: DTYPE}, {OUTPUT: DTYPE})})`; all are matrices or examples."""

    def write(name, signatures, tags=("serve",)):
        saved = new_message("SavedModel")
        saved.saved_model_schema_version = 1
        meta_graph = saved.meta_graphs.add()
        meta_graph.meta_info_def.tags.extend(tags)
        # TF2 wrote it.
        meta_graph.object_graph_def = b"\x0a\x00"
        for key, (method, inputs, outputs) in signatures.items():
            entry = meta_graph.signature_def.add(key=key)
            entry.value.method_name = f"tensorflow/serving/{method}"
            for infos, those in ((entry.value.inputs, inputs), (entry.value.outputs, outputs)):
                for one, dtype in those.items():
                    info = infos.add(key=one).value
                    info.name, info.dtype = f"{key}/{one}:0", DTYPES[dtype]
                    info.tensor_shape.dim.add(size=-1)
                    if dtype == "float32":
                        info.tensor_shape.dim.add(size=3)
        directory = tmp_path / name
        directory.mkdir()
        (directory / "saved_model.pb").write_bytes(saved.SerializeToString())
        return directory

    return write


PREDICT = ("predict", {"x": "float32"}, {"y": "float32"})
EXAMPLES = {"examples": "string"}, {"scores": "float32"}


def test_nothing_wrong(tf_migrate, export):
    ran = tf_migrate("check", export("a", {"serving_default": PREDICT}))
    assert (ran.code, ran.errors) == (0, "")
    assert ran.text.endswith("\nnothing wrong\n")


def test_something_wrong_and_mended(tf_migrate, export):
    model = export("a b", {"serving_default": ("classify", *EXAMPLES)})
    ran = tf_migrate("check", model)
    assert (ran.code, ran.errors) == (1, "")
    assert "error: serving_default: Classify refuses it: its input is called `examples`" in ran.text
    fix = tf_migrate("check", model, "--fix")
    assert fix.code == 1
    assert fix.errors == "it mends 1 of 1; `tf-migrate check` without --fix shows them\n"
    program, *arguments = shlex.split(fix.text)
    assert (program, arguments[:2]) == ("tf-migrate", ["restore", str(model)])
    assert tf_migrate(*arguments).code == 0
    assert tf_migrate("check", model).code == 0
    clean = tf_migrate("check", model, "--fix")
    assert (clean.code, clean.text, clean.errors) == (0, "", "nothing wrong, nothing to mend\n")


def test_nothing_that_restore_could_mend(tf_migrate, export):
    ran = tf_migrate("check", export("a", {}), "--fix")
    assert (ran.code, ran.text) == (1, "")
    assert ran.errors == "restore mends none of 1; `tf-migrate check` without --fix shows them\n"


def test_every_fix_is_taken_by_restore(tf_migrate, export):
    """Keys with colons and spaces, renames of signatures and of their outputs, method names, copies: all at once."""
    old = export("old", {"a: b": ("classify", {"inputs": "string"}, {"scores": "float32"}), "c": PREDICT})
    lost = ("predict", {"in put": "string"}, {"output_0": "float32"})
    new = export("new", {"a: b": lost, "d": PREDICT})
    fix = tf_migrate("check", new, "--against", old, "--fix")
    arguments = shlex.split(fix.text)[1:]
    assert tf_migrate(*arguments).code == 0
    after = json.loads(tf_migrate("check", new, "--against", old, "--format", "json").text)
    assert {found["rule"] for found in after["findings"]} == {"no-serving-default", "tensor-names"}


def test_json(tf_migrate, export):
    model = export("a", {"serving_default": PREDICT, "other": PREDICT})
    ran = tf_migrate("check", model, "--profile", "xai", "--format", "json", "--tags", " serve ")
    data = json.loads(ran.text)
    assert (ran.code, data["profile"], data["ok"]) == (1, "xai", False)
    assert data["commands"] == [f"tf-migrate restore {model} --copy serving_default=xai_model"]


def test_sarif(tf_migrate, export):
    ran = tf_migrate("check", export("a", {"one": PREDICT}), "--format", "sarif")
    (run,) = json.loads(ran.text)["runs"]
    assert (ran.code, [result["ruleId"] for result in run["results"]]) == (1, ["no-serving-default"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--tags", "train"], "no MetaGraph has the tags train; there is: serve"),
        (["--runtime", "0.1"], "no table for the runtime 0.1"),
        (["--against", "nowhere"], "nowhere: no such directory"),
        (["--profile", "tpu"], "'tpu'"),
        (["--format", "xml"], "'xml'"),
    ],
)
def test_bad_options(tf_migrate, export, options, said):
    ran = tf_migrate("check", export("a", {"serving_default": PREDICT}), *options)
    assert (ran.code, ran.text) == (2, "")
    assert said in ran.errors


def test_no_model(tf_migrate, tmp_path):
    ran = tf_migrate("check", tmp_path / "m")
    assert (ran.code, ran.errors) == (2, f"tf-migrate: error: {tmp_path / 'm'}: no such directory\n")


@pytest.mark.parametrize("extra", [[], ["--format", "json"], ["--format", "sarif"], ["--runtime", "1.15"]])
def test_tensorflow_is_not_imported(extra):
    import os
    import subprocess
    import sys

    root = Path(__file__).parents[2]
    model = root / "fixtures" / "models" / "examples_three_methods" / "golden"
    code = (
        "import sys; from migrate.cli.main import main; code = main(sys.argv[1:]);"
        "print('LOADED', *sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(model), *extra],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    loaded = set(done.stderr.rsplit("LOADED", 1)[1].split())
    assert not loaded & {"tensorflow", "keras", "numpy", "libcst", "rich", "jinja2"}
    assert extra or not loaded & {"networkx", "migrate.graph.runtime.table", "migrate.report.sarif"}
