"""The engine: proposals and answers, what a result says, and what is left alone."""

from __future__ import annotations

import ast
import itertools
import os
import pickle
import re
from pathlib import Path

import pytest

from migrate.engine import Answer, Planner, propose, rewrite_source
from migrate.results import Level, Result, Signature
from migrate.settings import Settings
from tests.forked import run_forked

SCRIPT = """\
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 2], name="x")
w = tf.Variable([[1.0], [2.0]], name="w")
y = tf.matmul(x, w)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.saved_model.simple_save(sess, "out", {"x": x}, {"y": y})
"""


def exporting(name: str, *, builder: bool = False) -> str:
    """A function that exports a graph of its own."""
    if builder:
        export = f"""\
    builder = tf.saved_model.builder.SavedModelBuilder({name!r})
    signature = tf.saved_model.signature_def_utils.predict_signature_def({{"x": x}}, {{"y": y}})
    builder.add_meta_graph_and_variables(
      sess, [tf.saved_model.tag_constants.SERVING], signature_def_map={{"serving_default": signature}})
    builder.save()"""
    else:
        export = f"""\
    tf.saved_model.simple_save(sess, {name!r}, {{"x": x}}, {{"y": y}})"""
    return f"""
def export_{name}():
  with tf.Graph().as_default(), tf.Session() as sess:
    x = tf.placeholder(tf.float32, [None], name="x")
    v = tf.Variable(3.0, name="v")
    y = x * v
    sess.run(tf.global_variables_initializer())
{export}
"""


def answered(text: str, answers: list[bool]) -> Result:
    """The result after some answers to the proposals."""
    proposals = propose(text)
    pending = iter(answers)
    try:
        next(proposals)
        while True:
            proposals.send(Answer.ACCEPT if next(pending) else Answer.REJECT)
    except StopIteration as stop:
        return stop.value


def proposed(text: str) -> list:
    """The proposals for a text, all refused."""
    found = []
    proposals = propose(text)
    try:
        found.append(next(proposals))
        while True:
            found.append(proposals.send(Answer.REJECT))
    except StopIteration:
        return found


def older(code: str) -> str:
    """Code without the ways that TF2 and TF1 spell the same names."""
    return code.replace("tf.compat.v1.", "tf.").replace(".tag_constants.", ".")


# ---- proposals ------------------------------------------------------------------------------------------------------


def test_each_site_is_proposed_with_its_level():
    first, second = proposed("import tensorflow as tf\n" + exporting("a") + exporting("b", builder=True))
    assert (first.sites[0].kind, first.level) == ("simple_save", Level.NATIVE)
    assert (second.sites[0].kind, second.level) == ("builder", Level.NATIVE)
    assert first.sites[0].line < second.sites[0].line


def test_an_accepted_proposal_is_carried_out():
    assert answered(SCRIPT, [True]) == rewrite_source(SCRIPT)
    assert "tf.saved_model.save(" in answered(SCRIPT, [True]).after


def test_a_refused_proposal_changes_nothing():
    result = answered(SCRIPT, [False])
    assert result.after == SCRIPT
    assert not result.changed


def test_what_is_flagged_is_not_proposed_but_reported():
    text = SCRIPT.replace("y = tf.matmul(x, w)", "y = tf.py_func(abs, [tf.matmul(x, w)], tf.float32)")
    assert proposed(text) == []
    (site,) = answered(text, []).sites
    assert site.level is Level.FLAGGED


def test_a_proposal_says_why_it_is_no_better_as_the_result_does():
    planned = Planner(SCRIPT, settings=Settings(stays_because="another file stays")).planned()
    (proposal,) = planned.proposals
    assert proposal.level is Level.BRIDGED
    assert proposal.sites == planned.result.sites
    assert [one.reason for one in proposal.sites] == ["another file stays"]


def test_a_file_without_sites_has_no_proposals():
    assert proposed("print('hello')\n") == []


