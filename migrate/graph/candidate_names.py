"""What the names of a graph's tensors say about them, and names to call them by in a signature.

The words are those of the graphs that 163 surveyed scripts load, naming inputs and outputs by hand: `input:0`,
`image_tensor:0`, `x:0`; `softmax:0`, `final_result:0`, `InceptionV3/Predictions/Reshape_1:0`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migrate.graph.naming import identifier

if TYPE_CHECKING:
    from migrate.graph.index import GraphIndex
    from migrate.graph.tensors import Tensor

_BOOL = 10


def _pattern(text: str) -> re.Pattern[str]:
    """A pattern in which `<` and `>` stand for the start and the end of a word; a word is of letters only."""
    return re.compile(text.replace("<", r"(?<![A-Za-z])").replace(">", r"(?![A-Za-z])"), re.IGNORECASE)


_SETTING = _pattern(
    r"keep_?prob|drop_?out|is_?train|<training>|train_?(?:phase|mode|flag)|phase_?train|<phase>|learning_?rate|"
    r"<lr>|learning_phase|<is_test|<drop_?rate|<keep>|weight_?decay|<keep_p|global_?step|<is_tr"
)
_INPUT = _pattern(
    r"input|image|img|<x>|feature|token|word|text|sentence|<ids?>|query|question|audio|wav|example|observ|<obs>|"
    r"state|data|sequence|fingerprint|source|pixels|batch_x|<xs>|<in>|spectr|video|frames|<z>|noise|examples"
)
_LABEL = _pattern(r"label|target|ground_?truth|<y_?>|<gt|y_true|answer|expected|<ys>|reward|advantage")
_SURE_LABEL = _pattern(r"label|target|ground_?truth|y_true|<tags?>|<gt>")
_OUTPUT = _pattern(
    r"soft_?max|predict|logit|prob|output|score|detection_|box|class|result|embedding|<out>|y_pred|y_hat|yhat|"
    r"sigmoid|<y>|heatmap|mask|segment|num_detections|answer|<pred|encod|decod|generat|action|policy|value|<q>|"
    r"hypothesis|<fc\d*>|dense|<cls|transcri|landmark|semantic"
)
_LESSER = _pattern(
    r"<aux|auxlogits|summar|histogram|sparsity|zero_?fraction|regulari|shape>|assert|cond/|metrics?/|"
    r"<(?:acc|accuracy|eval|evaluation)(?:_\d+)?/"
)
_GENERIC = re.compile(
    r"(?:placeholder|reshape|biasadd|bias_add|add|addv2|matmul|identity|mul|sub|softmax|sigmoid|relu|tanh|squeeze|"
    r"conv2d|mean|concat|stack|unstack|transpose|cast|exp|truediv|div|argmax|strided_slice|xw_plus_b|tensordot|cond|"
    r"exit|merge|switch|elu|maximum|minimum|gather|gathernd|where|batchtospacend|resizebilinear|topkv2|splitv?|"
    r"tensorarraygatherv3|iteratorgetnext|dequeue|read|fifo_queue_dequeue|pow|sum|max|abs|log|neg)(?:_\d+)?\Z",
    re.IGNORECASE,
)


def looks_like_input(name: str) -> bool:
    """Whether a name is usual for an input."""
    return _INPUT.search(name) is not None and not looks_like_label(name)


def looks_like_label(name: str) -> bool:
    """Whether a name is usual for labels."""
    return _LABEL.search(name.rpartition("/")[2]) is not None


def is_called_label(name: str) -> bool:
    """Whether a name leaves little doubt that it is of labels."""
    return _SURE_LABEL.search(name.rpartition("/")[2]) is not None


def looks_like_output(name: str) -> bool:
    """Whether a name is usual for an output."""
    return _OUTPUT.search(telling_part(name)) is not None


def telling_part(name: str) -> str:
    """The last part of a node's name that does not only repeat an operation's; else the last."""
    parts = [part for part in name.split("/") if part]
    return next((part for part in reversed(parts) if not _GENERIC.match(part)), parts[-1])


def stem(name: str) -> str:
    """A node's name without the number that makes it unique."""
    return re.sub(r"_\d+\Z", "", name)


def looks_lesser(name: str) -> bool:
    """Whether a name is of something beside the point: an auxiliary head, a summary."""
    return _LESSER.search(name) is not None


def is_setting(index: GraphIndex, tensor: Tensor) -> bool:
    """Whether a placeholder sets how a model runs, by its name, its type or who takes it."""
    name, node = tensor.node, index.nodes[tensor.node]
    if not node.op.startswith("Placeholder"):
        return False
    # Asking a protobuf map for what it does not have adds it, empty.
    shape = node.attr["shape"].shape if "shape" in node.attr else None
    if shape is not None and shape.dim:
        return False  # They are scalars.
    if _SETTING.search(name):
        return True
    users = [user for user, _ in index.consumers.get(tensor, ())]
    if (
        "dtype" in node.attr
        and node.attr["dtype"].type == _BOOL
        and any(index.op(user) in ("Switch", "LogicalNot", "Identity", "If", "StatelessIf") for user in users)
    ):
        return True
    is_scalar = shape is not None and not shape.unknown_rank
    is_dropout = bool(users) and all("dropout" in user.lower() for user in users)
    return is_dropout or (is_scalar and bool(users) and all("Apply" in index.op(user) for user in users))


def signature_names(tensors: list[Tensor]) -> list[str]:
    """A legal name for each tensor, from the part of its node's name that says most."""
    found: dict[str, None] = {}
    counts: dict[str, int] = {}
    for tensor in tensors:
        wanted = telling_part(tensor.node)
        wanted = identifier(wanted) if tensor.port == 0 else identifier(f"{wanted}_{tensor.port}")
        candidate = wanted
        while candidate in found:
            counts[wanted] = counts.get(wanted, 0) + 1
            candidate = f"{wanted}_{counts[wanted]}"
        found[candidate] = None
    return list(found)
