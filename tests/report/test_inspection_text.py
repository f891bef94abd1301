from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.graph.analyze import inspect_model
from migrate.graph.inspection import (
    Candidate,
    Hazard,
    HazardKind,
    Inspection,
    Loop,
    MetaGraphInspection,
    ProposedSignature,
    Severity,
)
from migrate.graph.source import Form
from migrate.graph.state import Saved, Variable
from migrate.report.amounts import byte_text, count, listed, shape_text, total_text
from migrate.report.chosen import choose_signature
from migrate.report.inspection_text import render_text
from migrate.report.next_step import next_step
from migrate.report.scope_summary import summarize_scopes

MODELS = Path(__file__).parents[2] / "fixtures" / "models"
BLOCKS = Hazard(HazardKind.PYTHON_FUNCTION, Severity.BLOCKS, "py", "PyFunc", "It calls Python.", "Feed it.", ("a",), 3)
NOTE = Hazard(HazardKind.REFERENCE, Severity.NOTE, "w", "VariableV2", "A note.", "Nothing to do.")


def variable(name: str, size: int = 4, **more) -> Variable:
    values = {
        "nodes": (name,),
        "is_ref": True,
        "dtype": "float32",
        "shape": (size,),
        "trainable": True,
        "is_local": False,
        "saved": Saved(name),
    }
    return Variable(name=name, **{**values, **more})


def meta_graph(**more) -> MetaGraphInspection:
    values = {
        "tags": ("serve",),
        "tensorflow_version": "1.15.5",
        "producer": 134,
        "nodes": 10,
        "functions": 0,
        "has_objects": False,
        "signatures": (),
        "variables": (),
        "tables": (),
        "assets": (),
        "init_operations": (),
        "loops": (),
        "conditionals": 0,
        "hazards": (),
        "proposals": (),
    }
    return MetaGraphInspection(**{**values, **more})


def inspection(*meta_graphs, path="model", form=Form.SAVED_MODEL, checkpoint=None) -> Inspection:
    return Inspection(Path(path), form, 1234, checkpoint, meta_graphs or (meta_graph(),))


@cache
def fixture(name: str) -> Inspection:
    return inspect_model(MODELS / name / "golden")


def test_the_most_important_comes_first_and_the_next_step_last():
    lines = render_text(fixture("dynamic_rnn")).splitlines()
    assert lines[0].endswith("fixtures/models/dynamic_rnn/golden")
    assert lines[1] == "SavedModel written by TensorFlow 1.15.5, 54.2 kB, checkpoint variables/variables"
    headings = [line.split()[0] for line in lines if line and not line.startswith(" ")]
    found = [word for word in headings if word in ("Signature", "Variables", "While", "Hazards", "Next:")]
    assert list(dict.fromkeys(found)) == ["Signature", "Variables", "While", "Hazards", "Next:"]
    assert next(line for line in lines if line.startswith("Signature ")).startswith("Signature serving_default")
    assert lines[-1].startswith("Next: Convert it: tf-migrate convert ")


def test_what_is_said_of_a_signature():
    text = render_text(fixture("dynamic_rnn"), width=80)
    for line in (
        "  inputs     lengths        int32    [?]        lengths:0",
        "             sequence       float32  [?, ?, 2]  sequence:0",
        "  batch      any size",
        "  not fed    steps:0 int32, default 4",
        "  trainable  no: it has no variables",
    ):
        assert line in text.splitlines()
    assert "4 of 7, 508 B: lstm/rnn/basic_lstm_cell/kernel," in text


@pytest.mark.parametrize("name", ["dynamic_rnn", "lookup_assets", "two_metagraphs", "counter", "sparse_input"])
@pytest.mark.parametrize("width", [1, 60, 80, 200])
def test_it_fits_the_terminal(name, width):
    text = render_text(fixture(name), width=width)
    long = [line for line in text.splitlines() if len(line) > max(width, 40)]
    # Only what is to be pasted or found again may be longer: headings, paths, commands.
    assert all(not line.startswith("   ") for line in long)
    assert text.endswith("\n")
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_colour_only_where_it_is_wanted():
    assert "\x1b" not in render_text(fixture("counter"))
    coloured = render_text(fixture("counter"), colour=True)
    assert "\x1b[1m" in coloured


def test_names_cannot_steer_the_terminal():
    evil = variable("a\x1b[31m\n[red]b[/red]")
    text = render_text(inspection(meta_graph(variables=(evil,)), path="p\x1b[2J"), colour=True)
    assert "\x1b[31m" not in text
    assert "\x1b[2J" not in text
    assert "[red]b[/red]" in text.replace("\n", "")


def test_hazards_that_block_come_first_and_stop():
    found = inspection(meta_graph(hazards=(NOTE, BLOCKS)))
    text = render_text(found)
    assert text.index("blocks  python-function at py (PyFunc), one of 3") < text.index("note    reference at w")
    assert "3 hazards below would stop a conversion" in text
    assert text.splitlines()[-1] == ("Next: 3 hazards block the conversion (python-function at py); feed it")
    assert next_step(found).blocked
    assert next_step(found).command == ()


def test_tf2_models_need_nothing():
    text = render_text(inspection(meta_graph(has_objects=True)))
    assert text.splitlines()[-1] == "Next: Nothing to convert: TensorFlow 2 wrote this model"