@pytest.mark.parametrize("answers", list(itertools.product([True, False], repeat=3)))
def test_any_subset_of_proposals_gives_code_that_parses(answers: tuple[bool, ...]):
    text = "import tensorflow as tf\n" + exporting("a") + exporting("b", builder=True) + exporting("c")
    result = answered(text, list(answers))
    compile(result.after, "some.py", "exec")
    functions = {node.name: node for node in ast.parse(result.after).body if isinstance(node, ast.FunctionDef)}
    before = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    for name, accepted in zip(["export_a", "export_b", "export_c"], answers, strict=True):
        assert ("tf.saved_model.save(" in ast.unparse(functions[name])) == accepted
        if not accepted:
            # TF1's names may be spelled out now; nothing else changes.
            assert older(ast.unparse(functions[name])) == older(ast.unparse(before[name]))


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize("imported", ["import tensorflow as tf", "import tensorflow.compat.v1 as tf"])
def test_any_subset_of_proposals_gives_code_that_runs(imported: str, tmp_path: Path):
    text = imported + "\n" + exporting("a") + exporting("b", builder=True) + exporting("c")
    (tmp_path / "some.py").write_text(answered(text, [True, False, False]).after)
    (tmp_path / "run.py").write_text("import some\nsome.export_b()\nsome.export_c()\nsome.export_a()\n")
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = run_forked("run.py", [], tmp_path, environment)
    assert done.returncode == 0, done.stderr
    assert all((tmp_path / name / "saved_model.pb").exists() for name in "abc")


def test_a_subset_has_the_imports_that_it_needs():
    text = "import tensorflow.compat.v1 as tf\n" + exporting("a") + exporting("b", builder=True)
    result = answered(text, [True, False])
    # What was refused still needs TF1's names: the import may not turn into TF2's under its feet.
    refused = result.after[result.after.index("def export_b") :]
    if "import tensorflow as tf" in result.after:
        assert "tf.placeholder" not in refused.replace("tf.compat.v1.placeholder", "")
    assert "tf.saved_model.save(" in result.after


def test_exports_of_one_graph_are_carried_out_together_or_not_at_all():
    text = SCRIPT + '    tf.saved_model.simple_save(sess, "two", {"x": x}, {"double": y * 2.0})\n'
    (proposal,) = proposed(text)
    assert proposal.ordinals == (0, 1)
    assert answered(text, [True]).after.count("tf.saved_model.save(") == 2
    assert answered(text, [False]).after == text


def test_a_lower_level_can_be_asked_for():
    proposals = propose(SCRIPT)
    best = next(proposals)
    lower = proposals.send(Answer.LOWER)
    assert (best.level, lower.level) == (Level.NATIVE, Level.WRAPPED)
    lower = proposals.send(Answer.LOWER)
    assert lower.level is Level.BRIDGED
    assert "bridge.simple_save(" in lower.after
    with pytest.raises(StopIteration) as stop:
        proposals.send(Answer.LOWER)
    assert stop.value.value.after == SCRIPT
    assert stop.value.value.sites[0].level is Level.FLAGGED


def test_what_is_accepted_is_proposed_again_where_a_later_answer_changes_it():
    # Two graphs in one function: where the session of the second stays, the first cannot leave TF1's behaviour.
    text = "import tensorflow as tf\n" + exporting("a") + exporting("b").split(":", 1)[1].lstrip("\n")
    proposals = propose(text)
    first = next(proposals)
    second = proposals.send(Answer.ACCEPT)
    assert (first.ordinals, second.ordinals) == ((0,), (1,))
    again = proposals.send(Answer.REJECT)
    assert (again.ordinals, again.level) == ((0,), Level.BRIDGED)


# ---- results --------------------------------------------------------------------------------------------------------


def test_a_result_is_a_plain_value():
    result = rewrite_source(SCRIPT, "some/path.py")
    assert result.path == "some/path.py"
    assert result.before == SCRIPT
    assert result.changed
    assert result.error is None
    assert pickle.loads(pickle.dumps(result)) == result


def test_a_site_tells_its_signatures():
    (site,) = rewrite_source(SCRIPT).sites
    assert site.signatures == (Signature("serving_default", "tensorflow/serving/predict", ("x",), ("y",)),)
    assert site.reason is None
    assert site.message


def test_a_handover_has_a_rule_of_its_own():
    text = SCRIPT.replace(
        "    tf.saved",
        "    train = tf.train.GradientDescentOptimizer(0.1).minimize(y)\n    sess.run(train, {x: [[1, 2]]})\n    tf.saved",
    )
    (site,) = rewrite_source(text).sites
    assert (site.level, site.rule) == (Level.NATIVE, "TFM003")


