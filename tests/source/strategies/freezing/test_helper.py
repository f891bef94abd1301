"""Functions that freeze a session: what they may do besides."""

from __future__ import annotations

import pytest
from checks import check_native, rewrite
from freezing_scripts import HELPER

CLEARS = """\
        if clear_devices:
            for node in input_graph_def.node:
                node.device = ""
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        return convert", '        """Done."""\n        return convert'),
        ("        output_names += [v.op.name for v in tf.global_variables()]\n", ""),
        ("output_names, freeze_var_names)", "output_names)"),
        (CLEARS, ""),
        (CLEARS, "        for node in input_graph_def.node:\n            node.device = ''\n"),
    ],
)
def test_variants(old: str, new: str):
    assert old in HELPER
    check_native(HELPER.replace(old, new), "freeze_model(model, output_node_names(model))")


def test_it_may_keep_the_graph_in_a_variable():
    code = HELPER.replace("return convert", "frozen = convert").replace(
        "\n\n\nmodel =", "\n        return tf.graph_util.remove_training_nodes(frozen)\n\n\nmodel ="
    )
    check_native(code, without=("remove_training_nodes",))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        input_graph_def =", "        print(output_names)\n        input_graph_def ="),
        ('node.device = ""', 'node.name = ""'),
        ("output_names += [v.op.name for v in tf.global_variables()]", "output_names += ['more']"),
        ("output_names = output_names or []", "output_names = [output_names[0]]"),
        ("input_graph_def = graph.as_graph_def()", "input_graph_def = strip(graph.as_graph_def())"),
        ("def freeze_session", "@cached\ndef freeze_session"),
        ("input_graph_def, output_names,", "input_graph_def, ['a'],"),
    ],
)
def test_functions_that_do_more(old: str, new: str):
    assert old in HELPER
    (site,) = rewrite(HELPER.replace(old, new, 1)).sites
    assert site.level == "flagged"
