"""Names: every spelling of TensorFlow's found in real code, and everything that is not TensorFlow's."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from checks import scope_named

from migrate.source.symbols import Symbols

BUILDER = "saved_model.builder.SavedModelBuilder"
SIMPLE_SAVE = "saved_model.simple_save"


def meaning(code: str, where: str | None = None) -> str | None:
    """The TF1 name of the expression in the last line `_(EXPRESSION)` of some code."""
    symbols = Symbols(ast.parse(dedent(code)))
    marked = [
        node.args[0]
        for node in ast.walk(symbols.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
    ]
    return symbols.resolve(marked[-1], scope_named(symbols, where))


# ---- spellings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("imports", "expression", "name"),
    [
        ("import tensorflow as tf", "tf.placeholder", "placeholder"),
        ("import tensorflow", "tensorflow.placeholder", "placeholder"),
        ("import tensorflow.compat.v1 as tf", "tf.placeholder", "placeholder"),
        ("import tensorflow.compat.v1", "tensorflow.compat.v1.placeholder", "placeholder"),
        ("import tensorflow as tf", "tf.compat.v1.placeholder", "placeholder"),
        ("from tensorflow.compat import v1", "v1.placeholder", "placeholder"),
        ("from tensorflow.compat import v1 as tf", "tf.placeholder", "placeholder"),
        ("from tensorflow import compat", "compat.v1.placeholder", "placeholder"),
        ("from tensorflow import placeholder", "placeholder", "placeholder"),
        ("from tensorflow import placeholder as ph", "ph", "placeholder"),
        ("from tensorflow.compat.v1 import placeholder", "placeholder", "placeholder"),
        ("import tensorflow as tf\ntf = tf.compat.v1", "tf.placeholder", "placeholder"),
        ("import tensorflow as tf2\ntf = tf2.compat.v1", "tf.placeholder", "placeholder"),
        ("import tensorflow as tf\ntf1 = tf.compat.v1", "tf1.Session", "Session"),
        ("import tensorflow as tf\nv1 = tf.compat.v1\nsm = v1.saved_model", "sm.simple_save", SIMPLE_SAVE),
        ("import tensorflow as tf\nsm = tf.saved_model", "sm.simple_save", SIMPLE_SAVE),
        ("from tensorflow import saved_model", "saved_model.simple_save", SIMPLE_SAVE),
        ("from tensorflow.saved_model import simple_save", "simple_save", SIMPLE_SAVE),
        ("from tensorflow.saved_model import simple_save as save", "save", SIMPLE_SAVE),
        ("import tensorflow as tf\nsave = tf.saved_model.simple_save", "save", SIMPLE_SAVE),
        ("from tensorflow.python.saved_model.simple_save import simple_save", "simple_save", SIMPLE_SAVE),
        ("import tensorflow as tf", "tf.saved_model.builder.SavedModelBuilder", BUILDER),
        ("import tensorflow.saved_model as sm", "sm.builder.SavedModelBuilder", BUILDER),
        ("from tensorflow.python.saved_model import builder", "builder.SavedModelBuilder", BUILDER),
        (
            "from tensorflow.python.saved_model import builder as saved_model_builder",
            "saved_model_builder.SavedModelBuilder",
            BUILDER,
        ),
        ("from tensorflow.python.saved_model.builder import SavedModelBuilder", "SavedModelBuilder", BUILDER),
        ("from tensorflow.saved_model.builder import SavedModelBuilder as B", "B", BUILDER),
        ("import tensorflow as tf", "tf.flags.FLAGS", "flags.FLAGS"),
        ("from tensorflow.python.platform import gfile", "gfile.Exists", "gfile.Exists"),
        ("from tensorflow.python.ops import math_ops", "math_ops.matmul", "matmul"),
        ("from tensorflow.python.framework import ops", "ops.Graph", "Graph"),
        ("tf = __import__('tensorflow')", "tf.placeholder", None),
    ],
)
def test_spellings(imports: str, expression: str, name: str | None):
    assert meaning(f"{imports}\n_({expression})") == name


@pytest.mark.parametrize("spelling", ["Builder", "builder.SavedModelBuilder"])
@pytest.mark.parametrize("prefix", ["", "compat.v1."])
def test_every_builder_is_one_of_the_two_known_names(prefix: str, spelling: str):
    assert meaning(f"import tensorflow as tf\n_(tf.{prefix}saved_model.{spelling})") in (
        BUILDER,
        "saved_model.Builder",
    )


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("predict_signature_def", "signature_def_utils.predict_signature_def"),
        ("classification_signature_def", "signature_def_utils.classification_signature_def"),
        ("regression_signature_def", "signature_def_utils.regression_signature_def"),
        ("build_signature_def", "signature_def_utils.build_signature_def"),
        ("build_tensor_info", "utils.build_tensor_info"),
        ("PREDICT_METHOD_NAME", "signature_constants.PREDICT_METHOD_NAME"),
        ("DEFAULT_SERVING_SIGNATURE_DEF_KEY", "signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY"),
        ("SERVING", "tag_constants.SERVING"),
    ],
)
def test_both_spellings_of_a_saved_model_name_are_one(short: str, long: str):
    one = meaning(f"import tensorflow as tf\n_(tf.saved_model.{short})")
    assert one is not None
    assert meaning(f"import tensorflow as tf\n_(tf.saved_model.{long})") == one
    module, _, name = long.partition(".")
    assert meaning(f"from tensorflow.python.saved_model import {module} as m\n_(m.{name})") == one


# ---- places ---------------------------------------------------------------------------------------------------------


def test_an_import_in_a_function():
    assert meaning("def f():\n  import tensorflow as tf\n  _(tf.Session)", "f") == "Session"


def test_an_import_in_a_function_is_not_seen_elsewhere():
    assert meaning("def f():\n  import tensorflow as tf\n_(tf.Session)") is None


def test_an_import_of_the_module_is_seen_in_functions_and_methods():
    code = "import tensorflow as tf\nclass C:\n  def f(self):\n    g = lambda: _(tf.Session)"
    assert meaning(code, "f") == "Session"


def test_an_import_below_its_use_in_a_function():
    assert meaning("def f():\n  _(tf.Session)\nimport tensorflow as tf", "f") == "Session"


@pytest.mark.parametrize(
    "code",
    [
        "try:\n  import tensorflow.compat.v1 as tf\nexcept ImportError:\n  import tensorflow as tf",
        "try:\n  import tensorflow as tf\nexcept ImportError:\n  tf = None",
        "try:\n  import tensorflow as tf\nexcept ImportError as error:\n  raise SystemExit(error)",
        "try:\n  import tensorflow as tf\nfinally:\n  pass",
        "if True:\n  import tensorflow as tf\nelse:\n  import tensorflow.compat.v1 as tf",
        "try:\n  import tensorflow.compat.v1 as tf\n  tf.disable_v2_behavior()\nexcept ImportError:\n  import tensorflow as tf",
    ],
)
def test_guarded_imports(code: str):
    assert meaning(f"{code}\n_(tf.Session)") == "Session"


def test_a_builder_from_either_of_two_modules():
    code = """\
        try:
          from tensorflow.saved_model.builder import SavedModelBuilder
        except ImportError:
          from tensorflow.python.saved_model.builder import SavedModelBuilder
        _(SavedModelBuilder)
    """
    assert meaning(code) == BUILDER


def test_a_name_made_global_in_a_function():
    code = "def load():\n  global tf\n  import tensorflow as tf\ndef f():\n  _(tf.Session)"
    assert meaning(code, "f") == "Session"


def test_a_global_of_another_kind_hides_tensorflow():
    code = "import tensorflow as tf\ndef load():\n  global tf\n  tf = object()\n_(tf.Session)"
    assert meaning(code) is None


def test_a_nonlocal_name_is_that_of_the_function_around():
    code = """\
        import tensorflow as tf
        def outer():
          tf = fake()
          def inner():
            nonlocal tf
            _(tf.Session)
    """
    assert meaning(code, "inner") is None


# ---- names that are not TensorFlow's --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "_(tf.Session)",
        "import numpy as tf\n_(tf.Session)",
        "import tensorflow_hub as tf\n_(tf.Session)",
        "from tensorflow_model import tf\n_(tf.Session)",
        "from . import tensorflow as tf\n_(tf.Session)",
        "from .tensorflow import compat as tf\n_(tf.Session)",
        "import tensorflow as tf\ntf = 3\n_(tf.Session)",
        "import tensorflow as tf\nimport numpy as tf\n_(tf.Session)",
        "import tensorflow as tf\nfor tf in range(3):\n  _(tf.Session)",
        "import tensorflow as tf\nwith open('x') as tf:\n  _(tf.Session)",
        "import tensorflow as tf\ntry:\n  pass\nexcept OSError as tf:\n  _(tf.Session)",
        "import tensorflow as tf\nif (tf := fake()):\n  _(tf.Session)",
        "import tensorflow as tf\ndef tf():\n  pass\n_(tf.Session)",
        "import tensorflow as tf\nclass tf:\n  Session = 1\n_(tf.Session)",
        "import tensorflow as tf\ntf += 1\n_(tf.Session)",
        "import tensorflow as tf\na, tf = pair\n_(tf.Session)",
        "import tensorflow as tf\na, *tf = many\n_(tf.Session)",
        "import tensorflow as tf\nmatch x:\n  case {'a': tf}:\n    _(tf.Session)",
        "import tensorflow as tf\nmatch x:\n  case {'a': 1, **tf}:\n    _(tf.Session)",
        "import tensorflow as tf\nmatch x:\n  case [1, *tf]:\n    _(tf.Session)",
        "import tensorflow as tf\ntf: object = fake()\n_(tf.Session)",
        "import tensorflow as tf\nx = tf\nx = other\n_(x.Session)",
        "tf = tf.compat.v1\n_(tf.Session)",
        "import tensorflow as tf\nif c:\n  save = tf.saved_model.simple_save\nelse:\n  save = mine\n_(save)",
        "def simple_save(*args):\n  pass\n_(simple_save)",
        "from mylib import simple_save\n_(simple_save)",
        "import tensorflow as tf\n_(tf.saved_model.simple_save())",
        "import tensorflow as tf\n_(obj.tf.Session)",
    ],
)
def test_what_is_not_surely_tensorflow_is_nobodys(code: str):
    assert meaning(code) is None


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("def f(tf):\n  _(tf.Session)", "f"),
        ("def f(*tf):\n  _(tf.Session)", "f"),
        ("def f(**tf):\n  _(tf.Session)", "f"),
        ("def f(*, tf=None):\n  _(tf.Session)", "f"),
        ("def f(tf, /):\n  _(tf.Session)", "f"),
        ("async def f(tf):\n  _(tf.Session)", "f"),
        ("def f():\n  tf = fake()\n  _(tf.Session)", "f"),
        # A name bound anywhere in a function is the function's everywhere in it.
        ("def f():\n  _(tf.Session)\n  tf = fake()", "f"),
        ("def f():\n  def tf(): pass\n  _(tf.Session)", "f"),
        ("def f():\n  class tf: pass\n  _(tf.Session)", "f"),
        ("def f():\n  for tf in x: pass\n  _(tf.Session)", "f"),
        ("def f():\n  from fake import tf\n  _(tf.Session)", "f"),
        ("def outer(tf):\n  def f():\n    _(tf.Session)", "f"),
    ],
)
def test_shadowed_in_a_function(code: str, where: str):
    assert meaning("import tensorflow as tf\n" + code, where) is None


@pytest.mark.parametrize(
    "opened", ["[{} for tf in x]", "{{{} for tf in x}}", "({} for tf in x)", "{{1: {} for tf in x}}"]
)
def test_shadowed_in_a_comprehension_only(opened: str):
    symbols = Symbols(ast.parse(f"import tensorflow as tf\ny = {opened.format('_(tf.Session)')}\n_(tf.Session)"))
    inside, outside = (n.args[0] for n in _in_order(symbols.tree) if isinstance(n, ast.Call))
    (scope,) = [
        s for s in symbols.scopes() if isinstance(s.node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))
    ]
    assert symbols.resolve(inside, scope) is None
    assert symbols.resolve(outside, symbols.module) == "Session"


def test_shadowed_in_a_lambda_only():
    symbols = Symbols(ast.parse("import tensorflow as tf\nf = lambda tf: _(tf.Session)\n_(tf.Session)"))
    inside, outside = (n.args[0] for n in _in_order(symbols.tree) if isinstance(n, ast.Call))
    (scope,) = [s for s in symbols.scopes() if isinstance(s.node, ast.Lambda)]
    assert symbols.resolve(inside, scope) is None
    assert symbols.resolve(outside, symbols.module) == "Session"


def _in_order(tree: ast.AST) -> list[ast.AST]:
    return sorted((n for n in ast.walk(tree) if hasattr(n, "lineno")), key=lambda n: (n.lineno, n.col_offset))


def test_names_of_a_class_body_are_not_seen_in_its_methods():
    code = "import tensorflow as tf\nclass C:\n  tf = 1\n  def f(self):\n    _(tf.Session)"
    assert meaning(code, "f") == "Session"


def test_names_of_a_class_body_are_seen_in_it():
    code = "import tensorflow as tf\nclass C:\n  tf = 1\n  _(tf.Session)"
    assert meaning(code, "C") is None


def test_a_parameters_default_is_read_outside_the_function():
    symbols = Symbols(ast.parse("import tensorflow as tf\ndef f(tf=tf.float32): pass"))
    (default,) = symbols.tree.body[1].args.defaults
    assert symbols.resolve(default, symbols.module) == "float32"


@pytest.mark.parametrize(
    "code",
    ["a = b\nb = a\n_(a.x)", "a = a\n_(a)", "a = a.b\n_(a.c)", "a = b.x\nb = c.x\nc = a.x\n_(c)"],
)
def test_names_defined_in_a_circle_have_no_meaning(code: str):
    assert meaning(code) is None


def test_a_circle_does_not_spoil_another_name():
    code = "import tensorflow as tf\na = b\nb = a\nc = tf.saved_model\n_(c.simple_save)"
    assert meaning(code) == SIMPLE_SAVE


# ---- qualified and function -----------------------------------------------------------------------------------------


def test_a_qualified_name_is_that_of_any_import():
    symbols = Symbols(ast.parse("import os.path\nimport numpy as np\nfrom a.b import c as d"))
    names = [ast.parse(text, mode="eval").body for text in ("os.path.join", "np.zeros", "d.e", "len")]
    assert [symbols.qualified(name, symbols.module) for name in names] == [
        "os.path.join",
        "numpy.zeros",
        "a.b.c.e",
        None,
    ]


def test_a_function_is_found_where_its_name_has_one_meaning():
    symbols = Symbols(ast.parse("def f(): pass\ndef g(): pass\nif x:\n  def g(): pass\nh = f"))
    f, g, h = (ast.Name(name, ast.Load()) for name in "fgh")
    assert symbols.function(f, symbols.module) is symbols.tree.body[0]
    assert symbols.function(g, symbols.module) is None
    assert symbols.function(h, symbols.module) is None


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("from tensorflow.python.saved_model import builder\nbuilder = builder.SavedModelBuilder(path)\nbuilder.save()",
         "saved_model.builder.SavedModelBuilder"),
        ("try:\n    from tensorflow.python.saved_model import builder\nexcept ImportError:\n    from tensorflow.saved_model"
         " import builder\nbuilder = builder.SavedModelBuilder(path)", "saved_model.builder.SavedModelBuilder"),
        ("import builder\nfrom tensorflow.python.saved_model import builder\nbuilder = builder.SavedModelBuilder(path)", None),
        ("from tensorflow.python.saved_model import builder\nbuilder = 1\nbuilder = builder.SavedModelBuilder(path)", None),
        ("from tensorflow.python.saved_model import builder\ndef f():\n    builder = builder.SavedModelBuilder(path)", None),
    ],
)  # fmt: skip
def test_an_imported_name_that_is_given_what_it_makes(code: str, name: str | None):
    symbols = Symbols(ast.parse(code))
    [call] = [
        node
        for node in ast.walk(symbols.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.endswith("Builder")
    ]
    scope = next((one for one in symbols.scopes() if isinstance(one.node, ast.FunctionDef)), symbols.module)
    assert symbols.resolve(call.func, scope) == name
    for node in ast.walk(symbols.tree):
        if isinstance(node, ast.Attribute) and node.attr == "save":
            assert symbols.resolve(node, symbols.module) is None


# ---- what is asked again and again -----------------------------------------------------------------------------------


def test_a_question_is_worked_out_once_until_the_tree_changes():
    symbols = Symbols(ast.parse("x = f()\n"))
    asked = []
    for _ in range(2):
        assert symbols.once("?", lambda: asked.append(1) or len(asked)) == 1
    symbols.changed()
    assert symbols.once("?", lambda: asked.append(1) or len(asked)) == 2


def test_nodes_by_class():
    symbols = Symbols(ast.parse("x = f(g)\ny = x\n"))
    assert [node.id for node in symbols.nodes_of_kind(ast.Name)] == ["x", "y", "x", "f", "g"]
    assert symbols.nodes_of_kind(ast.Lambda) == []


def test_calls_come_with_the_code_they_are_part_of():
    code = "f(lambda: g(), [h() for _ in i()])\nclass C(j()):\n  def k(self):\n    return l(m())\n"
    symbols = Symbols(ast.parse(code))
    found = {call.func.id: type(scope.node).__name__ for scope, call in symbols.calls()}
    assert found == {"f": "Module", "g": "Lambda", "h": "Module", "i": "Module", "j": "ClassDef", "l": "FunctionDef",
                     "m": "FunctionDef"}  # fmt: skip
