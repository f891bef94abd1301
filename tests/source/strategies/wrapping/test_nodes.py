"""What of a file a function may run."""

from __future__ import annotations

import ast

from wrapping_code import view_of

from migrate.source.strategies.wrapping.nodes import calls_of, nodes_of, only_value, reached
from migrate.source.symbols import Symbols

CODE = """
class Base:
    def run(self):
        return self.build()
    def other(self):
        return unused()

class Derived(Base):
    def build(self):
        return helper()

def helper():
    return lambda: deeper
def deeper(): pass
def unused(): pass
def start():
    def inner(): return 1
    a = 1
    b = c = 2
    return Derived().run() + a
"""


def scope_of(name: str):
    view = view_of(CODE)
    node = next(one for one in ast.walk(view.tree) if isinstance(one, ast.FunctionDef) and one.name == name)
    return view.symbols.scope_of(node), view.symbols


def test_it_reaches_methods_of_classes_above_and_below():
    found = {getattr(scope.node, "name", "") for scope in reached(*scope_of("start"))}
    assert found >= {"start", "run", "build", "helper", "deeper"}
    assert not found & {"unused", "other"}


def test_a_method_reaches_those_of_subclasses():
    assert "build" in {getattr(scope.node, "name", "") for scope in reached(*scope_of("run"))}


def test_nodes_know_their_scope():
    scope, symbols = scope_of("start")
    own = {node for _, node in nodes_of(scope, symbols)}
    every = {node: around for around, node in nodes_of(scope, symbols, inner=True)}
    (inner,) = (node for node in every if isinstance(node, ast.FunctionDef))
    (one,) = (node for node in inner.body if isinstance(node, ast.Return))
    assert one in every
    assert one not in own
    assert every[one] is symbols.scope_of(inner)


def test_only_plain_assignments_have_one_value():
    scope, _ = scope_of("start")
    assert ast.unparse(only_value("a", scope)) == "1"
    assert only_value("b", scope) is None
    assert only_value("helper", scope) is None
    assert only_value("unknown", scope) is None


def test_calls_of_a_function_are_those_it_makes_itself():
    symbols = Symbols(ast.parse("def f(x=a()):\n  b(c() for _ in x)\n  return lambda: d()\ne()\n"))
    function = next(scope for scope in symbols.scopes() if isinstance(scope.node, ast.FunctionDef))
    assert {ast.unparse(call.func) for _, call in calls_of(function, symbols)} == {"a", "b", "c"}
    assert [ast.unparse(call) for _, call in calls_of(symbols.module, symbols)] == ["e()"]


def test_what_a_table_of_the_module_names_is_reached():
    code = "def one(): pass\ndef two(): pass\nA = {'one': one, 'more': [two]}\nB = [A]\nA2 = [A2]\ndef start(): return B, A2\n"
    symbols = Symbols(ast.parse(code))
    start = symbols.tree.body[-1]
    assert isinstance(start, ast.FunctionDef)
    found = {getattr(scope.node, "name", "") for scope in reached(symbols.scope_of(start), symbols)}
    assert found == {"start", "one", "two"}
