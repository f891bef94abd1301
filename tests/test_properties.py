"""The rewriter's promises on generated modules: it never fails, its output parses, a second run changes nothing, and
what is not TF1 export code stays byte for byte."""

from __future__ import annotations

import ast
import itertools
import sysconfig
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrate.engine import Answer, propose, rewrite_source
from migrate.results import Level, Result

relaxed = settings(derandomize=True, deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])

# ---- TF1-like modules -----------------------------------------------------------------------------------------------

IMPORTS = (
    "import tensorflow as tf",
    "import tensorflow.compat.v1 as tf",
    "import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()",
    "from tensorflow.compat import v1 as tf",
    "import tensorflow as tf\ntf = tf.compat.v1",
    "try:\n  import tensorflow.compat.v1 as tf\nexcept ImportError:\n  import tensorflow as tf",
)

NOISE = (
    "",
    "# a comment",
    "import os, sys",
    "CONFIG = { 'a':1 , \"b\" : [ 2,3 ] }   # odd",
    "print( 'hello' ) ;  print(\"wörld €\")",
    "def noise_f( a,b=2 ):\n    # inside\n    return  a+b",
    "class Noise( object ):\n\n    k=1",
    "if len( 'ab' )>1 :\n\tprint( 'tabs' )\nelse :\n\tpass",
    "noise_list=[i*i for i in range( 3 )]   \t",
    "'''a string\n   over two lines'''",
    "for noise_i in range(3): print(noise_i)",
    "noise_x = (1 +\n           2)  # continued",
    "noise_y = 1 + \\\n    2",
    "with open('/dev/null') as noise_file : pass",
    "@staticmethod\ndef noise_g(): return lambda q: -q",
    "try:\n    import json\nexcept ImportError: json=None",
    "assert True , 'so'",
    "noise_s = f'{1+1!r:>{10}} {{}}'",
    "\f",
    "global_noise: int = 3",
)

STEPS = (
    "w{i} = tf.Variable({i}.5, name='w{i}')\ny = y * w{i}",
    "v{i} = tf.get_variable('v{i}', [3], initializer=tf.zeros_initializer())\ny = y + v{i}",
    "y = tf.nn.relu(y)  # step {i}",
    "# before step {i}\ny = tf.reduce_sum(y, reduction_indices=[1],\n      keep_dims=True)",
    "with tf.name_scope('s{i}'):\n  y = y + {i}.0",
    "with tf.variable_scope('t{i}'):\n  u{i} = tf.get_variable('u', [1], initializer=tf.ones_initializer())\n  y = y - u{i}",
    "if len(NAMES) > {i}:\n  y = y * 2.0\nelse:\n  y = y * 3.0",
    "def helper{i}(t):\n  return tf.square(t)\ny = helper{i}(y)",
    "k{i} = {i} + 1\ny = y * float(k{i})",
    "parts{i} = [y, y * 2.0]\ny = parts{i}[0] + parts{i}[1]",
    "for i{i} in range(2):\n  y = y + 1.0",
    "acc{i} = []\nfor j{i} in range(2):\n  acc{i}.append(y * float(j{i}))\ny = tf.add_n(acc{i})",
    "unused{i} = tf.constant({i}, name='unused{i}')",
    "y = tf.py_func(abs, [y], tf.float32)",
    "z{i} = tf.placeholder_with_default(1.0, [])\ny = y * z{i}",
    "try:\n  y = y + 1.0\nexcept ValueError:\n  pass",
    "while False:\n  y = y + 1.0",
    "y, other{i} = y + 1.0, y",
    "lambda{i} = lambda t: t * 2.0\ny = lambda{i}(y)",
    "d{i} = {{'a': y}}\nd{i}['b'] = y * 2.0\ny = d{i}['b']",
)

SESSION = (
    "sess.run(tf.global_variables_initializer())",
    "print(sess.run(y, {x: [[1., 2., 3.]]}))",
    "sess.run(tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y)), {x: [[1., 2., 3.]]})",
    "saver = tf.train.Saver()\nsaver.restore(sess, 'model')",
    "for step in range(3):\n  print(step)",
    "# session comment",
)

EXPORTS = (
    "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})",
    "tf.saved_model.simple_save(sess, 'out',  # where\n    inputs = {'x' : x},\n    outputs = {'y' : y , 'x2': x})",
    "builder = tf.saved_model.builder.SavedModelBuilder('out')\n"
    "sig = tf.saved_model.signature_def_utils.predict_signature_def({'x': x}, {'y': y})\n"
    "builder.add_meta_graph_and_variables(sess, [tf.saved_model.tag_constants.SERVING],\n"
    "    signature_def_map={tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: sig})\n"
    "builder.save()",
    "builder = tf.saved_model.Builder('out')\n"
    "builder.add_meta_graph_and_variables(sess, ['serve'], {\n"
    "    'a': tf.saved_model.predict_signature_def({'x': x}, {'y': y}),\n"
    "    'b': tf.saved_model.predict_signature_def({'x': x}, {'z': y * 2.0}),\n"
    "})\nbuilder.save()",
    "tf.saved_model.simple_save(sess, key, {key: x}, {'y': y})",
    "builder = tf.saved_model.Builder('out')\nfinish(builder, sess)",
)


