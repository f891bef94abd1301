"""Session runs that become calls of the module."""

from __future__ import annotations

import ast

import libcst as cst

from migrate.source.emit.remainder.target import Target
from migrate.source.emit.respell import Names
from migrate.source.emit.spelling import Home
from migrate.source.emit.training import RunWriter
from migrate.source.flow import Step
from migrate.source.strategies.plan import FunctionRun, State


class Runs:
    """Writes what takes the place of session runs.

    Attributes:
        texts: The calls in place of runs inside expressions.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.plan = target.plan
        self.texts = self._eager_texts()

    def run_of(self, step: Step) -> FunctionRun | None:
        """The session run that a statement is, as a whole or unpacked into names."""
        value = step.node.value if isinstance(step.node, (ast.Assign, ast.Expr)) else None
        run = self.plan.eager_runs.get(value) if isinstance(value, ast.Call) else None
        return run if isinstance(run, FunctionRun) and run.kept is not None else None

    def statements(self, step: Step) -> list[cst.BaseStatement] | None:
        """The statements in place of one that is a session run as a whole."""
        run = self.run_of(step)
        if run is None:
            return None
        texts = self._writer().statements(run, step.node, self.target.free("results"))
        made = self.target.with_comments(step, [self.target.statement(text) for text in texts])
        original = self.target.respeller.index.statement(step.node)
        if made and isinstance(original, cst.SimpleStatementLine) and original.trailing_whitespace.comment:
            made[0] = made[0].with_changes(trailing_whitespace=original.trailing_whitespace)
        return made

    def _writer(self) -> RunWriter:
        plain = Names(Home.FILE)
        return RunWriter(
            self.target.model, lambda node: self.target.text(node, plain), self.target.writer, self.target.width
        )

    def _eager_texts(self) -> dict[ast.AST, str]:
        """Session runs as calls of the module."""
        found: dict[ast.AST, str] = {}
        plain = Names(Home.FILE)
        for node, eager in self.plan.eager_runs.items():
            if isinstance(eager, FunctionRun):
                found |= {key: f'"{name}"' for key, name in eager.keys.items()}
                if eager.kept is None:
                    found[node] = self._writer().text(eager)
                continue
            arguments = ", ".join(self.target.text(argument, plain) for argument in eager.arguments)
            texts = []
            for item in eager.fetched:
                if isinstance(item, State):
                    texts.append(f"{self.target.model}.{item.attribute}.numpy()")
                else:
                    texts.append(f'{self.target.model}.{item[0].name}({arguments})["{item[1]}"].numpy()')
            if eager.single:
                found[node] = texts[0]
            elif isinstance(eager.run.fetches, ast.Tuple):
                found[node] = f"({', '.join(texts)},)" if len(texts) == 1 else f"({', '.join(texts)})"
            else:
                found[node] = f"[{', '.join(texts)}]"
        return found