def test_restored_method_names_are_a_finding():
    text = exporting("m", builder=True).replace("predict_signature_def", "classification_signature_def")
    text = text.replace('({"x": x}, {"y": y})', "(examples=x, classes=None, scores=y)")
    text = text.replace("tf.float32, [None]", "tf.string, [None]").replace(
        "y = x * v", "y = tf.string_to_number(x) * v"
    )
    (site,) = rewrite_source("import tensorflow as tf\n" + text).sites
    assert site.level is Level.NATIVE, site.reason
    assert [finding.rule for finding in site.findings] == ["TFM004"]
    assert "'serving_default'" in site.findings[0].message


def test_line_and_column_are_those_of_the_export_call():
    (site,) = rewrite_source(SCRIPT).sites
    assert (site.line, site.column) == (8, 5)


def test_columns_count_characters_not_bytes():
    text = SCRIPT.replace("    tf.saved_model", "    'ÄÖÜ€🐍'; tf.saved_model")
    (site,) = rewrite_source(text).sites
    assert (site.line, site.column) == (8, 5 + len("'ÄÖÜ€🐍'; "))


@pytest.mark.parametrize("odd", ["\f", "\x1c", "\u2028", "\x85"])
def test_lines_are_pythons_lines(odd: str):
    """Characters at which str.splitlines() breaks, and Python does not, count as part of their line."""
    text = SCRIPT.replace("import tensorflow as tf\n", f"import tensorflow as tf  # page{odd}break\n")
    result = rewrite_source(text)
    (site,) = result.sites
    assert (site.line, site.column) == (8, 5)
    assert f"# page{odd}break" in result.after
    compile(result.after, "odd.py", "exec")


def test_sites_are_in_the_order_of_the_source():
    text = (
        "import tensorflow as tf\n" + exporting("a") + "\ndef f(s, x, y):\n  tf.saved_model.simple_save(s, 'o', x, y)\n"
    )
    text += exporting("c", builder=True)
    levels = [(site.line, site.level) for site in rewrite_source(text).sites]
    assert [level for _, level in sorted(levels)] == [Level.NATIVE, Level.BRIDGED, Level.NATIVE]
    assert levels == sorted(levels)


def test_a_flagged_site_says_where_the_reason_is():
    text = SCRIPT.replace("y = tf.matmul(x, w)", "y = tf.py_func(abs, [tf.matmul(x, w)], tf.float32)")
    (site,) = rewrite_source(text).sites
    assert site.level is Level.FLAGGED
    assert "(line 5)" in site.reason


def test_python_2_without_its_extra_is_an_error_that_says_what_to_install(monkeypatch):
    monkeypatch.setattr("migrate.engine.modern", lambda _: None)
    monkeypatch.setattr("migrate.engine.can_convert", lambda: False)
    said = "not valid Python 3 on line 1: Missing parentheses in call to 'print'. Did you mean print(...)?"
    assert rewrite_source("print 'a'\n").error == f"{said}; to read Python 2, pip install 'tf-migrate[python2]'"
    monkeypatch.setattr("migrate.engine.can_convert", lambda: True)
    assert rewrite_source("print 'a'\n").error == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(:\n", "line 1"),
        ("x = 1\n  y = 2\n", "line 2"),
        ("print 'python 2\n", "line 1"),
        ("if True:\n\tx = 1\n       y = 2\n", "line 3"),
        ("x = '\0'\n", "null"),
    ],
)
def test_what_is_not_python_is_an_error_that_says_where(text: str, said: str):
    result = rewrite_source(text, "bad.py")
    assert result.error is not None
    assert "\n" not in result.error
    assert said in result.error
    assert result.after == text
    assert result.sites == ()


def test_nesting_too_deep_for_the_parser_is_an_error_not_a_crash():
    text = "x = " + "(" * 5000 + ")" * 5000 + "\n"
    assert rewrite_source(text).error is not None


def test_deep_nesting_that_parses_does_not_crash():
    text = "import tensorflow as tf\nx = " + " + ".join(["1"] * 900) + "\n" + SCRIPT
    result = rewrite_source(text)
    compile(result.after, "deep.py", "exec")