def indented(text: str, by: str) -> str:
    return "".join(f"{by}{line}\n" if line.strip() else "\n" for line in text.splitlines())


@st.composite
def modules(draw: st.DrawFn) -> tuple[str, list[str], list[str]]:
    """A module that exports a graph; the noise above the graph and below the export."""
    above = draw(st.lists(st.sampled_from(NOISE), max_size=3))
    below = draw(st.lists(st.sampled_from(NOISE), max_size=3))
    steps = draw(st.lists(st.sampled_from(STEPS), max_size=4))
    session = draw(st.lists(st.sampled_from(SESSION), max_size=3))
    graph = "x = tf.placeholder(tf.float32, [None, 3], name='x')\ny = x * 1.0\n"
    graph += "".join(step.format(i=i) + "\n" for i, step in enumerate(steps))
    body = "".join(line + "\n" for line in [*session, draw(st.sampled_from(EXPORTS))])
    graph += "with tf.Session() as sess:\n" + indented(body, "  ")
    head = draw(st.sampled_from(IMPORTS)) + "\nNAMES = ['a', 'b']\n"
    text = head + "".join(noise + "\n" for noise in above)
    if draw(st.booleans()):
        text += "def export_model():\n" + indented(graph, "  ") + "export_model()\n"
    else:
        text += graph
    text += "".join(noise + "\n" for noise in below)
    if draw(st.booleans()):
        text = text.rstrip("\n")
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    return (
        text.replace("\n", newline),
        [n.replace("\n", newline) for n in above],
        [n.replace("\n", newline) for n in below],
    )


def check(text: str) -> Result:
    """What must hold for any text."""
    result = rewrite_source(text, "module.py")
    assert result.error is None
    compile(result.after, "module.py", "exec")
    again = rewrite_source(result.after, "module.py")
    assert again.after == result.after
    assert again.error is None
    if all(site.level is Level.FLAGGED for site in result.sites):
        assert result.after == text
    for site in result.sites:
        assert (site.reason is None) == (site.level is Level.NATIVE)
        line = text.splitlines()[site.line - 1] if "\f" not in text else None
        assert line is None or any(word in line[site.column - 1 :] for word in ("simple_save", "Builder("))
    return result


@relaxed
@given(modules())
def test_any_script_is_rewritten_or_left_alone(made: tuple[str, list[str], list[str]]):
    text, above, below = made
    result = check(text)
    assert len(result.sites) == 1
    # Noise comes out as it went in, in its order.
    place = 0
    for noise in above + below:
        found = result.after.find(noise, place)
        assert found >= 0, f"lost: {noise!r}"
        place = found + len(noise)


@relaxed
@given(modules())
def test_newlines_stay_of_one_kind(made: tuple[str, list[str], list[str]]):
    text, _, _ = made
    after = rewrite_source(text).after
    if "\r\n" in text:
        assert after.count("\n") == after.count("\r\n")
    else:
        assert "\r" not in after
    assert after.endswith("\n") == text.endswith("\n") or not text.endswith("\n")


@settings(relaxed, max_examples=20)
@given(st.tuples(modules(), modules()), st.lists(st.booleans(), min_size=2, max_size=2))
def test_any_subset_of_proposals_parses(made: tuple[tuple[str, list[str], list[str]], ...], answers: list[bool]):
    text = ""
    for number, (module, _, _) in enumerate(made):
        body = module.replace("\r\n", "\n").replace("export_model", f"export_{number}_model").rstrip("\n") + "\n"
        text += body if "def export_" in body else f"def part_{number}():\n{indented(body, '  ')}"
    try:
        compile(text, "module.py", "exec")
    except SyntaxError:
        return
    proposals = propose(text)
    pending = itertools.cycle(answers)
    try:
        next(proposals)
        while True:
            proposals.send(Answer.ACCEPT if next(pending) else Answer.REJECT)
    except StopIteration as stop:
        compile(stop.value.after, "module.py", "exec")
        assert rewrite_source(stop.value.after).error is None


# ---- any Python -----------------------------------------------------------------------------------------------------

