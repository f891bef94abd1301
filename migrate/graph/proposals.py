"""Proposes signatures for a graph that has none.

What data gets in by, what comes out at the end of the part that answers, and what both are called. A proposal
that `convert --signature auto` may take (`ProposedSignature.is_sure`) has to be right; where two readings are
about as likely, neither scores high enough.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migrate.graph.candidate_names import (
    looks_lesser,
    looks_like_input,
    looks_like_label,
    looks_like_output,
    signature_names,
    stem,
    telling_part,
)
from migrate.graph.frames import MERGES
from migrate.graph.inference_part import InferencePart
from migrate.graph.inspection import SURE, Candidate, ProposedSignature
from migrate.graph.requests import DEFAULT_KEY, known_shape
from migrate.graph.tensors import Tensor
from migrate.graph.view import PLACEHOLDERS
from migrate.signatures.dtypes import dtype_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.graph.view import MetaGraphView
    from migrate.signatures.model import Shape

_FLOATS = frozenset({1, 2, 14, 19})
_STRING = 7
_INTERNAL = frozenset({20, 21, 0})
_CHOOSING = frozenset({"ArgMax", "ArgMin", "TopK", "TopKV2"})
_MOST_UNNAMED = 3
_CLOSE = 0.1
_MOST_OUTPUTS = 12
_MOST_LEFT = 50
_MOST_PROPOSALS = 3
_NEAR = 0.25
_NEAR_NAMED = 0.15
_UNSURE = 0.4
_SETTING_SCORE = 0.3
_NO_OUTPUT = frozenset(
    {
        *("Shape", "ShapeN", "Rank", "Size", "Switch", "RefSwitch", "Exit", "Enter", "LoopCond", "NextIteration"),
        *("Placeholder", "PlaceholderV2", "PlaceholderWithDefault", "Const", "Range", "TensorArraySizeV3"),
        *("TensorArrayCloseV3", "StringFormat"),
    }
)


@dataclass(frozen=True, slots=True)
class _Sink:
    tensor: Tensor
    score: float
    sources: int
    reasons: tuple[str, ...]


def propose_signatures(view: MetaGraphView) -> tuple[ProposedSignature, ...]:
    """Signatures a raw graph might be given, the likeliest first; empty where the graph gives no clue."""
    part = InferencePart(view)
    if not part.sources:
        return ()
    groups: dict[int, list[_Sink]] = defaultdict(list)
    for sink in _sinks(part):
        groups[sink.sources & ~part.settings].append(sink)
    groups = _joined(groups)
    ranked = sorted(groups.values(), key=lambda sinks: -max(sink.score for sink in sinks))
    proposals = [_proposal(part, sinks, number) for number, sinks in enumerate(ranked[:_MOST_PROPOSALS])]
    proposals = [proposal for proposal in proposals if proposal.outputs]
    best = max(map(_best, proposals), default=0.0)
    rivals = [proposal for proposal in proposals if best - _best(proposal) < _CLOSE]
    if len(rivals) > 1:
        why = "another part of the graph answers as well"
        proposals = [_doubtful(each, why) if each in rivals else each for each in proposals]
    return tuple(proposals)


def _joined(groups: dict[int, list[_Sink]]) -> dict[int, list[_Sink]]:
    """Groups whose sources are among another's are its outputs too: a detector's boxes need its image only."""
    joined: dict[int, list[_Sink]] = {}
    for mask in sorted(groups, key=lambda mask: -mask.bit_count()):
        into = next((larger for larger in joined if mask & larger == mask), mask)
        joined.setdefault(into, []).extend(groups[mask])
    return joined


def _best(proposal: ProposedSignature) -> float:
    return max(candidate.score for candidate in proposal.outputs)


def _doubtful(proposal: ProposedSignature, why: str) -> ProposedSignature:
    outputs = tuple(
        replace(each, score=min(each.score, _UNSURE), reasons=(*each.reasons, why)) for each in proposal.outputs
    )
    return replace(proposal, outputs=outputs)


def _sinks(part: InferencePart) -> list[_Sink]:
    """The tensors at the end of the part that answers."""
    index, answers = part.index, part.answers
    masks = {name: part.weight_mask(name) for name in answers}
    most = max((mask.bit_count() for mask in masks.values()), default=0)
    found = []
    for name in index.nodes:
        if name not in answers or index.op(name) in _NO_OUTPUT or part.view.frames.of[name]:
            continue
        for port, info in enumerate(index.output_ports(name) or ()):
            tensor = Tensor(name, port)
            if (
                info.dtype in _INTERNAL
                or info.is_ref
                or any(user in answers for user, _ in index.consumers.get(tensor, ()))
            ):
                continue
            if port and (index.op(name).startswith("FusedBatchNorm") or _is_by_product(part, tensor)):
                continue
            sink = _judged(part, tensor, masks[name].bit_count(), most, info.dtype)
            found.append(sink)
            found.extend(_behind(part, sink, masks[name].bit_count(), most))
    unique: dict[object, _Sink] = {}
    for sink in sorted(found, key=lambda sink: (-sink.score, len(sink.tensor.node))):
        unique.setdefault(_computation(part, sink.tensor), sink)
    return list(unique.values())


def _is_by_product(part: InferencePart, tensor: Tensor) -> bool:
    """Whether it is an output that nobody takes of an operation of which another is taken."""
    return not part.index.consumers.get(tensor) and bool(part.index.consumers.get(Tensor(tensor.node, 0)))


def _computation(part: InferencePart, tensor: Tensor) -> object:
    """What a tensor is computed from: training loops that call tf.argmax anew make it over and over."""
    inputs = part.index.data_inputs(tensor.node)
    return (part.index.op(tensor.node), inputs[0], tensor.port) if part.index.op(tensor.node) in _CHOOSING else tensor


def _behind(part: InferencePart, sink: _Sink, covered: int, most: int) -> list[_Sink]:
    """The scores behind an ArgMax or TopK, and the logits that feed the loss beside it."""
    index = part.index
    if index.op(sink.tensor.node) not in _CHOOSING:
        return []
    before = index.data_inputs(sink.tensor.node)[0]
    port = index.port(before)
    if before.node not in part.answers or port is None:
        return []
    judged = _judged(part, before, covered, most, port.dtype)
    return [replace(judged, reasons=(f"{sink.tensor.node} chooses from it", *judged.reasons))]


def _judged(part: InferencePart, tensor: Tensor, covered: int, most: int, dtype: int) -> _Sink:
    index = part.index
    score, reasons = 0.45, []
    users = [user for user, _ in index.consumers.get(tensor, ())]
    if looks_like_output(tensor.node):
        score += 0.2
        reasons.append("its name is usual for an output")
    if most and covered >= 0.9 * most:
        score += 0.2
        reasons.append("it depends on all weights" if covered == most else "it depends on most weights")
    elif most and covered < 0.5 * most:
        score -= 0.3
        reasons.append("it depends on few of the weights")
    trained = [user for user in users if user not in part.aside and user not in part.answers]
    if trained and part.is_trained:
        score += 0.15
        reasons.append("the loss is made from it")
    elif not users:
        score += 0.1
        reasons.append("nothing in the graph takes it")
        if part.is_trained and not looks_like_output(tensor.node):
            score = min(score, _UNSURE)
            reasons.append("nor is it trained")
    if users and all(user in part.summaries for user in users):
        score -= 0.2
        reasons.append("only a summary takes it")
    if dtype not in _FLOATS:
        named = looks_like_output(tensor.node) or index.op(tensor.node) in _CHOOSING
        score -= 0.05 if named or dtype == _STRING else 0.3
    if index.op(tensor.node) in MERGES:
        score -= 0.35
        reasons.append("a conditional ends in it")
    if len(part.losses) > 1 and not looks_like_output(tensor.node):
        score = min(score, _UNSURE)
        reasons.append("the graph trains towards several ends")
    if _is_scalar(part, tensor):
        score -= 0.25
        reasons.append("it is a single number")
    if looks_lesser(tensor.node):
        score -= 0.35
        reasons.append("its name is not usual for an output")
    return _Sink(tensor, max(0.0, min(score, 1.0)), part.source_mask(tensor), tuple(reasons))


def _is_scalar(part: InferencePart, tensor: Tensor) -> bool:
    shape = known_shape(part.index, tensor)
    if shape is not None and not shape.unknown_rank:
        return not shape.dim
    return part.index.op(tensor.node) in ("Mean", "Sum") and telling_part(tensor.node) == tensor.node.split("/")[-1]


def _proposal(part: InferencePart, sinks: list[_Sink], number: int) -> ProposedSignature:
    ranked = sorted(sinks, key=lambda sink: -sink.score)
    best = ranked[0].score
    # Where an output has a name to go by, one without is hardly meant.
    near = _NEAR_NAMED if looks_like_output(ranked[0].tensor.node) else _NEAR
    chosen = [sink for sink in ranked if sink.score >= max(best - near, SURE)][:_MOST_OUTPUTS] or ranked[:1]
    outputs = _candidates(part, [(sink.tensor, sink.score, sink.reasons) for sink in chosen])
    stems = Counter(stem(sink.tensor.node) for sink in chosen)
    if max(stems.values()) > _MOST_UNNAMED or (
        len(chosen) > _MOST_UNNAMED and not any(looks_like_output(sink.tensor.node) for sink in chosen)
    ):
        outputs = tuple(
            replace(each, score=min(each.score, _UNSURE), reasons=(*each.reasons, "there are many like it"))
            for each in outputs
        )
    others = [sink for sink in ranked if sink not in chosen][:_MOST_LEFT]
    rest = [(sink.tensor, sink.score, sink.reasons) for sink in others]
    inputs, left = _inputs(part, [sink.tensor for sink in chosen])
    key = DEFAULT_KEY if number == 0 else f"{outputs[0].name}"
    return ProposedSignature(key, inputs, outputs, (*left, *_candidates(part, rest)))


def _inputs(part: InferencePart, outputs: list[Tensor]) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """The inputs that outputs need, and the placeholders that stay as they are or only serve training."""
    view, index = part.view, part.index
    sources = part.sources
    mask = 0
    for tensor in outputs:
        mask |= part.source_mask(tensor)
    feeds = frozenset(part.chosen(mask & ~part.settings))
    nodes = index.slice_of(outputs, feeds)
    chosen: list[tuple[Tensor, float, tuple[str, ...]]] = []
    left: list[tuple[Tensor, float, tuple[str, ...]]] = []
    for tensor in sources:
        needed = tensor in feeds or (tensor.node in nodes and _must_be_fed(view, tensor))
        score, reasons = _judged_input(part, tensor, len(feeds), needed=needed)
        if needed:
            chosen.append((tensor, score, reasons))
        elif index.op(tensor.node).startswith("Placeholder"):
            left.append((tensor, 0.1, reasons))
    chosen.sort(key=lambda each: -each[1])
    return _candidates(part, chosen), _candidates(part, left)


def _must_be_fed(view: MetaGraphView, tensor: Tensor) -> bool:
    assets = {asset.tensor for asset in view.assets}
    return view.index.op(tensor.node) in PLACEHOLDERS and str(tensor) not in assets


def _judged_input(part: InferencePart, tensor: Tensor, count: int, *, needed: bool) -> tuple[float, tuple[str, ...]]:
    index, name = part.index, tensor.node
    bit = part.source_mask(tensor)
    if bit & part.settings:
        if index.op(name) == "PlaceholderWithDefault":
            return 0.1, ("it sets how the model runs, and has a default",)
        if needed:
            return _SETTING_SCORE, ("it sets how the model runs, has no default and has to be fed",)
        return 0.1, ("it only sets how the model is trained",)
    if not needed:
        return 0.1, ("only the loss takes it",) if looks_like_label(name) else ("no output needs it",)
    score, reasons = 0.55, []
    if bit & part.features:
        score += 0.15
        reasons.append("it is what the first layers take")
    if looks_like_input(name):
        score += 0.2
        reasons.append("its name is usual for an input")
    elif looks_like_label(name) and not bit & part.features:
        score -= 0.3
        reasons.append("its name is usual for labels")
    if count == 1:
        score += 0.1
        reasons.append("it is the only one")
    if not index.op(name).startswith("Placeholder"):
        score -= 0.1
        reasons.append(f"{index.op(name)} gives it")
        if part.is_trained:
            score = min(score, _UNSURE)
            reasons.append("the graph is that of a training run")
    return max(0.0, min(score, 1.0)), tuple(reasons)


def _candidates(part: InferencePart, found: Iterable[tuple[Tensor, float, tuple[str, ...]]]) -> tuple[Candidate, ...]:
    listed = list(found)
    names = signature_names([tensor for tensor, _, _ in listed])
    return tuple(
        Candidate(name, str(tensor), _dtype(part, tensor), _shape(part, tensor), round(score, 2), reasons)
        for name, (tensor, score, reasons) in zip(names, listed, strict=True)
    )


def _dtype(part: InferencePart, tensor: Tensor) -> str:
    port = part.index.port(tensor)
    return dtype_name(port.dtype) if port is not None else ""


def _shape(part: InferencePart, tensor: Tensor) -> Shape:
    shape = known_shape(part.index, tensor)
    if shape is None or shape.unknown_rank:
        return None
    return tuple(None if dim.size < 0 else dim.size for dim in shape.dim)
