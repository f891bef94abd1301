from __future__ import annotations

from migrate.engine import Planner
from migrate.report.review_page.signatures import PREDICT, Pair, signature_pairs

HEAD = "import tensorflow as tf\n\n"
GRAPH = """\
with tf.Graph().as_default(), tf.Session() as sess:
  x = tf.placeholder(tf.float32, [None, 2], name="x")
"""


def pairs(text: str) -> list[tuple[Pair, ...]]:
    """Of each site, for its own proposal."""
    planned = Planner(text).planned()
    afters = {site.ordinal: one.after for one in planned.proposals for site in one.sites}
    return [signature_pairs(site, text, afters.get(site.ordinal)) for site in planned.result.sites]


def test_a_native_signature_is_read_off_the_new_code():
    text = f'{HEAD}{GRAPH}  tf.saved_model.simple_save(sess, "out", {{"x": x}}, {{"y": x * 2.0}})\n'
    [[pair]] = pairs(text)
    assert pair.same
    assert (pair.after.key, pair.after.method_name) == ("serving_default", PREDICT)
    assert (pair.after.inputs, pair.after.outputs, pair.after.types) == (("x",), ("y",), ("float32 [None, 2]",))


def test_method_names_that_are_restored_are_seen():
    text = f"""{HEAD}{GRAPH}  info = tf.saved_model.utils.build_tensor_info
  signature = tf.saved_model.signature_def_utils.build_signature_def(
      {{"inputs": info(x)}}, {{"scores": info(x + 1.0)}}, tf.saved_model.signature_constants.CLASSIFY_METHOD_NAME)
  builder = tf.saved_model.builder.SavedModelBuilder("out")
  builder.add_meta_graph_and_variables(sess, ["serve"], {{"serving_default": signature}})
  builder.save()
"""
    [[pair]] = pairs(text)
    assert pair.same
    assert pair.before.method_name == pair.after.method_name == "tensorflow/serving/classify"
    planned = Planner(text).planned()
    [site] = planned.result.sites
    forgotten = "\n".join(
        line for line in planned.result.after.splitlines() if "CLASSIFY_METHOD_NAME" not in line or "[" in line
    )
    [pair] = signature_pairs(site, text, forgotten)
    assert pair.after.method_name == PREDICT
    assert not pair.same


def test_another_key_is_seen():
    text = f'{HEAD}{GRAPH}  tf.saved_model.simple_save(sess, "out", {{"x": x}}, {{"y": x * 2.0}})\n'
    planned = Planner(text).planned()
    [site] = planned.result.sites
    for old, new in (('name="x"', 'name="z"'), ('{"y":', '{"z":')):
        assert old in planned.result.after
        [pair] = signature_pairs(site, text, planned.result.after.replace(old, new))
        assert pair.after is not None
        assert not pair.same


def test_two_exports_with_the_same_keys_are_told_apart():
    text = HEAD + "".join(
        f'{GRAPH}  tf.saved_model.simple_save(sess, "{name}", {{"x": x}}, {{"{name}": x * 2.0}})\n' for name in "ab"
    )
    planned = Planner(text).planned()
    after = planned.result.after
    assert [
        [(pair.after.outputs, pair.same) for pair in signature_pairs(site, text, after)]
        for site in planned.result.sites
    ] == [[(("a",), True)], [(("b",), True)]]


def test_what_is_not_written_out_is_not_guessed():
    flagged = f"""{HEAD}with tf.Session() as sess:
  for step in range(2):
    x = tf.placeholder(tf.float32, [None])
    tf.saved_model.simple_save(sess, str(step), {{"x": x}}, {{"y": x * 2.0}})
"""
    [[bridged]] = pairs(flagged)
    assert bridged.after is None
    assert not bridged.same
    [site] = Planner(flagged).planned().result.sites
    assert [pair.after for pair in signature_pairs(site, flagged, None)] == [None]


def test_an_export_that_was_there_before_is_not_taken_for_the_new_one():
    text = f"""{HEAD}

class Other(tf.Module):
  @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
  def serving_default(self, x):
    return {{"y": x}}


def save():
  model = Other()
  tf.saved_model.save(model, "other", signatures={{"serving_default": model.serving_default}})


def export():
  with tf.Graph().as_default(), tf.Session() as sess:
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    tf.saved_model.simple_save(sess, "out", {{"x": x}}, {{"y": x * 2.0}})
"""
    planned = Planner(text).planned()
    [site] = planned.result.sites
    [pair] = signature_pairs(site, text, planned.result.after)
    assert pair.same
    assert pair.after.types == ("float32 [None, 2]",)


def test_method_names_are_those_of_their_export():
    text = HEAD + "".join(
        f"""{GRAPH}  info = tf.saved_model.utils.build_tensor_info
  signature = tf.saved_model.signature_def_utils.build_signature_def(
      {{"inputs": info(x)}}, {{"scores": info(x + 1.0)}}, "tensorflow/serving/{method}")
  builder = tf.saved_model.builder.SavedModelBuilder("{method}")
  builder.add_meta_graph_and_variables(sess, ["serve"], {{"serving_default": signature}})
  builder.save()
"""
        for method in ("classify", "predict")
    )
    planned = Planner(text).planned()
    found = [signature_pairs(site, text, planned.result.after) for site in planned.result.sites]
    assert [pair.after.method_name.rpartition("/")[2] for [pair] in found] == ["classify", "predict"]
    assert all(pair.same for [pair] in found)


def test_code_of_many_functions_and_long_expressions_is_read():
    helpers = "".join(f"def helper_{n}(x):\n  return x + {n}\n\n\n" for n in range(2000))
    text = f"""{HEAD}{helpers}LONG = {" + ".join(["1"] * 200)}
{GRAPH}  tf.saved_model.simple_save(sess, "out", {{"x": x}}, {{"y": x * 2.0}})
"""
    planned = Planner(text).planned()
    [site] = planned.result.sites
    [pair] = signature_pairs(site, text, planned.result.after)
    assert pair.same