# ---- what is left alone ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# only a comment",
        "x = 1",
        "x = 1\r\ny = 2\r\n",
        "if True:\n\tx = 1\n\n\n",
        "def f( a,b ):\n  return  a+b # odd\n",
        "import tensorflow as tf\nprint(tf.Session)  # TF1, but no export\n",
        "import tensorflow as tf\ntf.saved_model.save(tf.Module(), 'out')\n",
    ],
)
def test_a_file_without_sites_is_unchanged(text: str):
    result = rewrite_source(text)
    assert result.after == text
    assert result.sites == ()
    assert result.error is None


def test_a_second_run_finds_nothing_to_do():
    again = rewrite_source(rewrite_source(SCRIPT).after)
    assert again.sites == ()
    assert not again.changed


def test_windows_newlines_are_kept():
    after = rewrite_source(SCRIPT.replace("\n", "\r\n")).after
    assert "tf.saved_model.save(" in after
    assert after.replace("\r\n", "\n") == rewrite_source(SCRIPT).after


def test_windows_newlines_change_nothing_about_what_can_be_done():
    text = """\
import tensorflow as tf


def net(x):
    w = tf.Variable([[1.0], [2.0]], name="w")
    return tf.matmul(x, w)


x = tf.placeholder(tf.float32, [None, 2], name="x")
y = net(x)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.saved_model.simple_save(sess, "out", {"x": x}, {"y": y})
"""
    plain, windows = rewrite_source(text), rewrite_source(text.replace("\n", "\r\n"))
    assert windows.after == plain.after.replace("\n", "\r\n")
    assert windows.before == text.replace("\n", "\r\n")
    assert windows.sites == plain.sites
    assert windows.sites[0].rule == "TFM009"
    (proposal,) = Planner(windows.before).planned().proposals
    assert proposal.after == windows.after


def test_lone_carriage_returns_are_kept_or_the_file_is():
    text = SCRIPT.replace("\n", "\r")
    after = rewrite_source(text).after
    assert after == text or after.replace("\r", "\n") == rewrite_source(SCRIPT).after


def test_tabs_stay_tabs():
    text = "import tensorflow as tf\n" + exporting("a").replace("  ", "\t")
    after = rewrite_source(text).after
    assert "tf.saved_model.save(" in after
    indented = [line for line in after.splitlines() if line[:1].isspace()]
    assert indented
    assert all(line.startswith("\t") for line in indented)


def test_a_missing_newline_at_the_end_stays_missing():
    text = SCRIPT + "print('done')"
    after = rewrite_source(text).after
    assert after.endswith("print('done')")


# ---- skip comments --------------------------------------------------------------------------------------------------


def test_a_skipped_line_is_no_site():
    text = SCRIPT.rstrip("\n") + "  # tf-migrate: skip\n"
    result = rewrite_source(text)
    assert result.after == text
    assert result.sites == ()


def test_a_skipped_file_has_no_sites():
    text = "# tf-migrate: skip\n" + SCRIPT
    result = rewrite_source(text)
    assert result.after == text
    assert result.sites == ()


def test_only_the_skipped_site_is_skipped():
    skipped = """    tf.saved_model.simple_save(sess, 'a', {"x": x}, {"y": y})  # tf-migrate: skip\n"""
    text = "import tensorflow as tf\n" + exporting("a") + exporting("b")
    text = text.replace(skipped.replace("  # tf-migrate: skip", ""), skipped)
    result = rewrite_source(text)
    assert len(result.sites) == 1
    assert "simple_save(sess, 'b'" not in result.after
    assert skipped in result.after


# ---- settings -------------------------------------------------------------------------------------------------------


def test_a_site_goes_no_further_than_the_level_allowed():
    result = rewrite_source(SCRIPT, settings=Settings(level=Level.BRIDGED))
    (site,) = result.sites
    assert site.level is not Level.NATIVE
    assert "tf.Module" not in result.after


def test_an_ignored_rule_is_not_applied():
    result = rewrite_source(SCRIPT, settings=Settings(ignore=("TFM002", "TFM206", "TFM207", "TFM209", "TFM301")))
    assert not result.changed
    assert result.sites == ()


def test_a_site_whose_rule_is_ignored_gets_the_next_lower_level():
    (site,) = rewrite_source(SCRIPT, settings=Settings(ignore=("TFM002",))).sites
    assert (site.level, site.rule) == (Level.WRAPPED, "TFM206")
    (site,) = rewrite_source(SCRIPT, settings=Settings(ignore=("TFM002", "TFM206"))).sites
    assert (site.level, site.rule) == (Level.WRAPPED, "TFM207")
    (site,) = rewrite_source(SCRIPT, settings=Settings(ignore=("TFM002", "TFM206", "TFM207", "TFM209"))).sites
    assert (site.level, site.rule) == (Level.BRIDGED, "TFM301")


