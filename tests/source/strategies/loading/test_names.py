"""The names of the object in the place of a session."""

from __future__ import annotations

from loading import check_level, check_stays

from migrate.results import Level

LOAD = "tf.saved_model.loader.load(%s, ['serve'], 'd')\n"


def loaded(*lines: str) -> str:
    return check_level("import tensorflow as tf\n" + "\n".join(lines) + "\n", Level.WRAPPED)


def test_a_name_that_does_not_speak_of_a_session_stays():
    after = loaded("young = tf.Session()", LOAD % "young", "print(young.run('y:0'))")
    assert "young = LoadedModel('d', ['serve'])" in after


def test_globals_are_renamed_in_every_function():
    after = loaded(
        "sess = None",
        "def init():",
        "    global sess, other",
        "    sess = tf.Session()",
        "    " + LOAD % "sess",
        "def ask(model):",
        "    return sess.run('y:0', {'x:0': model})",
    )
    assert "loaded_model = None\n" in after
    assert "    global loaded_model, other\n" in after
    assert "    return loaded_model.run('y:0', {'x:0': model})\n" in after


def test_an_attribute_is_renamed_for_other_objects_of_the_class_too():
    lines = (
        "class Net:",
        "    def __init__(self):",
        "        self.session = tf.Session()",
        "        " + LOAD % "self.session",
        "net = Net()",
        "print(net.session.run('y:0'))",
    )
    after = loaded(*lines)
    assert "self.model = LoadedModel('d', ['serve'])" in after
    assert "print(net.model.run('y:0'))" in after
    check_stays(
        "import tensorflow as tf\n" + "\n".join(lines).replace("net = Net()", "net = make()"), "not kept in a variable"
    )


def test_an_attribute_with_the_new_name_is_not_hidden():
    after = loaded(
        "class Net:",
        "    def __init__(self):",
        "        self.session = tf.Session()",
        "        " + LOAD % "self.session",
        "    def model(self):",
        "        return self.session.run('y:0')",
    )
    assert "return self.loaded_model.run('y:0')" in after
