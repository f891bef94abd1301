"""What is not bridged, and the reasons."""

from __future__ import annotations

from textwrap import dedent

import pytest
from checks import rewrite

from migrate.engine import rewrite_source
from migrate.results import Level

HEAD = "import tensorflow as tf\n"
SAVE = "def save(sess, path, signatures):\n    {}\n"


def bridged_reason(code: str, path: str = "script.py") -> str | None:
    """Why the one site is not bridged; None where it is."""
    result = rewrite_source(HEAD + dedent(code), path)
    assert result.error is None
    (site,) = result.sites
    if site.level is Level.BRIDGED:
        return None
    assert site.level is Level.FLAGGED
    assert not result.changed
    (refusal,) = [refusal for refusal in site.refusals if refusal.strategy == "bridged"]
    return refusal.reason


BUILDER = """
    def save(sess, path, signatures, other):
        builder = tf.saved_model.Builder(path)
        builder.add_meta_graph_and_variables(sess, ['train'], signatures)
        {}
        builder.save()
    """


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("builder.add_meta_graph(['serve'], signatures)", True),
        ("other.add_meta_graph(['serve'], signatures)", True),
        ("print(builder)", False),
    ],
)
def test_several_meta_graphs(line: str, refused: bool):
    reason = bridged_reason(BUILDER.format(line))
    assert (reason is not None and "several MetaGraphs" in reason) == refused


def test_the_method_of_another_class_has_the_same_name():
    code = (
        BUILDER.format("other.add_meta_graph('serve')")
        + """
    class Report:
        def add_meta_graph(self, name):
            pass
    """
    )
    assert bridged_reason(code) is None


def test_only_the_builder_with_several_is_refused():
    code = """
        def one(sess, path, signatures):
            single = tf.saved_model.Builder(path)
            single.add_meta_graph_and_variables(sess, ['serve'], signatures)
            single.save()

        class Two:
            def save(self, sess, path, signatures):
                self.double = tf.saved_model.Builder(path)
                self.double.add_meta_graph_and_variables(sess, ['train'], signatures)
                self.double.add_meta_graph(['serve'], signatures)
                self.double.save()
        """
    result = rewrite(HEAD + dedent(code))
    assert [site.level for site in result.sites] == [Level.BRIDGED, Level.FLAGGED]
    assert "single = bridge.SavedModelBuilder(path)" in result.after
    assert "self.double = tf.saved_model.Builder(path)" in result.after


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        ("sess, ['serve']", True),
        ("sess, ['serve'], None", True),
        ("sess, tags=['serve'], signature_def_map={}", True),
        ("sess, ['serve'], signatures", False),
        ("sess, ['serve'], signature_def_map=signatures", False),
        ("sess, **signatures", False),
        ("*signatures", False),
    ],
)
def test_without_a_signature(arguments: str, refused: bool):
    code = f"""
        def save(sess, path, signatures):
            b = tf.saved_model.Builder(path)
            b.add_meta_graph_and_variables({arguments})
            b.save()
        """
    reason = bridged_reason(code)
    assert (reason is not None and "no signature" in reason) == refused


def test_a_builder_without_a_directory():
    assert bridged_reason("b = tf.saved_model.Builder()\n") == "the builder is made without a directory"


@pytest.mark.parametrize(
    ("code", "path", "refused"),
    [
        ("class SaveTest(tf.test.TestCase):\n    def test(self):\n        {}", "a.py", True),
        ("class SaveTest(unittest.TestCase):\n    def test(self):\n        {}", "a.py", True),
        ("class Model(Contest):\n    def test(self):\n        {}", "a.py", False),
        ("def test_save(self):\n        {}", "save_test.py", True),
        ("def test_save(self):\n        {}", "save.py", False),
        ("def save(self):\n        {}", "save_test.py", False),
    ],
)
def test_tests_that_write_the_format_on_purpose(code: str, path: str, refused: bool):
    reason = bridged_reason(code.format("tf.saved_model.simple_save(*self.arguments)"), path)
    assert (reason is not None and "a test writes it" in reason) == refused


@pytest.mark.parametrize(
    "code",
    [
        "tf.contrib.quantize.create_eval_graph()",
        "from tensorflow.contrib import quantize as q\n    q.create_training_graph()",
    ],
)
def test_graphs_that_are_rewritten_for_quantization(code: str):
    reason = bridged_reason(SAVE.format(f"{code}\n    tf.saved_model.simple_save(sess, path, *signatures)"))
    assert reason is not None
    assert "tf.contrib.quantize" in reason


@pytest.mark.parametrize(
    "code",
    [
        "if path:\n        tf.contrib.quantize.create_eval_graph()",
        "from tensorflow.contrib.quantize.python import graph_matcher as m\n    m.OpTypePattern('*')",
    ],
)
def test_but_not_those_that_only_some_runs_rewrite(code: str):
    assert bridged_reason(SAVE.format(f"{code}\n    tf.saved_model.simple_save(sess, path, *signatures)")) is None