def test_only_selected_rules_are_applied():
    text = "import tensorflow as tf\n" + exporting("a") + exporting("b", builder=True)
    result = rewrite_source(text, settings=Settings(select=("TFM001",)))
    assert "simple_save(sess, 'a'" in result.after
    assert "SavedModelBuilder" not in result.after


# ---- several graphs -------------------------------------------------------------------------------------------------


def test_several_functions_get_a_class_each():
    text = "import tensorflow as tf\n" + exporting("alpha") + exporting("beta", builder=True)
    result = rewrite_source(text)
    classes = [node.name for node in ast.parse(result.after).body if isinstance(node, ast.ClassDef)]
    assert len(classes) == len(set(classes)) == 2
    assert [site.level for site in result.sites] == [Level.NATIVE, Level.NATIVE]


def test_several_graphs_of_one_function_are_all_rewritten():
    graph = """\
  with tf.Graph().as_default():
    x = tf.placeholder(tf.float32, [None], name="x")
    v = tf.Variable({0}, name="v")
    with tf.Session() as sess:
      sess.run(tf.global_variables_initializer())
      tf.saved_model.simple_save(sess, "out{0}", {{"x": x}}, {{"y": x * v}})
"""
    text = "import tensorflow as tf\n\ndef export():\n" + graph.format("1.0") + graph.format("2.0") + "\nexport()\n"
    result = rewrite_source(text)
    assert [site.level for site in result.sites] == [Level.NATIVE, Level.NATIVE]
    assert result.after.count("tf.saved_model.save(") == 2
    assert "tf.Variable(1.0" in result.after
    assert "tf.Variable(2.0" in result.after
    assert "Session" not in result.after
    assert rewrite_source(result.after).after == result.after


def test_one_site_that_cannot_be_done_does_not_hold_back_another():
    text = "import tensorflow as tf\n" + exporting("a")
    text += "\ndef generic(sess, path, x, y):\n  tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})\n"
    result = rewrite_source(text)
    assert [site.level for site in result.sites] == [Level.NATIVE, Level.BRIDGED]
    assert "bridge.simple_save(sess, path, {'x': x}, {'y': y})" in result.after
    assert result.after.count("tf.saved_model.save(") == 1


def test_reasons_name_no_line_that_the_file_does_not_have():
    # The second export is planned in the text that the first one's rewrite left, where it cannot be had.
    second = exporting("b").replace('{"x": x}', '{"x": tf.get_default_graph().get_tensor_by_name("x:0")}')
    text = (
        "import tensorflow as tf\n"
        + TRAINING
        + second.replace("y = x * v", 'with tf.name_scope("n"):\n      y = x * v')
    )
    result = rewrite_source(text)
    assert any(
        one.reason.startswith("once another export is rewritten") for site in result.sites for one in site.refusals
    )
    reasons = [one.reason for site in result.sites for one in site.refusals]
    lines = [int(line) for reason in reasons for line in re.findall(r"\(line (\d+)\)", reason)]
    assert all(line <= text.count("\n") for line in lines)


TRAINING = """
def train(out):
  x = tf.placeholder(tf.float32, [None, 1], name="x")
  w = tf.get_variable("w", initializer=[[1.0]])
  y = tf.matmul(x, w)
  step = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(y))
  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(step, {x: [[1.0]]})
    tf.saved_model.simple_save(sess, out, {"x": x}, {"y": y})
"""


def test_no_placeholder_of_another_graph_is_left_where_tensorflow_2_would_run_it():
    graph = "x = tf.placeholder(tf.float32, [None], name='x')\ny = x * 2.0\n"
    save = "with tf.Session() as sess:\n    tf.saved_model.simple_save(sess, 'd', {'x': x}, {'y': y})\n"
    result = rewrite_source(f"import tensorflow as tf\n{graph}tf.reset_default_graph()\n{graph}{save}")
    (site,) = result.sites
    assert site.level is not Level.NATIVE
    assert site.reason is not None
    assert site.reason.startswith("a placeholder that is not exported would stay")
    assert "tf.Module" not in result.after.partition("tf.Module()")[0]
