"""Export sites: every way to write one is read, and what cannot be read is flagged with the reason."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from checks import check_native, check_noop, check_not_native, rewrite, script

from migrate.results import Level, Signature
from migrate.source.candidates import candidates
from migrate.source.flow import Region
from migrate.source.kinds import Kinds
from migrate.source.site_reader import read_site
from migrate.source.sites import ExportSite
from migrate.source.symbols import Symbols

PREDICT = "tensorflow/serving/predict"
CLASSIFY = "tensorflow/serving/classify"
REGRESS = "tensorflow/serving/regress"

HEAD = """\
import tensorflow as tf
x = tf.placeholder(tf.float32, [None], name='x')
s = tf.placeholder(tf.string, [None], name='s')
y = x * 2.0
z = x + 1.0
words = tf.as_string(x)
sess = tf.Session()
"""


def read(code: str) -> ExportSite:
    """The one site of some code at the level of the module."""
    symbols = Symbols(ast.parse(code))
    (candidate,) = candidates(symbols)
    return read_site(candidate, Kinds(Region(symbols, candidate.scope)))


def summary(site: ExportSite) -> dict[str, tuple[str, dict[str, str], dict[str, str]]]:
    """Signature key -> method name, inputs and outputs."""

    def texts(endpoints) -> dict[str, str]:
        return {endpoint.key: ast.unparse(endpoint.tensor) for endpoint in endpoints}

    return {s.key: (s.method_name, texts(s.inputs), texts(s.outputs)) for s in site.signatures}


def builder(arguments: str, *lines: str, maker: str = "tf.saved_model.builder.SavedModelBuilder('out')") -> str:
    """Code that exports with a builder."""
    body = "".join(dedent(line).rstrip("\n") + "\n" for line in lines)
    return f"{HEAD}{body}b = {maker}\nb.add_meta_graph_and_variables({arguments})\nb.save()\n"


def with_map(text: str, *lines: str) -> str:
    return builder(f"sess, ['serve'], {text}", *lines)


ONE = {"serving_default": (PREDICT, {"x": "x"}, {"y": "y"})}


# ---- simple_save ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})",
        "tf.saved_model.simple_save(sess, 'out', inputs={'x': x}, outputs={'y': y})",
        "tf.saved_model.simple_save(session=sess, export_dir='out', inputs={'x': x}, outputs={'y': y})",
        "tf.saved_model.simple_save(outputs={'y': y}, inputs={'x': x}, export_dir='out', session=sess)",
        "tf.saved_model.simple_save(sess, 'out', dict(x=x), dict(y=y))",
        "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y}, legacy_init_op=None)",
        "tf.compat.v1.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})",
        "from tensorflow.saved_model import simple_save\nsimple_save(sess, 'out', {'x': x}, {'y': y})",
        "inputs = {'x': x}\noutputs = {'y': y}\ntf.saved_model.simple_save(sess, 'out', inputs, outputs)",
        "outputs = {}\noutputs['y'] = y\ntf.saved_model.simple_save(sess, 'out', {'x': x}, outputs)",
        "IN = 'x'\nOUT = 'y'\ntf.saved_model.simple_save(sess, 'out', {IN: x}, {OUT: y})",
        "outputs = {'y': z}\noutputs['y'] = y\ntf.saved_model.simple_save(sess, 'out', {'x': x}, outputs)",
        "a = b = {'y': y}\ntf.saved_model.simple_save(sess, 'out', {'x': x}, b)",
        "rest = {'y': y}\ntf.saved_model.simple_save(sess, 'out', {'x': x}, {**rest})",
        "outputs = dict()\noutputs['y'] = y\ntf.saved_model.simple_save(sess, 'out', {'x': x}, outputs)",
    ],
)
def test_simple_save(lines: str):
    site = read(HEAD + lines + "\n")
    assert site.kind == "simple_save"
    assert summary(site) == ONE
    assert ast.unparse(site.session) == "sess"
    assert ast.unparse(site.directory) == "'out'"


def test_an_output_made_in_the_arguments():
    site = read(HEAD + "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': tf.square(x) + 1.0})\n")
    assert summary(site)["serving_default"][2] == {"y": "tf.square(x) + 1.0"}


def test_the_last_of_two_equal_keys_counts_as_in_python():
    site = read(HEAD + "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': z, 'w': z, 'y': y})\n")
    assert summary(site)["serving_default"][2] == {"y": "y", "w": "z"}


# ---- the builder ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "maker",
    [
        "tf.saved_model.builder.SavedModelBuilder('out')",
        "tf.saved_model.Builder('out')",
        "tf.saved_model.builder.SavedModelBuilder(export_dir='out')",
        "tf.compat.v1.saved_model.Builder('out')",
        "tf.compat.v1.saved_model.builder.SavedModelBuilder('out')",
        "saved_model_builder.SavedModelBuilder('out')",
        "SavedModelBuilder('out')",
        "sm.builder.SavedModelBuilder('out')",
    ],
)
def test_every_builder(maker: str):
    code = builder(
        "sess, ['serve'], {'serving_default': tf.saved_model.predict_signature_def({'x': x}, {'y': y})}",
        "from tensorflow.python.saved_model import builder as saved_model_builder",
        "from tensorflow.saved_model.builder import SavedModelBuilder",
        "sm = tf.saved_model",
        maker=maker,
    )
    site = read(code)
    assert site.kind == "builder"
    assert summary(site) == ONE
    assert ast.unparse(site.directory) == "'out'"


SDU = "tf.saved_model.signature_def_utils"
INFO = "tf.saved_model.utils.build_tensor_info"


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        (f"{SDU}.predict_signature_def({{'x': x}}, {{'y': y}})", (PREDICT, {"x": "x"}, {"y": "y"})),
        (
            f"{SDU}.predict_signature_def(inputs={{'x': x}}, outputs={{'y': y}})",
            (PREDICT, {"x": "x"}, {"y": "y"}),
        ),
        ("tf.saved_model.predict_signature_def({'x': x}, {'y': y})", (PREDICT, {"x": "x"}, {"y": "y"})),
        (
            f"{SDU}.build_signature_def({{'x': {INFO}(x)}}, {{'y': {INFO}(y)}}, '{PREDICT}')",
            (PREDICT, {"x": "x"}, {"y": "y"}),
        ),
        (
            f"{SDU}.build_signature_def(inputs={{'x': {INFO}(x)}}, outputs={{'y': {INFO}(y)}}, "
            "method_name=tf.saved_model.signature_constants.PREDICT_METHOD_NAME)",
            (PREDICT, {"x": "x"}, {"y": "y"}),
        ),
        (
            f"{SDU}.build_signature_def({{tf.saved_model.signature_constants.PREDICT_INPUTS: {INFO}(x)}}, "
            f"{{tf.saved_model.signature_constants.PREDICT_OUTPUTS: {INFO}(y)}}, tf.saved_model.PREDICT_METHOD_NAME)",
            (PREDICT, {"inputs": "x"}, {"outputs": "y"}),
        ),
        (
            f"{SDU}.build_signature_def({{tf.saved_model.signature_constants.CLASSIFY_INPUTS: {INFO}(s)}}, "
            f"{{tf.saved_model.signature_constants.CLASSIFY_OUTPUT_CLASSES: {INFO}(words), "
            f"tf.saved_model.signature_constants.CLASSIFY_OUTPUT_SCORES: {INFO}(y)}}, "
            "tf.saved_model.signature_constants.CLASSIFY_METHOD_NAME)",
            (CLASSIFY, {"inputs": "s"}, {"classes": "words", "scores": "y"}),
        ),
        (
            f"{SDU}.build_signature_def({{tf.saved_model.signature_constants.REGRESS_INPUTS: {INFO}(s)}}, "
            f"{{tf.saved_model.signature_constants.REGRESS_OUTPUTS: {INFO}(y)}}, "
            "tf.saved_model.signature_constants.REGRESS_METHOD_NAME)",
            (REGRESS, {"inputs": "s"}, {"outputs": "y"}),
        ),
        (
            f"{SDU}.classification_signature_def(examples=s, classes=words, scores=y)",
            (CLASSIFY, {"inputs": "s"}, {"classes": "words", "scores": "y"}),
        ),
        (
            f"{SDU}.classification_signature_def(s, words, y)",
            (CLASSIFY, {"inputs": "s"}, {"classes": "words", "scores": "y"}),
        ),
        (f"{SDU}.classification_signature_def(s, None, y)", (CLASSIFY, {"inputs": "s"}, {"scores": "y"})),
        (
            f"{SDU}.classification_signature_def(s, words, scores=None)",
            (CLASSIFY, {"inputs": "s"}, {"classes": "words"}),
        ),
        (
            f"{SDU}.regression_signature_def(examples=s, predictions=y)",
            (REGRESS, {"inputs": "s"}, {"outputs": "y"}),
        ),
        ("tf.saved_model.regression_signature_def(s, y)", (REGRESS, {"inputs": "s"}, {"outputs": "y"})),
    ],
)
def test_every_way_to_make_a_signature(signature: str, expected: tuple):
    for code in (
        with_map(f"{{'k': {signature}}}"),
        with_map("{'k': made}", f"made = {signature}"),
        with_map("signatures", f"signatures = {{'k': {signature}}}"),
        with_map("signatures", "signatures = {}", f"signatures['k'] = {signature}"),
    ):
        assert summary(read(code)) == {"k": expected}


def test_a_key_from_the_constants():
    key = "tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY"
    assert summary(read(with_map(f"{{{key}: {SDU}.predict_signature_def({{'x': x}}, {{'y': y}})}}"))) == ONE


def test_everything_through_private_modules():
    code = with_map(
        "{signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: sig}",
        """\
        from tensorflow.python.saved_model import builder as saved_model_builder, signature_def_utils
        from tensorflow.python.saved_model import signature_constants, tag_constants, utils
        sig = signature_def_utils.build_signature_def(
            {'x': utils.build_tensor_info(x)}, {'y': utils.build_tensor_info(y)}, signature_constants.PREDICT_METHOD_NAME)
        """,
    )
    assert summary(read(code)) == ONE


def test_tensor_infos_kept_in_names():
    code = with_map(
        "{'serving_default': sig}",
        f"in_info = {INFO}(x)",
        f"out_info = {INFO}(y)",
        f"sig = {SDU}.build_signature_def({{'x': in_info}}, {{'y': out_info}}, '{PREDICT}')",
    )
    assert summary(read(code)) == ONE


def test_tensor_infos_made_by_a_comprehension():
    code = with_map(
        "{'serving_default': sig}",
        "tensors = {'x': x}",
        f"sig = {SDU}.build_signature_def({{k: {INFO}(t) for k, t in tensors.items()}}, {{'y': {INFO}(y)}}, '{PREDICT}')",
    )
    assert summary(read(code)) == ONE


def test_a_helper_that_makes_signatures():
    code = with_map(
        "{'serving_default': make({'x': x}, {'y': y})}",
        f"""\
        def make(inputs, outputs, name='{PREDICT}'):
            'Makes one.'
            infos = {{k: {INFO}(v) for k, v in outputs.items()}}
            return {SDU}.build_signature_def({{k: {INFO}(v) for k, v in inputs.items()}}, infos, name)
        """,
    )
    assert summary(read(code)) == ONE


def test_several_signatures_in_the_order_of_the_source():
    one = f"{SDU}.predict_signature_def({{'x': x}}, {{'y': y}})"
    two = f"{SDU}.predict_signature_def({{'x': x}}, {{'z': z}})"
    assert list(summary(read(with_map(f"{{'b': {one}, 'a': {two}}}")))) == ["b", "a"]


@pytest.mark.parametrize(
    "tags",
    [
        "['serve']",
        "('serve',)",
        "{'serve'}",
        "[tf.saved_model.tag_constants.SERVING]",
        "[tf.saved_model.SERVING]",
        "tags",
    ],
)
def test_the_one_tag_serve(tags: str):
    code = builder(
        f"sess, {tags}, {{'serving_default': sig}}",
        "tags = ['serve']",
        f"sig = {SDU}.predict_signature_def({{'x': x}}, {{'y': y}})",
    )
    assert summary(read(code)) == ONE


def test_arguments_by_keyword():
    code = builder(
        "tags=['serve'], sess=sess, signature_def_map={'serving_default': sig}, clear_devices=True, strip_default_attrs=True",
        f"sig = {SDU}.predict_signature_def({{'x': x}}, {{'y': y}})",
    )
    assert summary(read(code)) == ONE


@pytest.mark.parametrize("argument", ["main_op", "legacy_init_op"])
def test_init_ops_and_assets(argument: str):
    code = builder(
        f"sess, ['serve'], {{'serving_default': sig}}, {argument}=tf.tables_initializer(), "
        "assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)",
        f"sig = {SDU}.predict_signature_def({{'x': x}}, {{'y': y}})",
    )
    site = read(code)
    assert [ast.unparse(node) for node in site.init_ops] == ["tf.tables_initializer()"]
    assert len(site.assets) == 1


@pytest.mark.parametrize(
    ("save", "text"), [("b.save()", None), ("b.save(as_text=True)", "True"), ("b.save(True)", "True")]
)
def test_as_text(save: str, text: str | None):
    code = with_map("{'serving_default': sig}", f"sig = {SDU}.predict_signature_def({{'x': x}}, {{'y': y}})")
    site = read(code.replace("b.save()", save))
    assert (ast.unparse(site.as_text) if site.as_text is not None else None) == text


def test_a_builder_made_before_the_graph_exists():
    code = script("w = tf.Variable(2.0)", "y = x * w").replace(
        "x = tf.pl", "b = tf.saved_model.Builder('out')\nx = tf.pl", 1
    )
    code = code.replace(
        "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})",
        "b.add_meta_graph_and_variables(sess, ['serve'], "
        "{'serving_default': tf.saved_model.predict_signature_def({'x': x}, {'y': y})})\n    b.save()",
    )
    check_native(code)


def test_two_candidates_in_the_order_of_the_source():
    code = HEAD + "tf.saved_model.simple_save(sess, 'a', {'x': x}, {'y': y})\nb = tf.saved_model.Builder('o')\n"
    assert [candidate.kind for candidate in candidates(Symbols(ast.parse(code)))] == [
        "simple_save",
        "builder",
    ]


def test_the_result_tells_the_signatures():
    code = with_map(f"{{'k': {SDU}.regression_signature_def(s, tf.string_to_number(s))}}")
    (site,) = rewrite(code).sites
    assert site.level is Level.NATIVE, site.reason
    assert site.signatures == (Signature("k", REGRESS, ("inputs",), ("outputs",)),)


# ---- not TensorFlow's -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "from mylib import simple_save\nsimple_save(sess, 'out', {'x': x}, {'y': y})\n",
        "def simple_save(*a):\n  pass\nsimple_save(sess, 'out', {'x': x}, {'y': y})\n",
        "builder = Builder('out')\nbuilder.save()\n",
        "import tensorflow as tf\nfrom docs import Builder\nbuilder = Builder('out')\nbuilder.save()\n",
        "import tensorflow as tf\ndef f(tf):\n  tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})\n",
        "import tensorflow as tf\nx = '''tf.saved_model.simple_save(sess, 'out', {}, {})'''\n",
        "# tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})\n",
        "import tensorflow as tf\nsave = tf.saved_model.simple_save\n",
        "import tensorflow as tf\ntf.saved_model.save(module, 'out', signatures={'f': f})\n",
        "import tensorflow as tf\nclass tf:\n  saved_model = None\ntf.saved_model.simple_save(s, 'out', {}, {})\n",
        "self.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})\n",
    ],
)
def test_what_is_not_an_export_of_tf1(code: str):
    check_noop(code)


# ---- what cannot be read --------------------------------------------------------------------------------------------

SIG = f"{SDU}.predict_signature_def({{'x': x}}, {{'y': y}})"
READY = f"sig = {SIG}"


@pytest.mark.parametrize(
    ("code", "rule", "reason"),
    [
        (with_map("{}", READY), "TFM102", "empty"),
        (builder("sess, ['serve']", READY), "TFM102", "no signature"),
        (with_map("None", READY), "TFM102", "no signature"),
        (with_map("{name: sig}", READY, "name = input()"), "TFM102", "run time"),
        (with_map("{'k': make_it()}", READY), "TFM102", "'k'"),
        (with_map("maps.get('k')", READY), "TFM102", "not written out"),
        (builder("*arguments", READY), "TFM102", "*"),
        (builder("**arguments", READY), "TFM102", "*"),
        (builder("sess, ['serve'], {'k': sig}, saver=tf.train.Saver([])", READY), "TFM103", "Saver"),
        (with_map("{'k': sig}", READY) + "b.add_meta_graph(['gpu'])\n", "TFM103", "MetaGraph"),
        (
            with_map("{'k': sig}", READY).replace("b.save()", "b.add_meta_graph(['gpu'], {'k': sig})\nb.save()"),
            "TFM103",
            "MetaGraphs",
        ),
        (with_map("{'k': sig}", READY).replace("b.save()\n", ""), "TFM106", "never saved"),
        (with_map("{'k': sig}", READY) + "b.save()\n", "TFM106", "more than once"),
        (f"{HEAD}b = tf.saved_model.Builder('out')\nb.save()\n", "TFM106", "never given a graph"),
        (with_map("{'k': sig}", READY, "def finish(b): b.save()") + "finish(b)\n", "TFM101", "passed on"),
        (with_map("{'k': sig}", READY).replace("b.save()", "finish(b)"), "TFM101", "passed on"),
        (f"{HEAD}tf.saved_model.Builder('out').save()\n", "TFM101", "local name"),
        (f"{HEAD}self.b = tf.saved_model.Builder('out')\n", "TFM101", "local name"),
        (
            f"{HEAD}print(tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': y}}))\n",
            "TFM106",
            "larger expression",
        ),
        (f"{HEAD}tf.saved_model.simple_save(sess, 'out', {{'x': x}})\n", "TFM102", "outputs is missing"),
        (f"{HEAD}tf.saved_model.simple_save(sess, 'out', ins, {{'y': y}})\n", "TFM102", "not written out"),
        (f"{HEAD}tf.saved_model.simple_save(sess, 'out', {{k: x}}, {{'y': y}})\n", "TFM102", "run time"),
        (
            f"{HEAD}tf.saved_model.simple_save(sess, 'out', {{t.op.name: t for t in [x]}}, {{'y': y}})\n",
            "TFM102",
            "comprehension",
        ),
        (
            f"{HEAD}class C:\n  tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': y}})\n",
            "TFM106",
            "class body",
        ),
        (
            f"{HEAD}raise SystemExit\ntf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': y}})\n",
            "TFM106",
            "never reached",
        ),
        (
            "import tensorflow as tf\ndef save(sess, x, y):\n  tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})\n",
            "TFM101",
            "elsewhere",
        ),
        (
            "import tensorflow as tf\ndef save(x, y):\n  with tf.Session() as sess:\n"
            "    tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})\n",
            "TFM101",
            "'x'",
        ),
        (
            "import tensorflow as tf\nclass M:\n  def save(self):\n    with tf.Session() as sess:\n"
            "      tf.saved_model.simple_save(sess, 'out', {'x': self.x}, {'y': self.y})\n",
            "TFM101",
            "elsewhere",
        ),
    ],
)
def test_flagged_with_the_reason(code: str, rule: str, reason: str):
    check_not_native(code, rule, reason)


def test_a_dictionary_changed_behind_a_condition_is_not_guessed():
    code = HEAD + dedent("""\
        outputs = {'y': y}
        if len(sys.argv) > 1:
          outputs['z'] = z
        tf.saved_model.simple_save(sess, 'out', {'x': x}, outputs)
    """)
    check_not_native(code, "TFM102", "outputs")


@pytest.mark.parametrize(
    "change",
    [
        "outputs.pop('y')",
        "outputs.clear()",
        "del outputs['y']",
        "outputs.setdefault('z', z)",
    ],
)
def test_a_dictionary_changed_by_a_method_is_not_read_as_it_was(change: str):
    code = (
        HEAD + f"outputs = {{'y': y, 'w': z}}\n{change}\ntf.saved_model.simple_save(sess, 'out', {{'x': x}}, outputs)\n"
    )
    (site,) = rewrite(code).sites
    assert site.level is not Level.NATIVE


def test_a_dictionary_changed_through_another_name_is_not_read_as_it_was():
    code = HEAD + "outputs = {'y': y}\nsame = outputs\nsame['z'] = z\n"
    (site,) = rewrite(code + "tf.saved_model.simple_save(sess, 'out', {'x': x}, outputs)\n").sites
    assert site.level is not Level.NATIVE or site.signatures[0].outputs == ("y", "z")


def test_a_dictionary_handed_to_other_code_is_not_read_as_it_was():
    code = HEAD + "outputs = {'y': y}\nadd_more(outputs)\n"
    (site,) = rewrite(code + "tf.saved_model.simple_save(sess, 'out', {'x': x}, outputs)\n").sites
    assert site.level is not Level.NATIVE


def test_a_signature_changed_after_it_was_made_is_not_read_as_it_was():
    code = with_map("{'k': sig}", READY, "sig.method_name = 'mine/own'")
    (site,) = rewrite(code).sites
    assert site.level is not Level.NATIVE


def test_a_map_passed_on_by_a_name_of_the_module_that_is_bound_twice():
    code = HEAD + "KEY = 'a'\nif sess:\n  KEY = 'b'\ntf.saved_model.simple_save(sess, 'out', {KEY: x}, {'y': y})\n"
    check_not_native(code, "TFM102", "run time")


def test_a_constant_of_the_module_that_a_function_may_change():
    code = """\
        import tensorflow as tf
        KEY = 'a'

        def rename():
          global KEY
          KEY = 'b'

        def export():
          x = tf.placeholder(tf.float32, [None])
          with tf.Session() as sess:
            tf.saved_model.simple_save(sess, 'out', {KEY: x}, {'y': x * 2.0})
    """
    check_not_native(code, "TFM102", "run time")


def test_no_method_name_is_flagged():
    sig = f"{SDU}.build_signature_def({{'x': {INFO}(x)}}, {{'y': {INFO}(y)}})"
    check_not_native(with_map(f"{{'k': {sig}}}"), "TFM102", "no method name")


def test_branches_that_export_the_same_are_one_site():
    code = with_map("{'k': sig}", READY, "import sys")
    added = "b.add_meta_graph_and_variables(sess, ['serve'], {'k': sig})"
    both = f"if len(sys.argv) > 1:\n  {added[:-1]}, clear_devices=True)\nelse:\n  {added}"
    (site,) = rewrite(code.replace(added, both)).sites
    assert site.level is Level.NATIVE, site.reason


def test_branches_that_export_different_signatures_are_flagged():
    code = with_map("{'k': sig}", READY, "import sys", f"other = {SDU}.predict_signature_def({{'x': x}}, {{'z': z}})")
    added = "b.add_meta_graph_and_variables(sess, ['serve'], {'k': sig})"
    both = f"if len(sys.argv) > 1:\n  {added}\nelse:\n  {added.replace('sig}', 'other}')}"
    check_not_native(code.replace(added, both), "TFM103", "branches")
