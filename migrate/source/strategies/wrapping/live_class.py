"""The class that takes the place of a session, for one that stays: it takes its values from the session."""

from __future__ import annotations

import re

from migrate.source.strategies.wrapping.nodes import WRITTEN

_METHOD = re.compile(r"\tdef (\w+)\(")
_STEPS = "\t\t\twhile self._steps:\n\t\t\t\tself._set(*self._steps.pop(0))\n"
_STEP = "\tdef _take(self, variable, value):"
_GRAPH = "\t\tself.graph = session.graph"
_KEPT = "\t\t\t# A graph that has grown keeps its values.\n"


def of_live_session(text: str, tf: str) -> str:
    """The class of a wrapped graph with a session to take its values from.

    Args:
        text: The class.
        tf: How the module spells TensorFlow.
    """
    head, *methods = _methods(text)
    references = _STEP in text
    made = []
    for method in methods:
        match _METHOD.match(method):
            case re.Match() as found if found[1] in ("run", "restore", "_set"):
                continue
            case re.Match() as found if found[1] == "__init__":
                made.append(_init(method) if references else _INIT)
                made += [_TAKE_REFERENCES.replace("TF", tf)] if references else []
            case re.Match() as found if found[1] == "_wrap":
                made += [_wrap(method), _TAKE.replace("TF", tf)]
            case _:
                assert method.count(_STEPS) == (method.startswith("\tdef save("))
                made.append(method.replace(_STEPS, "\t\t\tself._take_values()\n"))
    head = head.replace(_DOC, _LIVE_DOC)
    return head + "\n".join(made).rstrip("\n")


def _methods(text: str) -> list[str]:
    """The header of a class, and its methods."""
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _METHOD.match(line)]
    ends = [*starts[1:], len(lines)]
    parts = [lines[: starts[0]], *(lines[start:end] for start, end in zip(starts, ends, strict=True))]
    return ["\n".join([*parts[0], ""]), *("\n".join(part).rstrip("\n") + "\n" for part in parts[1:])]


def _init(method: str) -> str:
    """The constructor of the class for a graph whose variables are references."""
    lines = method.split("\n")[2:]
    kept = [line for line in lines if not line.startswith("\t\tself._steps")]
    return "\n".join(["\tdef __init__(self, session):", "\t\tself.session = session", _GRAPH, *kept])


def _wrap(method: str) -> str:
    """Without the values that the graph had before: the session holds the newer ones."""
    lines = method.split("\n")
    start = next(number for number, line in enumerate(lines) if line + "\n" == _KEPT)
    end = next(number for number, line in enumerate(lines) if line.endswith('get_collection("local_variables")'))
    filling = [line for line in lines[end + 1 :] if line.endswith("_fill_tables()")]
    return "\n".join([*lines[:start], *lines[start + 2 : end + 1], *filling, ""])


_DOC, _LIVE_DOC = (f'\t"""{text}"""' for text in WRITTEN[:2])
_INIT = """\
	def __init__(self, session):
		self.session = session
		self.graph = session.graph
		self._function = None
		self._version = None
		self._variables = []
"""
_TAKE = """\
	def _take_values(self):
		with self.graph.as_default():
			variables = {v.name: v for v in TF.compat.v1.global_variables()}
		values = self.session.run(variables)
		for variable in self._variables:
			if variable.name in values:
				variable.assign(values[variable.name])
"""
_TAKE_REFERENCES = """\
	def _take_values(self):
		with self.graph.as_default():
			variables = TF.compat.v1.global_variables()
		for variable, value in zip(variables, self.session.run(variables)):
			self._take(variable.op, value)
"""
