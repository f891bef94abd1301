"""Exports in a loop or a try statement: the save takes its place there, if no session is needed for it.

What is done in each turn must be the same each time, or made anew in each: a graph that is entered in the loop, or one
in front of it whose values do not change.
"""

from __future__ import annotations

import ast

from migrate.source.flow import LOOPS, TRIES, Branch, Step
from migrate.source.kinds import IN_GRAPH, Kind, header
from migrate.source.sites import ExportSite
from migrate.source.slicing.graph_contexts import graph_context, sets_graph
from migrate.source.strategies.plan import NativePlan
from migrate.source.unprovable import CONTROL_FLOW, Unprovable


def refuse_repeated(plan: NativePlan) -> None:
    """Refuses exports whose loop or try statement cannot keep them.

    Args:
        plan: A plan but for the code.

    Raises:
        Unprovable: The session is needed, or what is exported changes from turn to turn in ways that are not seen.
    """
    for site in plan.sites:
        around = [_around(step) for step in (site.opened, *site.added, site.saved)]
        if not any(around):
            continue
        loops = any(isinstance(branch.step.node, LOOPS) for branches in around for branch in branches)
        where = "a loop" if loops else "a try statement"
        if plan.legacy or plan.handover or plan.eager_runs:
            raise Unprovable(CONTROL_FLOW, f"the export stands in {where} with session code", site.call)
        if any(_places(one) != _places(around[0]) for one in around[1:]):
            raise Unprovable(CONTROL_FLOW, f"only a part of the export stands in {where}", site.call)
        if len(plan.sites) > 1:
            raise Unprovable(CONTROL_FLOW, f"one of several exports stands in {where}", site.call)
        if any(branch.name != "body" for branch in around[0]):
            raise Unprovable(CONTROL_FLOW, f"the export stands in a branch of {where} that seldom runs", site.call)
        for branch in around[0]:
            _refuse_around(branch, site, plan)


def _around(step: Step) -> list[Branch]:
    return [branch for branch in step.branches if isinstance(branch.step.node, (*LOOPS, *TRIES))]


def _places(branches: list[Branch]) -> list[tuple[Step, str]]:
    return [(branch.step, branch.name) for branch in branches]


def _refuse_around(branch: Branch, site: ExportSite, plan: NativePlan) -> None:
    """The graph is either all in a loop or try statement, in a graph of its own, or all in front of it."""
    node = branch.step.node
    loop = isinstance(node, LOOPS)
    where = "a loop" if loop else "a try statement"
    steps = [step for step in plan.kinds.region.steps if step.inlined is None and _is_graph(step, plan)]
    within = [step for step in steps if any(one.step is branch.step for one in step.branches)]
    if any(one.name != "body" for step in within for one in step.branches if one.step is branch.step):
        raise Unprovable(CONTROL_FLOW, f"the graph is used in another branch of {where}", site.call)
    set_here = [step for step in plan.setters if any(one.step is branch.step for one in step.branches)]
    if loop and any(_depends(step, branch) for step in set_here):
        raise Unprovable(CONTROL_FLOW, "a variable is set in some turns of the loop around the export only", site.call)
    made = [step for step in within if any(plan.kinds.value(one) in IN_GRAPH for one in step.writes)]
    if loop and plan.random and not made:
        raise Unprovable(CONTROL_FLOW, "the export stands in a loop, and its random values are drawn before", site.call)
    if not made:
        return
    if len(made) < len([step for step in steps if any(plan.kinds.value(one) in IN_GRAPH for one in step.writes)]):
        raise Unprovable(CONTROL_FLOW, f"a part of the graph is made in {where}", site.call)
    context = graph_context(site.added[0], plan.kinds)
    entered = context.node if isinstance(context, Step) else getattr(getattr(context, "step", None), "node", None)
    if loop and (not isinstance(entered, ast.stmt) or not any(inner is entered for inner in ast.walk(node))):
        raise Unprovable(CONTROL_FLOW, "the export stands in a loop, each turn of which adds to one graph", site.call)


def _depends(step: Step, loop: Branch) -> bool:
    """Whether a step does not run in each turn of a loop: then the value it sets stays for the turns after it."""
    inside = step.branches[[branch.step for branch in step.branches].index(loop.step) + 1 :]
    return any(not isinstance(branch.step.node, (ast.With, ast.AsyncWith)) for branch in inside)


def _is_graph(step: Step, plan: NativePlan) -> bool:
    """Whether a step makes a part of the graph, or sets its values."""
    if step in plan.foreign:
        return False
    if step in plan.setters or any(plan.kinds.value(made) in IN_GRAPH | {Kind.SAVER} for made in step.writes):
        return True
    return bool(header(step)) and not sets_graph(step.node, plan.kinds) and step in plan.init_steps
