"""Random programs that build a graph, run a session and export."""

from __future__ import annotations

from random import Random
from textwrap import indent

from hypothesis import strategies as st
from plain_numbers.drafts import Draft
from plain_numbers.shapes import BLOCKS, BODY, CONSTANTS, GRAPH, HELPERS, SCOPED, SCOPES, SESSION

_INITIALIZED = "sess.run(tf.global_variables_initializer())\n"


def programs() -> st.SearchStrategy[str]:
    """Programs, smaller ones for smaller examples."""
    return st.randoms(use_true_random=False).map(program)


def program(random: Random) -> str:
    """A module that exports one or two times."""
    draft = Draft(random)
    top = draft.some(CONSTANTS, 1, 2) + "".join("\n\n" + draft.some(HELPERS, 1, 1) for _ in range(random.randint(0, 3)))
    return f"import tensorflow as tf\n\n{top}\n\n{random.choice(_FORMS)(draft)}"


# ---- where the code stands ------------------------------------------------------------------------------------------


def _script(draft: Draft) -> str:
    return _graph(draft) + _with_session(draft)


def _function(draft: Draft) -> str:
    return f"def main():\n{indent(_script(draft), '    ')}\n\nmain()\n"


def _own_graph(draft: Draft) -> str:
    return f"with tf.Graph().as_default():\n{indent(_script(draft), '    ')}"


def _open_session(draft: Draft) -> str:
    return f"{_graph(draft)}sess = tf.Session()\n{_INITIALIZED}{_session(draft)}sess.close()\n"


def _built_by_function(draft: Draft) -> str:
    """A function gives the tensors that another exports."""
    body = indent(_graph(draft, 1) + draft.fill("return in0, {e} + 0.0"), "    ")
    return (
        f"def build():\n{body}\n\n"
        "def export(session, source, result, path='out'):\n"
        "    tf.saved_model.simple_save(session, path, {'x0_in': source}, {'y': result})\n\n\n"
        f"x, y = build()\nwith tf.Session() as sess:\n    {_INITIALIZED}    export(sess, x, y)\n"
    )


def _object(draft: Draft) -> str:
    """An object has the graph and the session, and exports itself."""
    body = _graph(draft, 1) + draft.fill("self.x = in0\nself.y = {e} + 0.0")
    return (
        f"class Model(object):\n    def __init__(self, scale):\n{indent(body, ' ' * 8)}"
        "        self.y *= scale\n        self.sess = tf.Session()\n        self.init()\n\n"
        "    def init(self):\n        self.sess.run(tf.global_variables_initializer())\n\n"
        "    def export(self, path):\n"
        "        tf.saved_model.simple_save(self.sess, path, {'x0_in': self.x}, {'y': self.y})\n\n\n"
        f"model = Model({draft.fill('{n}').strip()})\nmodel.export('out')\n"
    )


_FORMS = (_script, _script, _function, _function, _own_graph, _open_session, _built_by_function, _object)

# ---- its parts ------------------------------------------------------------------------------------------------------


def _graph(draft: Draft, most: int = 2) -> str:
    text = ""
    for name in ("x0", "x1")[: draft.random.randint(1, most)]:
        text += f"{name} = tf.placeholder(tf.float32, [], name='{name}')\nin{name[1]} = {name}\n"
        draft.known["t"].append(name)
    for _ in range(draft.random.randint(1, 3)):
        text += draft.some(GRAPH, 1, 3)
        kind = draft.random.randint(0, 3)
        if kind == 0:
            text += draft.some(BLOCKS, 1, 1, BODY)
        elif kind == 1:
            text += draft.some(SCOPES, 1, 1, SCOPED)
    return text


def _with_session(draft: Draft) -> str:
    return f"with tf.Session() as sess:\n{indent(_INITIALIZED + _session(draft), '    ')}"


def _session(draft: Draft) -> str:
    """What the session does before and between its exports."""
    text = draft.some(SESSION, 0, 2).replace("pass\n", "")
    text += draft.random.choice((_simple_save, _builder))(draft, "out")
    if draft.random.randint(0, 3) == 0:
        text += draft.some(SESSION, 1, 1) + _simple_save(draft, "out2")
    return text


def _simple_save(draft: Draft, path: str) -> str:
    return f"tf.saved_model.simple_save(sess, '{path}', {_inputs(draft)}, {_outputs(draft)})\n"


def _builder(draft: Draft, path: str) -> str:
    """One signature, or two; the session may go on between them."""
    text, entries = "", []
    for key in ("serving_default", "other")[: draft.random.randint(1, 2)]:
        text += (
            f"{key} = tf.saved_model.signature_def_utils.predict_signature_def({_inputs(draft)}, {_outputs(draft)})\n"
        )
        text += draft.some(SESSION, 0, 1).replace("pass\n", "")
        entries.append(f"'{key}': {key}")
    return (
        f"{text}builder = tf.saved_model.builder.SavedModelBuilder('{path}')\n"
        f"builder.add_meta_graph_and_variables(sess, ['serve'], {{{', '.join(entries)}}})\n"
        "builder.save()\n"
    )


def _inputs(draft: Draft) -> str:
    return "{" + ", ".join(f"'{name}_in': in{name[1]}" for name in ("x0", "x1") if name in draft.known["t"]) + "}"


def _outputs(draft: Draft) -> str:
    return draft.fill(draft.random.choice(("{'y': {t}}", "{'y': {t}, 'z': {t}}", "{'y': {e} + 0.0}"))).strip()