def test_raw_graphs_are_proposed_signatures(tmp_path):
    x = Candidate("x", "x y:0", "float32", (None, 3), 0.93, ("a placeholder",))
    y = Candidate("y", "y:0", "float32", None, 0.5, ("nobody takes it", "its name"))
    proposal = ProposedSignature("serving_default", (x,), (y,), (y,))
    raw = inspection(
        meta_graph(tags=(), proposals=(proposal,), variables=(variable("w"),)), path="a b.pb", form=Form.GRAPH
    )
    text = render_text(raw, width=80)
    assert "  input     x=x y:0  float32 [?, 3]  93%" in text
    assert "            nobody takes it; its name" in text
    assert text.splitlines()[-1].endswith(
        "tf-migrate convert 'a b.pb' 'a b_tf2' --checkpoint PREFIX --input 'x=x y:0' --output y=y:0"
        " --signature serving_default"
    )
    assert "--input 'x=x y:0' \\\n" in text
    without = inspection(meta_graph(tags=()), form=Form.GRAPH, path="g.pb")
    assert "--input NAME=TENSOR" in next_step(without).line


def test_the_command_names_tags_and_foreign_checkpoints():
    several = inspection(meta_graph(tags=("train",)), meta_graph(tags=("gpu", "serve")), checkpoint=Path("ck/model"))
    assert next_step(several).command[:2] == ("tf-migrate", "convert")
    assert "gpu,serve" in next_step(several).command
    assert "MetaGraph gpu,serve" in render_text(several)
    beside = inspection(meta_graph(tags=()), path="m.ckpt.meta", form=Form.META_GRAPH, checkpoint=Path("m.ckpt"))
    assert "--checkpoint" not in next_step(beside).command
    other = replace(beside, checkpoint=Path("n.ckpt"))
    assert "n.ckpt" in next_step(other).command


def test_long_lists_are_summed_up_by_scope():
    many = tuple(variable(f"net/layer_{i}/{part}", 1000) for i in range(12) for part in ("w", "b", "m", "v"))
    found = inspection(meta_graph(variables=(*many, variable("step", trainable=False))))
    text = render_text(found)
    assert "49, by scope; --all lists each" in text
    assert "net/layer_11/" in text
    assert "net/layer_11/w" not in text
    assert "4 of 4" in text
    assert "net/layer_11/w" in render_text(found, full=True)


def test_empty_variables_and_unknown_sizes():
    found = (variable("nothing", 0), variable("loose", shape=None), variable("words", dtype="string"))
    text = render_text(inspection(meta_graph(variables=found)))
    assert "3 variables (at least 0 B)" in text
    assert "[...]" in text
    assert summarize_scopes((), 5) == ()


def test_where_values_come_from_is_said_only_if_it_is_news():
    same, moved = variable("a"), variable("b", saved=Saved("b/ema"))
    part, local = variable("c", saved=Saved("c", "10 0,5")), variable("d", saved=None, is_local=True)
    assert "saved as" not in render_text(inspection(meta_graph(variables=(same,))))
    text = render_text(inspection(meta_graph(variables=(same, moved, part, local))))
    for words in ("saved as", "b/ema", "c [10 0,5]", "(set when loaded)", "ref, local"):
        assert words in text


def test_scopes_are_opened_where_there_is_most():
    many = [variable(f"a/{i}") for i in range(3)] + [variable("b/c/only")] + [variable(f"d{i}/w") for i in range(6)]
    names = [group.name for group in summarize_scopes(many, 10)]
    assert names == ["a/0", "a/1", "a/2", "b/c/only", *(f"d{i}/w" for i in range(6))]
    few = summarize_scopes(many, 4)
    assert few[-1].name == "..."
    assert sum(len(group.variables) for group in few) == len(many)
    assert sum(group.byte_size for group in few) == 160


def test_nested_loops():
    loops = (Loop("a/while_context", "", 5, ("s",)), Loop("a/b/while_context", "a/while_context", 3, ()))
    text = render_text(inspection(meta_graph(loops=loops)))
    assert "inside" in text
    assert "2 loops" in text
    assert "inside" not in render_text(inspection(meta_graph(loops=loops[:1])))


def test_one_signature_only():
    one = choose_signature(fixture("dynamic_rnn"), "collatz")
    text = render_text(one)
    assert "serving_default" not in text
    assert "lstm" not in text
    with pytest.raises(MigrateError, match=r"no signature 'x'; there is: collatz, serving_default"):
        choose_signature(fixture("dynamic_rnn"), "x")
    with pytest.raises(MigrateError, match="it has none"):
        choose_signature(inspection(), "x")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, "?"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (999_600, "1 MB"),
        (31_400, "31.4 kB"),
        (2**60, "1.15e+03 PB"),
    ],
)
def test_bytes(size, text):
    assert byte_text(size) == text


def test_amounts():
    assert shape_text((None, 3)) == "[?, 3]"
    assert shape_text(None) == "[...]"
    assert (count(1, "node"), count(1234, "node")) == ("1 node", "1,234 nodes")
    assert listed(list("abcdefg"), 2) == "a, b and 5 more"
    assert total_text((variable("a", 250),)) == "1 kB"
