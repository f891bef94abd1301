"""Tests of what is put where."""

from __future__ import annotations

import ast

from loaded_code import LoadedCode

from migrate.source.loaded.places import Attribute


def values(code: LoadedCode, text: str) -> list[str | None]:
    place = code.places.place(code.find(text))
    assert place is not None
    return [ast.unparse(given.value) if given.value is not None else None for given in code.places.given(place)]


def test_a_variable_is_all_that_is_put_there():
    code = LoadedCode("a = 1\nif a:\n    a = 2\nprint(a)")
    assert values(code, "a") == ["1", "2"]


def test_names_of_two_functions_are_two_places():
    code = LoadedCode("def f():\n    a = 1\ndef g():\n    a = 2\n    print(a)")
    assert values(code, "a") == ["2"]


def test_parts_of_a_tuple_are_told_apart():
    code = LoadedCode("a, (b, c) = 1, load()\nprint(b, a)")
    assert values(code, "a") == ["1"]
    (given,) = code.places.given(code.places.place(code.find("b")))
    assert (ast.unparse(given.value), given.path) == ("load()", (0,))


def test_subclasses_share_attributes():
    code = LoadedCode(
        "class A:\n    def f(self):\n        self.x = 1\nclass B(A):\n    def g(self):\n        return self.x"
    )
    assert isinstance(code.places.place(code.find("self.x")), Attribute)
    assert values(code, "self.x") == ["1"]


def test_classes_that_only_look_alike_do_not():
    code = LoadedCode(
        "class A:\n    def f(self):\n        self.x = 1\nclass B:\n    def g(self):\n        return self.x"
    )
    assert values(code, "self.x") == []


def test_the_body_of_a_class_gives_attributes():
    code = LoadedCode("class A:\n    x = None\n    def f(self):\n        return self.x")
    assert values(code, "self.x") == ["None"]


def test_self_in_a_static_method_is_no_instance():
    code = LoadedCode("class A:\n    @staticmethod\n    def f(self):\n        return self.x")
    assert code.places.place(code.find("self.x")) is None


def test_calls_of_methods_and_constructors_are_found():
    code = LoadedCode(
        "class A:\n    def __init__(self, x):\n        self.f(x)\n    def f(self, y):\n        pass\nA(3)"
    )
    init, method = code.places.functions
    assert [ast.unparse(caller.call) for caller in code.places.callers(init)] == ["A(3)"]
    (caller,) = code.places.callers(method)
    argument = code.places.argument(caller, method, "y")
    assert argument is not None
    assert ast.unparse(argument) == "x"


def test_running_a_session_is_no_call_of_a_method_run():
    code = LoadedCode(
        "class A:\n    def __init__(self):\n        self.s = tf.Session()\n    def run(self, x):\n        self.s.run(x)"
    )
    assert code.places.callers(code.places.functions[1]) == []


def test_a_function_that_is_passed_on_escapes():
    code = LoadedCode("def f(x):\n    pass\ndef g(x):\n    pass\nf(1)\nmap(g, [1])")
    assert [code.places.escapes(function) for function in code.places.functions] == [False, True]


def test_a_default_value_belongs_to_the_scope_outside():
    code = LoadedCode("x = 1\ndef f(x=x):\n    pass")
    assert values(code, "x") == ["1"]
