"""Dictionaries of TensorInfos that loops, comprehensions and other dictionaries make."""

from __future__ import annotations

from textwrap import indent

import pytest
from checks import check_native, rewrite

from migrate.results import Level

INFO = "tf.saved_model.utils.build_tensor_info"
HEAD = """\
import tensorflow as tf
def main(out):
    x = tf.placeholder(tf.float32, [None], name='x')
    z = tf.placeholder(tf.float32, [None], name='z')
    w = tf.Variable(3.0, name='w')
    y = x * w
    q = z + w
    inputs = {'x': x, 'z': z}
    outputs = {'y': y, 'q': q}
    ins = {k: B(v) for k, v in inputs.items()}
"""
TAIL = """
    sig = tf.saved_model.signature_def_utils.build_signature_def(ins, outs, 'tensorflow/serving/predict')
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        b = tf.saved_model.builder.SavedModelBuilder(out)
        b.add_meta_graph_and_variables(sess, ['serve'], {'serving_default': sig})
        b.save()
"""


def script(code: str) -> str:
    imports = {
        "six.": "import six",
        " collections.": "import collections",
        " OrderedDict": "from collections import OrderedDict",
    }
    head = "".join(f"{line}\n" for word, line in imports.items() if word in code)
    return head + (HEAD + indent(code, "    ") + TAIL).replace("B(", f"{INFO}(")


def returned(code: str) -> str:
    """What the rewritten function returns; nothing is left of the dictionaries."""
    without = ("outs", "inputs = {", "OrderedDict", "six", "build_tensor_info", "Session")
    after = check_native(script(code), without=without)
    return " ".join(after.split("return ")[1].split("\n\n\n")[0].split())


BOTH = '{"y": y, "q": q}'


@pytest.mark.parametrize(
    "code",
    [
        "outs = {k: B(v) for k, v in six.iteritems(outputs)}",
        "outs = {k: B(outputs[k]) for k in outputs}",
        "outs = {k: B(outputs[k]) for k in outputs.keys()}",
        "outs = dict((k, B(v)) for k, v in outputs.items())",
        "outs = dict([(k, B(v)) for k, v in outputs.items()])",
        "outs = {k: B(v) for k, v in zip(['y', 'q'], [y, q])}",
        "names = ['y', 'q']\ntensors = (y, q)\nouts = {k: B(v) for k, v in zip(names, tensors)}",
        "outs = dict(zip(['y', 'q'], [B(y), B(q)]))",
        "outs = {k: B(v) for k, v in [('y', y), ('q', q)]}",
        "outs = {k: v for k, v in dict(y=B(y), q=B(q)).items()}",
        "outs = OrderedDict([('y', B(y)), ('q', B(q))])",
        "outs = collections.OrderedDict()\nouts['y'] = B(y)\nouts['q'] = B(q)",
        "outs = {}\nfor k, v in outputs.items():\n    outs[k] = B(v)",
        "outs = {}\nfor k in outputs:\n    info = B(outputs[k])\n    outs[k] = info",
        "outs = dict()\nfor k, v in [('y', y), ('q', q)]:\n    outs[k] = B(v)",
        "outs = {}\nouts.update({k: B(v) for k, v in outputs.items()})",
        "outs = {}\nouts.update(y=B(y), q=B(q))",
        "outs = dict(y=B(y))\nouts.update(q=B(q))",
        "outs = {'y': B(q)}\nfor k, v in outputs.items():\n    outs[k] = B(v)",
        "same = {k: B(v) for k, v in outputs.items()}\nouts = same.copy()",
    ],
)
def test_it_is_read(code: str):
    assert returned(code) == BOTH


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("outs = {'out_{}'.format(i): B(t) for i, t in enumerate([y, q])}", '{"out_0": y, "out_1": q}'),
        ("outs = {'o' + str(i): B(t) for i, t in enumerate([y, q])}", '{"o0": y, "o1": q}'),
        ("outs = {f'{k}_out': B(v) for k, v in outputs.items()}", '{"y_out": y, "q_out": q}'),
        ("outs = {'%s_out' % k: B(v) for k, v in outputs.items()}", '{"y_out": y, "q_out": q}'),
        ("outs = {}\nfor k, v in sorted(outputs.items()):\n    outs['a_' + k] = B(v)", '{"a_q": q, "a_y": y}'),
        ("outs = {k: B(v) for k, v in outputs.items()}\nfor k in ['y']:\n    outs[k] = B(q)", '{"q": q, "y": q}'),
    ],
)
def test_keys_that_are_put_together(code: str, said: str):
    assert returned(code) == said


@pytest.mark.parametrize(
    "code",
    [
        # Each turn makes a tensor of its own, or does more.
        "outs = {k: B(tf.identity(v)) for k, v in outputs.items()}",
        "outs = {}\nfor k, v in outputs.items():\n    t = tf.identity(v)\n    outs[k] = B(t)",
        "outs = {}\nfor k, v in outputs.items():\n    outs[k] = B(y)\n    y = y + 1.0",
        "outs = {}\nfor k, v in outputs.items():\n    if k == 'y':\n        continue\n    outs[k] = B(v)",
        "outs = {k: B(v) for k, v in outputs.items() if k != 'q'}",
        "outs = {}\ni = 0\nfor k, v in outputs.items():\n    outs['o%d' % i] = B(v)\n    i += 1",
        # Other names for what is changed.
        "outs = {}\nmore = outs\nfor k, v in outputs.items():\n    outs[k] = B(v)\nmore['w'] = B(w)",
        "outs = {}\nmore = outs\nouts['y'] = B(y)\nmore['w'] = B(w)",
        "more = outputs\nmore['w'] = w\nouts = {k: B(v) for k, v in outputs.items()}",
        "tensors = [y]\ntensors.append(q)\nouts = {k: B(v) for k, v in zip(['y', 'q'], tensors)}",
        "outs = {}\nchange(outs)\nfor k, v in outputs.items():\n    outs[k] = B(v)",
        # Names that mean something else.
        "def zip(a, b):\n    return [('q', y), ('y', q)]\nouts = {k: B(v) for k, v in zip(['y', 'q'], [y, q])}",
        "outs = {k: B(v) for k, v in iteritems(outputs)}",
        # What is left needs the loop.
        "outs = {}\nfor k, v in outputs.items():\n    outs[k] = B(v)\nprint(k)",
        "outs = {}\nfor k, v in outputs.items():\n    info = B(v)\n    outs[k] = info\nprint(info)",
    ],
)
def test_what_is_not_sure_is_not_read(code: str):
    (site,) = rewrite(script(code)).sites
    assert site.level is not Level.NATIVE


def test_signatures_in_a_loop_share_what_they_compute():
    code = """\
        import tensorflow as tf
        def main(out):
            x = tf.placeholder(tf.float32, [None], name='x')
            signatures = {}
            for key in ['serving_default', 'again']:
                signatures[key] = tf.saved_model.signature_def_utils.predict_signature_def({'x': x}, {'y': x * 2.0})
            with tf.Session() as sess:
                b = tf.saved_model.builder.SavedModelBuilder(out)
                b.add_meta_graph_and_variables(sess, ['serve'], signatures)
                b.save()
        """
    (site,) = rewrite(code).sites
    # `x * 2.0` is made in each turn.
    assert site.level is not Level.NATIVE or site.signatures[0].outputs == ("y",)
