"""Reads what the session does up to the export: it initializes, trains and computes, and nothing else."""

from __future__ import annotations

import ast

from migrate.source.flow import LOOPS, TRIES, Step
from migrate.source.kinds import Kind, calls, header
from migrate.source.session import Effect, excluded
from migrate.source.strategies.native import NativePlanner
from migrate.source.strategies.training.checkpoints import Save, read_count, read_save
from migrate.source.strategies.training.minimize import Minimize, read_minimize
from migrate.source.strategies.training.runs import ReadRun, read_run
from migrate.source.unprovable import (
    CONTROL_FLOW,
    ELSEWHERE,
    NO_EQUAL,
    SESSION_AFTER,
    SIDE_EFFECTS,
    Inapplicable,
    Unprovable,
)


class LoopReader(NativePlanner):
    """Reads the runs of the session, and the one training op among them."""

    def _read_loop(self) -> list[ReadRun]:
        """Reads every run; those that train are returned."""
        self._reads: list[ReadRun] = []
        self._restored_at: list[Step] = []
        self._saves: list[Save] = []
        self._counts: list[tuple[ast.expr, ast.Name]] = []
        for step in self._own_steps():
            self._read(step)
        trained = [read for read in self._reads if read.trains]
        if not trained:
            raise Inapplicable(ELSEWHERE, "no training op is run where the model is exported", self.sites[0].call)
        self._refuse_late(trained)
        self._minimize = self._one_minimize(trained)
        return trained

    def _own_steps(self) -> list[Step]:
        return [step for step in self.region.steps if step not in self.plan_.foreign and step.inlined is None]

    def _read(self, step: Step) -> None:
        """Reads what a step does with the session, or refuses it."""
        effects = self.session.effects(step)
        for made in (call for part in header(step) for call in calls(part)):
            if (self.kinds.symbol(made) or "").startswith("summary.FileWriter"):
                raise Unprovable(SIDE_EFFECTS, "a file of summaries is written, which TF2 does in another way", made)
        if not effects - {Effect.INIT, Effect.CLOSE}:
            return
        if effects == {Effect.RESTORE}:
            self._restored_at.append(step)
            return
        count = read_count(step, self.kinds)
        if count is not None and not list(self.session.runs(step)):
            self._counts.append(count)
            return
        save = read_save(step, self.kinds)
        if save is not None and not list(self.session.runs(step)) and isinstance(step.node, (ast.Expr, ast.Assign)):
            self._saves.append(save)
            if save.count is not None:
                self._counts.append((save.count, save.count))
            return
        if excluded(step, self.region, self.facts):
            raise Unprovable(CONTROL_FLOW, "the session is used on another way than that to the export", step.node)
        if not self.session.only_runs(step):
            raise Unprovable(SIDE_EFFECTS, "the session does more than to train and to compute", step.node)
        if effects == {Effect.ASSIGN}:
            return
        if Effect.INIT in effects or Effect.ASSIGN in effects:
            raise Unprovable(SIDE_EFFECTS, "one run sets variables, and does more", step.node)
        if any(isinstance(branch.step.node, TRIES) for branch in step.branches):
            raise Unprovable(CONTROL_FLOW, "the session runs in a try statement", step.node)
        for run in self.session.runs(step):
            read = read_run(run, step, self.kinds)
            for fetch in read.fetches:
                if fetch not in read.trains and self.session.changes(fetch):
                    raise Unprovable(SIDE_EFFECTS, f"running {ast.unparse(fetch)} changes variables", fetch)
            self._reads.append(read)

    def _refuse_late(self, trained: list[ReadRun]) -> None:
        """Variables are initialized once, before all else; and what is saved is what was trained by then."""
        steps = self._own_steps()
        used = [s for s in steps if self.session.effects(s) - {Effect.INIT, Effect.CLOSE}]
        for step in steps:
            if Effect.INIT in self.session.effects(step):
                before = [s for s in used if s.index < step.index and not _either(s, step)]
                if before or any(isinstance(branch.step.node, LOOPS) for branch in step.branches):
                    raise Unprovable(SIDE_EFFECTS, "variables are initialized again after training", step.node)
        first = min(site.added[0].index for site in self.sites)
        for read in trained:
            if read.step.index > first:
                raise Unprovable(SESSION_AFTER, "the training goes on after the export", read.run.call)
        for step in steps:
            for made in (call for part in header(step) for call in calls(part)):
                if self.kinds.symbol(made) is not None and self.kinds.of(made) is Kind.SESSION:
                    self._refuse_session(made)
        if len(self._sessions(steps)) > 1:
            raise Unprovable(ELSEWHERE, "several sessions have values of their own", self.sites[0].call)

    def _refuse_session(self, made: ast.Call) -> None:
        """A session that does more than run: on another machine, with hooks, or made elsewhere."""
        plain = self.kinds.symbol(made) in ("Session", "InteractiveSession")
        target = made.args[0] if made.args else None
        target = next((k.value for k in made.keywords if k.arg in ("target", None)), target)
        if not plain or (target is not None and not (isinstance(target, ast.Constant) and not target.value)):
            raise Unprovable(ELSEWHERE, "the session does more than to run on this machine", made)

    def _one_minimize(self, trained: list[ReadRun]) -> Minimize:
        found: dict[ast.Call, Minimize] = {}
        for read in trained:
            if len(read.trains) > 1:
                raise Unprovable(NO_EQUAL, "several training ops are run at once", read.run.call)
            made = read_minimize(read.trains[0], self.kinds, self.facts)
            found[made.call] = made
        if len(found) > 1:
            raise Unprovable(NO_EQUAL, "it is trained by several optimizers", list(found)[1])
        return next(iter(found.values()))


def _either(one: Step, other: Step) -> bool:
    """Whether two steps stand in different branches of one condition, so that only one of them runs."""
    return any(
        mine.step is theirs.step and mine.name != theirs.name and isinstance(mine.step.node, ast.If)
        for mine in one.branches
        for theirs in other.branches
    )
