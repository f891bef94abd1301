"""Which tensor of the new graph gives which legacy name, for which signatures' clients."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrate.graph.legacy_names.answers import Answer, Answers
from migrate.graph.legacy_names.results import Role
from migrate.graph.legacy_names.tensor_infos import covers
from migrate.graph.legacy_names.walk import PLACEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.graph.legacy_names.feeds import Feed
    from migrate.graph.legacy_names.matching import Match
    from migrate.graph.legacy_names.walk import Graph
    from migrate.graph.tensors import Tensor

_DEFAULT = "serving_default"


@dataclass(slots=True)
class FetchPlan:
    """What is decided about the outputs.

    Attributes:
        providers: By legacy tensor, the match whose tensor gets the name.
        links: The inputs among them: clients may feed or fetch them.
        answers: For each output's match, whether a client of its signature gets the right thing.
    """

    providers: dict[Tensor, Match] = field(default_factory=dict)
    links: set[Tensor] = field(default_factory=set)
    answers: dict[Match, Answer] = field(default_factory=dict)


def plan_fetches(matches: Iterable[Match], feeds: Mapping[Tensor, Feed], graph: Graph) -> FetchPlan:
    """Decides about the outputs of all signatures.

    Args:
        matches: Those without a reason against them; inputs are passed over.
        feeds: What was decided about the inputs, by legacy tensor.
        graph: Gets the links that are decided.
    """
    outputs = [match for match in matches if match.role is not Role.FEED and match.new and match.legacy]
    counts = Counter(match.signature for match in outputs)
    banned: set[Tensor] = set()
    while True:
        graph.links.clear()
        planner = _Planner(feeds, graph, Answers(graph, feeds, counts), banned)
        plan = planner.plan(outputs)
        # A link is another way to compute what comes after it, so that all is asked once more.
        wrong = planner.wrong_links()
        if not wrong:
            return plan
        banned |= wrong


class _Planner:
    def __init__(self, feeds: Mapping[Tensor, Feed], graph: Graph, answers: Answers, banned: set[Tensor]) -> None:
        self._feeds = feeds
        self._graph = graph
        self._answers = answers
        self._banned = banned
        self._by_legacy: dict[Tensor, list[Match]] = defaultdict(list)
        self._plan = FetchPlan()

    def plan(self, outputs: Iterable[Match]) -> FetchPlan:
        by_node: dict[str, dict[Tensor, None]] = defaultdict(dict)
        for match in outputs:
            assert match.legacy is not None  # As chosen by the caller.
            feed = self._feeds.get(match.legacy)
            if feed is not None and match.signature in feed.shapes:
                # The signature returns what it is given. Clients feed it, and get it back when they fetch it.
                self._plan.answers[match] = Answer()
                continue
            self._by_legacy[match.legacy].append(match)
            by_node[match.legacy.node][match.legacy] = None
        fed_nodes = {legacy.node for legacy in self._feeds}
        for node in sorted(by_node, key=lambda node: node not in fed_nodes):
            self._plan_node(node, list(by_node[node]))
        return self._plan

    def wrong_links(self) -> set[Tensor]:
        """Links by which some client would get a wrong answer, silently."""
        found = set()
        for legacy, provider in self._plan.providers.items():
            if any(self._answers.of(match, provider).is_wrong for match in self._by_legacy[legacy]):
                # Without links nothing is wrong: that was asked when the provider was chosen.
                found |= self._plan.links
        return found

    def _plan_node(self, node: str, wanted: list[Tensor]) -> None:
        """Decides about the outputs of one TF1 operation, which one operation of the new graph must give."""
        choices = {legacy: self._choices(legacy) for legacy in wanted}
        fed = [feed for legacy, feed in self._feeds.items() if legacy.node == node]
        producers: dict[str, list[Tensor]] = defaultdict(list)
        for legacy, matches in choices.items():
            for producer in dict.fromkeys(match.new.node for match in matches if match.new is not None):
                producers[producer].append(legacy)
        best = max(producers, key=lambda producer: len(producers[producer]), default=None)
        whole = best is not None and len(producers[best]) == len(wanted)
        if fed and not (whole and all(self._may_link(feed, choices) for feed in fed)):
            for legacy in wanted:
                self._refuse(legacy, f"{fed[0].legacy} is an input, and {node} gives what is fed to it")
            return
        for legacy in wanted:
            chosen = next((match for match in choices[legacy] if match.new and match.new.node == best), None)
            if chosen is not None:
                self._provide(legacy, chosen)
            elif choices[legacy]:
                others = ", ".join(map(str, producers[best])) if best is not None else "the others"
                self._refuse(legacy, f"{others} and this come from different calls in the new graph")
            else:
                self._refuse(legacy, "")

    def _choices(self, legacy: Tensor) -> list[Match]:
        """The matches whose tensor could have the name, best first.

        None of the other signatures' clients may get a wrong answer from it, and somebody must get a right one. What
        has the name already comes first, then `serving_default`: a client by names most likely feeds its tensors,
        and not the serialised examples of another signature. Then, the more clients the better, and the fewer
        inputs it needs.
        """
        ranked = []
        feed = self._feeds.get(legacy)
        candidates = self._by_legacy[legacy]
        if feed is not None:
            # An earlier run may have linked it to one of them.
            candidates = [match for match in candidates if match.new == feed.tensor] or candidates
        for number, candidate in enumerate(candidates):
            answers = [self._answers.of(match, candidate) for match in self._by_legacy[legacy]]
            served = sum(answer.is_right for answer in answers)
            if served and not any(answer.is_wrong for answer in answers):
                other = candidate.signature != _DEFAULT
                rank = (candidate.new != legacy, other, -served, self._answers.inputs(candidate), number)
                ranked.append((rank, candidate))
        return [candidate for _, candidate in sorted(ranked, key=lambda entry: entry[0])]

    def _may_link(self, feed: Feed, choices: Mapping[Tensor, list[Match]]) -> bool:
        """Whether an input may get an output of another signature as its default value."""
        candidates = [match.new for match in choices.get(feed.legacy, ()) if match.new is not None]
        if not candidates:
            return False
        if feed.tensor in map(self._graph.canonical, candidates):
            return True  # An earlier run has done it.
        if feed.legacy in self._banned or self._graph.nodes[feed.tensor.node].op not in PLACEHOLDERS:
            return False
        # What the input's function was made for must be what it gets.
        fits = all(covers(shape, match.shape) for shape in feed.shapes.values() for match in choices[feed.legacy])
        return fits and not any(self._graph.depends_on(tensor, feed.tensor) for tensor in candidates)

    def _provide(self, legacy: Tensor, chosen: Match) -> None:
        assert chosen.new is not None  # As for all outputs here.
        self._plan.providers[legacy] = chosen
        feed = self._feeds.get(legacy)
        if feed is not None and self._graph.canonical(chosen.new) != feed.tensor:
            self._graph.links[feed.tensor] = chosen.new
            self._plan.links.add(legacy)
            self._answers.linked.add(chosen.signature)
        for match in self._by_legacy[legacy]:
            self._plan.answers[match] = self._answers.of(match, chosen)

    def _refuse(self, legacy: Tensor, reason: str) -> None:
        """With the reason, or for each match with what is wrong about having it for its own clients."""
        matches = self._by_legacy[legacy]
        for match in matches:
            why = reason
            if not why:
                why = self._answers.of(match, match).reason
            for other in matches:
                if not why and (reason_of_other := self._answers.of(other, match).reason):
                    why = f"for clients of signature {other.signature!r}: {reason_of_other}"
            self._plan.answers[match] = Answer(reason=why)
