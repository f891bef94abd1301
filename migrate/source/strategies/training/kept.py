"""Plans the checkpoints that training code writes and reads."""

from __future__ import annotations

from migrate.source.flow import Definition
from migrate.source.kinds import Kind
from migrate.source.restores import read_restore
from migrate.source.strategies.plan import Checkpoints
from migrate.source.strategies.training.checkpoints import read_saver
from migrate.source.strategies.training.targets import TargetPlanner
from migrate.source.unprovable import VARIABLE, Unprovable

RULE = "TFM013"


class CheckpointPlanner(TargetPlanner):
    """Plans what is kept on the way."""

    def _checkpoints(self) -> None:
        """What the session writes to checkpoints, and reads from them."""
        plan = self.plan_
        optimizer = self._minimize.optimizer
        for step in self._restored_at:
            restore = read_restore(step, self.kinds)
            assert restore is not None
            if optimizer.name != "SGD" or any(name == "momentum" for name, _ in optimizer.arguments):
                if restore.made.index > self._minimize.step.index:
                    raise Unprovable(VARIABLE, "a checkpoint is restored with what the optimizer keeps", step.node)
            if optimizer.decay:
                raise Unprovable(VARIABLE, "a checkpoint sets the count that the learning rate decays with", step.node)
            if not self._plain_restore(step):
                raise Unprovable(VARIABLE, "it cannot be seen which variables a checkpoint restores", step.node)
        savers: dict[Definition, Checkpoints] = {}
        for save in self._saves:
            if save.made not in savers:
                savers[save.made] = read_saver(save.made, self.kinds)
                late = [state for state in plan.states if state.step.index > save.made.step.index]
                if late or any(
                    self.kinds.of(call) is not Kind.VARIABLE for s in plan.states for call in self._calls_of(s)
                ):
                    raise Unprovable(VARIABLE, "a Saver does not know all that the module has", save.call)
            savers[save.made].calls[save.call] = save.session
        plan.checkpoints = list(savers.values())
        if savers:
            text = "its checkpoints hold the module's variables under their TF1 names, and nothing of the optimizer"
            plan.notes.append((RULE, text))
