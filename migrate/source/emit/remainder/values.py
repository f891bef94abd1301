"""Values for the module's variables: those of a session, of a checkpoint, or assigned."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

from migrate.source.emit.remainder.target import Target
from migrate.source.emit.respell import Names
from migrate.source.emit.writer import CONTINUED
from migrate.source.flow import Step
from migrate.source.sites import ExportSite
from migrate.source.strategies.plan import ModuleRestore

if TYPE_CHECKING:
    import libcst as cst


class Values:
    """Writes the statements that give the module's variables their values.

    Args:
        target: The region.
        names: Of what stays in it.
    """

    def __init__(self, target: Target, names: Names) -> None:
        self.target = target
        self.plan = target.plan
        self.region = target.plan.kinds.region
        self.names = names

    def assignments(self, step: Step) -> list[cst.BaseStatement]:
        """Assignments that the session ran, to the module's variables."""
        states = self.plan.state_of()
        made: list[cst.BaseStatement] = []
        for assignment in self.plan.assignments[step]:
            assert isinstance(assignment.variable, ast.Name)
            state = states[self.region.value_of[assignment.variable]]
            value = self.target.text(assignment.value, self.names)
            made.append(self.target.statement(f"{self.target.model}.{state.attribute}.{assignment.method}({value})"))
        return self.target.with_comments(step, made)

    def restore(self, restore: ModuleRestore) -> list[cst.BaseStatement]:
        """The values of a checkpoint, by the variables' TF1 names."""
        path = self.target.text(restore.path, self.names)
        checkpoint = self.target.free("checkpoint")
        made = [f"{checkpoint} = {self.target.tensorflow}.train.load_checkpoint({path})"]
        if restore.states is None:
            variable = self.target.free("variable")
            name = f'{variable}.name.removesuffix(":0")'
            if restore.averages:
                text = f'{self.target.free("name")} = {name}\n\tif {variable}.trainable:\n\t\tname += "/{restore.averages}"\n\t'
                made.append(
                    f"for {variable} in {self.target.model}.variables:\n\t{text}{variable}.assign({checkpoint}.get_tensor(name))"
                )
            else:
                made.append(
                    f"for {variable} in {self.target.model}.variables:\n\t{variable}.assign({checkpoint}.get_tensor({name}))"
                )
        for state, stored in restore.states or ():
            attribute = f"{self.target.model}.{state.attribute}"
            made.append(f"{attribute}.assign({checkpoint}.get_tensor({json.dumps(stored)}))")
        return [self.target.statement(text) for text in made]

    def handover(self, site: ExportSite) -> list[cst.BaseStatement]:
        """The session's values, read once where TF1 saved them."""
        handed = self.handed()
        if not self.plan.handover or not handed or site is not min(self.plan.sites, key=lambda one: one.added[0].index):
            return []
        session = self.target.text(site.session, self.names)
        if len(handed) <= 3:
            fetched = ", ".join(handed)
            values = ", ".join(self.value_names(handed))
            brackets = fetched if len(handed) == 1 else f"[{fetched}]"
            return [self.target.statement(f"{values} = {session}.run({brackets})")]
        entries = [f'"{name}": {name}' for name in handed]
        line = f"{self.values_name()} = {session}.run({{{', '.join(entries)}}})"
        if len(line) <= 72:
            return [self.target.statement(line)]
        inner = "".join(f"{CONTINUED}{entry},\n" for entry in entries)
        return [self.target.statement(f"{self.values_name()} = {session}.run({{\n{inner}}})")]

    def handed(self) -> list[str]:
        """The variables whose values the module is given, as the session's code names them."""
        return list(dict.fromkeys(state.handed for state in self.plan.states if state.handed is not None))

    def value_names(self, handed: list[str]) -> list[str]:
        """What their values are called where they are few."""
        return [self.target.free(f"{name}_value") for name in handed]

    def values_name(self) -> str:
        """What the dictionary of their values is called where they are many."""
        return self.target.free("values")
