"""What a client of one signature gets when another signature gives a tensor its legacy name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.graph.legacy_names.body_influence import only_random
from migrate.graph.legacy_names.tensor_infos import covers
from migrate.graph.tensors import parse_tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.graph.legacy_names.feeds import Feed
    from migrate.graph.legacy_names.matching import Match
    from migrate.graph.legacy_names.walk import Graph, Reached
    from migrate.graph.tensors import Tensor
    from migrate.signatures.model import Shape


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client gets that feeds all inputs of its signature and fetches one output, by legacy names.

    Attributes:
        reason: Why it does not get the right value; empty where it does.
        is_wrong: Whether it would not notice: it gets a value, another one than in TF1.
        caution: What happens besides.
    """

    reason: str = ""
    is_wrong: bool = False
    caution: str = ""

    @property
    def is_right(self) -> bool:
        """Whether it gets what it got from the TF1 model."""
        return not self.reason


class Answers:
    """Judges.

    Args:
        graph: As it will be, with the links decided so far.
        feeds: The inputs that have their names, by legacy tensor.
        outputs: How many outputs each signature has.

    Attributes:
        linked: The signatures that give inputs of others their default values.
    """

    def __init__(self, graph: Graph, feeds: Mapping[Tensor, Feed], outputs: Mapping[str, int]) -> None:
        self._graph = graph
        self._outputs = outputs
        self.linked: set[str] = set()
        self._shapes: dict[Tensor, Mapping[str, Shape]] = {}
        self._fed: dict[str, set[Tensor]] = defaultdict(set)
        self._names: dict[Tensor, Tensor] = {}
        for feed in feeds.values():
            self._names[feed.tensor] = feed.legacy
            self._shapes[feed.tensor] = feed.shapes
            node = graph.nodes[feed.tensor.node]
            if node.op == "IdentityN":
                # An earlier run made it; what it reads is the placeholder.
                self._names[parse_tensor(node.input[feed.tensor.port])] = feed.legacy
            for signature in feed.shapes:
                self._fed[signature].add(feed.tensor)

    def inputs(self, match: Match) -> int:
        """How many tensors must be fed for a match's tensor."""
        assert match.new is not None  # Callers have only such.
        return len(self._graph.needs(match.new, self._fed[match.signature]).fed)

    def of(self, client: Match, provider: Match) -> Answer:
        """What a client of one signature gets where the name is that of the provider's tensor.

        Args:
            client: The output, and the signature, that it is about.
            provider: The output that has the name; the same one, or one of another signature.
        """
        assert client.new is not None and provider.new is not None  # Callers have only such.
        graph, fed = self._graph, self._fed[client.signature]
        given = graph.needs(provider.new, fed)
        if client.signature == provider.signature:
            if given.missing:
                needs = self._list(given.missing)
                return Answer(f"the new function needs {needs}, which clients of this signature cannot feed")
            return Answer(caution=self._caution(client, sorted(self._effects(given.nodes))))
        refused = Answer(f"signature {provider.signature!r} has it now, and needs {self._list(given.missing)} fed too")
        if graph.influences(provider.new, fed).missing:
            return refused
        # What only the call needs may be optimised away with it: then the client does get something.
        wrong = self._compare(client, provider, given)
        if wrong is not None:
            return wrong
        return refused if given.missing else self._differences(client, provider, given)

    def _compare(self, client: Match, provider: Match, given: Reached) -> Answer | None:
        """What is wrong, if anything, with what another signature gives to a client."""
        assert client.new is not None and provider.new is not None  # As in the caller.
        graph, fed = self._graph, self._fed[client.signature]
        others = self._effects(given.nodes - graph.needs(client.new, fed).nodes)
        if not only_random(others):
            return Answer(
                f"fetching it would also run {_list(sorted(others))} of signature {provider.signature!r}", True
            )
        unseen = graph.influences(client.new, fed).fed - graph.influences(provider.new, fed).fed
        if unseen:
            return Answer(f"here it depends on {self._list(unseen)}, but not in signature {provider.signature!r}", True)
        narrow = [tensor for tensor in given.fed if not self._fits(tensor, client.signature, provider.signature)]
        if narrow:
            return Answer(f"signature {provider.signature!r} takes {self._list(narrow)} of fewer shapes", True)
        return None

    def _differences(self, client: Match, provider: Match, given: Reached) -> Answer:
        """What else is different when another signature gives a client what is right."""
        assert client.new is not None  # As in the caller.
        own = self._graph.needs(client.new, self._fed[client.signature])
        if self._effects(given.nodes - own.nodes):
            return Answer(
                caution=f"it comes from signature {provider.signature!r}, which draws other random numbers than "
                f"{client.signature!r} does in the same run"
            )
        if not only_random(self._effects(own.nodes - given.nodes)):
            return Answer(
                caution=f"it is read by signature {provider.signature!r}: in one run with other outputs of "
                f"{client.signature!r}, before or after the changes that these make"
            )
        return Answer()

    def idle(self, match: Match) -> str:
        """The names that must be fed for an output though it does not depend on them; empty for none."""
        assert match.new is not None  # Callers have only such.
        fed = self._fed[match.signature]
        idle = self._graph.needs(match.new, fed).fed - self._graph.influences(match.new, fed).fed
        return self._list(idle) if idle else ""

    def _fits(self, tensor: Tensor, client: str, provider: str) -> bool:
        """Whether the functions that run were made for all shapes that a client may feed."""
        shapes = self._shapes[tensor]
        return all(
            covers(shapes[signature], shapes[client]) for signature in {provider, *self.linked} if signature in shapes
        )

    def _caution(self, match: Match, effects: list[str]) -> str:
        signature = match.signature
        if only_random(effects) or self._outputs[signature] < 2:
            return ""
        return f"each run that fetches it runs all of signature {signature!r}, with {_list(effects)}"

    def _effects(self, nodes: Iterable[str]) -> set[str]:
        bodies, there = self._graph.bodies, self._graph.nodes
        return {op for name in nodes if name in there for op in bodies.effects(there[name])}

    def _list(self, tensors: Iterable[Tensor]) -> str:
        return _list(sorted(str(self._names.get(tensor, tensor)) for tensor in tensors))


def _list(words: list[str]) -> str:
    if not words:
        return "nothing"
    shown = words if len(words) <= 4 else [*words[:3], f"{len(words) - 3} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