SNIPPETS = (
    *NOISE,
    "async def fetch(a, /, b, *args, c=1, **kw):\n  async with a as x, b:\n    return [y async for y in x if await y]",
    "match x:\n  case {'k': [1, *rest], **more} if rest: pass\n  case Point(x=0) | None: pass\n  case _: pass",
    "try:\n  pass\nexcept* ValueError as group:\n  raise\nelse:\n  pass\nfinally:\n  pass",
    "lambda *a, k=1, **kw: (yield)",
    "x: list[int] = [*a, *b]; y = {**c, 'd': (e := 5)}",
    "while True:\n  if x: continue\n  elif y: break\nelse:\n  del z, w[0], v.u",
    "global tf\ntf = None",
    "a = b = c, *d = range(5)",
    "print(f'{x!r:{w}} {y=}', rb'\\x00', r'\\d', 0x_ff, 1e-3j, ...)",
    "nonlocal_ = [[j for j in range(i) if (k := j)] for i in range(3)]",
    "def outer():\n  def inner():\n    nonlocal n\n    n += 1\n  n = 0\n  return inner",
    "class M(type, metaclass=abc.ABCMeta):\n  __slots__ = ()\n  def __call__(cls): return super().__call__()",
    "if x: y = 1\nelse: y = 2",
    "from . import sibling\nfrom .. import *",
    "tf.saved_model",
    "import tensorflow as tf",
    "from tensorflow import *",
    "simple_save(a, b, c, d)",
    "builder = Builder(); builder.save()",
    "x = tf.Session; y = tf.placeholder(tf.float32)",
    "import tensorflow as tf\ntf.saved_model.simple_save",
    "import tensorflow as tf\nx = tf.saved_model.simple_save(*args, **kwargs)",
    "import tensorflow as tf\n[tf.saved_model.Builder(p) for p in q]",
    "import tensorflow as tf\nlambda s: tf.saved_model.simple_save(s, 'o', {}, {})",
    "import tensorflow as tf\nclass C:\n  b = tf.saved_model.Builder('o')\n  b.save()",
    "import tensorflow as tf\n@tf.saved_model.simple_save(s, 'o', {'x': x}, {'y': y})\ndef f(a=tf.saved_model.Builder('p')): pass",
    "import tensorflow as tf\nasync def f():\n  await tf.saved_model.simple_save(s, 'o', {'x': x}, {'y': y})",
    "import tensorflow as tf\ndef f():\n  yield tf.saved_model.simple_save(s, 'o', {'x': x}, {'y': y})",
    "import tensorflow as tf\nb = tf.saved_model.Builder('o')\nb = b\nb.save()\ndel b",
    "import tensorflow as tf\nwith tf.Session() as s: tf.saved_model.simple_save(s, 'o', {'x': x}, {'y': x})",
    "import tensorflow as tf\nx = x\nx = tf.identity(x)\ntf.saved_model.simple_save(tf.Session(), 'o', {'x': x}, {'y': x})",
)


@relaxed
@given(st.lists(st.sampled_from(SNIPPETS), max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_any_python_is_survived(snippets: list[str], newline: str):
    text = "".join(snippet + "\n" for snippet in snippets).replace("\n", newline)
    try:
        compile(text, "module.py", "exec")
    except SyntaxError:
        return
    check(text)


@relaxed
@given(st.lists(st.sampled_from(NOISE), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_text_without_tf1_export_code_is_unchanged(snippets: list[str], newline: str, ended: bool):
    text = "".join(snippet + "\n" for snippet in snippets)
    text = (text if ended else text.rstrip("\n")).replace("\n", newline)
    result = rewrite_source(text)
    assert result.after == text
    assert result.sites == ()


@relaxed
@given(st.text(max_size=200))
def test_any_text_gives_a_result(text: str):
    result = rewrite_source(text)
    assert result.after == text
    assert (result.error is not None) == (not _parses(text))


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


LIBRARY = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))


@pytest.mark.parametrize("path", LIBRARY[::12], ids=lambda path: path.name)
def test_pythons_own_library_is_unchanged(path: Path):
    text = path.read_text("utf-8")
    result = rewrite_source(text)
    assert result.error is None
    assert result.after == text


@pytest.mark.parametrize(
    "path",
    [path for path in LIBRARY if path.name in {"ast.py", "heapq.py", "tokenize.py", "textwrap.py"}],
    ids=lambda p: p.name,
)
def test_an_export_behind_a_large_module_leaves_the_module_as_it_is(path: Path):
    library = path.read_text("utf-8")
    graph = (
        "\nimport tensorflow as tf\nx = tf.placeholder(tf.float32, [None])\nwith tf.Session() as sess:\n"
        "  tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': x * 2.0})\n"
    )
    result = check(library + graph)
    (site,) = result.sites
    assert site.level is Level.NATIVE, site.reason
    assert result.after.startswith(library.rstrip("\n"))
