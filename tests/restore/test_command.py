from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.restore.command import Request, run
from migrate.signatures import read_meta_graph, read_meta_graphs
from tests.restore.models import CLASSIFY, PREDICT, REGRESS, STRING, lost_model, saved_model, signature, write


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write(tmp_path / "model", lost_model())


def ask(model: Path, **options) -> Request:
    return replace(Request(model), **options)


def methods(path: Path) -> dict[str, str]:
    return {signature.key: signature.method_name for signature in read_meta_graph(path).signatures}


def test_everything_at_once(model):
    request = ask(
        model,
        classify=("both",),
        regress=("r",),
        predict=("plain",),
        copy=("plain=xai_model",),
        rename=("number=r",),
        rename_input=("xai_model:a=x:0", "plain:b=c d"),
        rename_output=("xai_model:z==",),
    )
    assert run(request).written
    assert methods(model) == {"both": CLASSIFY, "r": REGRESS, "plain": PREDICT, "xai_model": PREDICT}
    by_key = read_meta_graph(model).by_key
    assert [info.key for info in by_key["xai_model"].inputs] == ["b", "x:0"]
    assert [info.key for info in by_key["xai_model"].outputs] == ["=", "y"]
    assert [info.key for info in by_key["plain"].inputs] == ["a", "c d"]


def test_a_removal(model):
    run(ask(model, remove=("plain", "number")))
    assert list(methods(model)) == ["both"]


def test_a_whole_copy_may_ask_for_no_change(model, tmp_path):
    made = run(ask(model, out=tmp_path / "out"))
    assert made.written
    assert methods(tmp_path / "out") == methods(model)


def test_the_original_alone(model, tmp_path):
    message = saved_model()
    signature(message.meta_graphs[0], "number", {"inputs": "e:0"}, {"outputs": "o:0"}, method=REGRESS, dtype=STRING)
    run(ask(model, original=write(tmp_path / "original", message)))
    assert methods(model)["number"] == REGRESS


def test_tags(tmp_path):
    message = saved_model(("serve",), ("serve", "gpu"))
    for number, meta_graph in enumerate(message.meta_graphs):
        signature(meta_graph, "k", {f"x{number}": "x:0"}, {"y": "y:0"})
    model = write(tmp_path / "m", message)
    run(ask(model, rename_input=("k:x0=x",), tags=("serve",)))
    run(ask(model, rename_input=("k:x1=z",), tags=("gpu", "serve")))
    assert [[info.key for info in one.by_key["k"].inputs] for one in read_meta_graphs(model)] == [["x"], ["z"]]
    with pytest.raises(MigrateError, match="signature `k` has no input `x`"):
        run(ask(model, rename_input=("k:x=q",)))


WRONG = [
    ({}, "say what to restore: --classify KEY"),
    ({"dry_run": True}, "say what to restore"),
    ({"tags": ("serve",), "force": True}, "say what to restore"),
    ({"classify": ("both",), "regress": ("both",)}, "signature `both` is given two method names"),
    ({"classify": ("both",), "overwrite": True}, "--overwrite goes with --out DIR"),
    ({"classify": ("both",), "tensor_names": True}, "--tensor-names: name the model .* with --from ORIGINAL"),
    ({"tensor_names": True}, "--tensor-names: name the model"),
    ({"classify": ("both",), "classes": "c"}, "--classes goes with --examples SPEC"),
    ({"classify": ("both",), "scores": "s"}, "--scores goes with --examples SPEC"),
    ({"regress": ("number",), "outputs": "o"}, "--outputs goes with --examples SPEC"),
    ({"examples": "x=float32[]"}, "--examples goes with exactly one --classify KEY or --regress KEY"),
    ({"examples": "x=float32[]", "predict": ("plain",)}, "--examples goes with exactly one"),
    ({"examples": "x=float32[]", "classify": ("both", "plain")}, "--examples goes with exactly one"),
    ({"examples": "x=float32[]", "classify": ("both",), "predict": ("plain",)}, "--examples goes with exactly one"),
    ({"examples": "x=float32[]", "classify": ("both",), "regress": ("number",)}, "--examples goes with exactly one"),
    ({"examples": "original", "classify": ("both",), "scores": "s"}, "--from ORIGINAL"),
    ({"rename": ("both",)}, "--rename both: give OLD=NEW"),
    ({"copy": ("x=y",)}, "--copy x=y: no signature `x`"),
    ({"rename": ("both=__saved_model_init_op",)}, "no signature may be called `__saved_model_init_op`"),
    ({"remove": ("x",)}, "no signature `x`"),
    ({"remove": ("both",), "rename": ("both=b",)}, "`both` is to be renamed and to be removed"),
    ({"rename": ("both=b", "both=c")}, "`both` is to be renamed to two keys"),
    ({"rename_input": ("both=b",)}, "--rename-input both=b: give SIGNATURE:OLD=NEW"),
    ({"rename_output": ("both:x=b",)}, "signature `both` has no output `x`"),
    ({"rename_output": ("plain:y=a", "plain:y=b")}, "output `y` is to be renamed to two keys"),
    ({"rename": ("plain=p",), "rename_input": ("plain:a=c",)}, "no signature `plain`; there is: `both`, `number`, `p`"),
    ({"remove": ("plain",), "classify": ("plain",)}, "no signature `plain`"),
    ({"classify": ("x",)}, "no signature `x`"),
    ({"classify": ("both",), "tags": ("gpu",)}, "no MetaGraph has the tags gpu"),
    ({"classify": ("plain",)}, "could never serve Classify"),
]


@pytest.mark.parametrize(("options", "said"), WRONG, ids=str)
def test_what_does_not_go_together_is_one_line_and_nothing_changes(model, options, said):
    before = (model / "saved_model.pb").read_bytes()
    with pytest.raises(MigrateError, match=said) as caught:
        run(ask(model, **options))
    assert "\n" not in str(caught.value)
    assert (model / "saved_model.pb").read_bytes() == before
    assert sorted(path.name for path in model.iterdir()) == ["assets", "saved_model.pb", "variables"]


def test_method_names_by_api(model):
    request = ask(model, classify=("a", "b"), regress=("c",), predict=("d",))
    assert [(key, str(api)) for key, api in request.method_names] == [
        ("a", "classify"),
        ("b", "classify"),
        ("c", "regress"),
        ("d", "predict"),
    ]
