"""What `inspect` tells of a model, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from migrate.graph.source import AssetFile, Form
    from migrate.graph.state import Table, Variable
    from migrate.signatures import SignatureDef


class Severity(StrEnum):
    """What a hazard means for a conversion."""

    BLOCKS = "blocks"
    """It cannot be converted, or not without the option that the hazard names."""
    CHANGES = "changes"
    """It can be converted, and something about the result has to be known."""
    NOTE = "note"
    """Good to know; the conversion takes care of it."""


class HazardKind(StrEnum):
    """The kinds of hazards; each has a section in docs/hazards.md."""

    PYTHON_FUNCTION = "python-function"
    UNKNOWN_OP = "unknown-op"
    REMOVED_OP = "removed-op"
    UNKNOWN_ATTRIBUTE = "unknown-attribute"
    QUEUE = "queue"
    ITERATOR = "iterator"
    TRAINING_BRANCH = "training-branch"
    DEVICE = "device"
    READS_FILE = "reads-file"
    WRITES_FILE = "writes-file"
    RANDOM = "random"
    NO_GRADIENT = "no-gradient"
    CUSTOM_GRADIENT = "custom-gradient"
    OTHER_META_GRAPH = "other-meta-graph"
    UNFED_PLACEHOLDER = "unfed-placeholder"
    UNINITIALIZED = "uninitialized"
    MISSING_CHECKPOINT = "missing-checkpoint"
    MISSING_ASSET = "missing-asset"
    MISSING_TENSOR = "missing-tensor"
    REFERENCE = "reference"
    RACE = "race"


@dataclass(frozen=True, slots=True)
class Hazard:
    """Something in a model that a conversion must not pass over in silence.

    Attributes:
        kind: What kind of thing it is.
        severity: What it means.
        node: The node it is about, or the one that calls the function it is in; empty where it is about the model
            as a whole.
        op: The operation it is about.
        message: What it is, in one sentence.
        remedy: What can be done about it, in one sentence.
        signatures: The keys of the signatures it concerns; empty where it concerns the model as a whole, as what
            runs when the model is loaded does.
        count: How many nodes of this kind there are, the named one included: of many alike one is told.
    """

    kind: HazardKind
    severity: Severity
    node: str
    op: str
    message: str
    remedy: str
    signatures: tuple[str, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Unfed:
    """A placeholder in a signature's slice that the signature does not feed.

    Attributes:
        tensor: Its output.
        dtype: TensorFlow's name of its type.
        default: The default as text where the node has one (PlaceholderWithDefault), else None.
    """

    tensor: str
    dtype: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Loop:
    """A v1 while loop: one frame of Enter, Merge, Switch, NextIteration and Exit nodes.

    Attributes:
        frame: The frame's name.
        parent: The name of the frame it is in, empty at the top.
        nodes: How many nodes run in it (inner loops not counted).
        signatures: The keys of the signatures that run it.
    """

    frame: str
    parent: str
    nodes: int
    signatures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignatureInspection:
    """One signature and what it needs.

    Attributes:
        definition: Its SignatureDef.
        nodes: How many nodes its slice has.
        variables: The TF1 names of the variables in its slice.
        writes: Those of them that it changes.
        tables: The lookup tables in its slice.
        assets: The files those tables are filled from.
        initializers: The nodes of the initialisation it depends on.
        unfed: Placeholders it needs and does not feed.
        batch_dimension: The size of the batch dimension: an integer, `any` where it is open in all inputs, None
            where its inputs have none in common.
        not_trainable: Why gradients do not reach its variables, empty where they do.
    """

    definition: SignatureDef
    nodes: int
    variables: tuple[str, ...]
    writes: tuple[str, ...]
    tables: tuple[str, ...]
    assets: tuple[str, ...]
    initializers: tuple[str, ...]
    unfed: tuple[Unfed, ...]
    batch_dimension: int | str | None
    not_trainable: tuple[str, ...] = ()


SURE = 0.5
"""The score from which a candidate is taken without asking."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tensor that may be an input or output of a raw graph.

    Attributes:
        name: A name for it in a signature.
        tensor: For instance `x:0`.
        dtype: TensorFlow's name of its type.
        shape: As far as the graph says.
        score: From 0 to 1; the higher, the likelier.
        reasons: Why, best first.
    """

    name: str
    tensor: str
    dtype: str
    shape: tuple[int | None, ...] | None
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposedSignature:
    """A signature that a raw graph might be given.

    Attributes:
        key: A key for it.
        inputs: Best first.
        outputs: Best first.
        rest: Candidates that were left out, best first.
    """

    key: str
    inputs: tuple[Candidate, ...]
    outputs: tuple[Candidate, ...]
    rest: tuple[Candidate, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether `convert --signature auto` may take it: every input and output is likelier than not."""
        chosen = (*self.inputs, *self.outputs)
        return bool(self.outputs) and all(candidate.score >= SURE for candidate in chosen)


@dataclass(frozen=True, slots=True)
class MetaGraphInspection:
    """One MetaGraph of a model.

    Attributes:
        tags: Sorted; empty for other forms than a SavedModel.
        tensorflow_version: Of the writer; empty where it is not recorded.
        producer: The graph's producer version (tensorflow/core/framework/versions.proto).
        nodes: How many nodes the graph has.
        functions: How many functions its library has.
        has_objects: Whether TF2's `tf.saved_model.save` wrote it: nothing to convert.
        signatures: Sorted by key.
        variables: In the graph's order.
        tables: In the graph's order.
        assets: The files it keeps.
        init_operations: What runs when it is loaded.
        loops: Its v1 while loops.
        conditionals: How many v1 conditionals it has (predicates of Switch nodes outside loops' own).
        hazards: Those that block first.
        proposals: Signatures it might be given, where it has none.
    """

    tags: tuple[str, ...]
    tensorflow_version: str
    producer: int
    nodes: int
    functions: int
    has_objects: bool
    signatures: tuple[SignatureInspection, ...]
    variables: tuple[Variable, ...]
    tables: tuple[Table, ...]
    assets: tuple[AssetFile, ...]
    init_operations: tuple[str, ...]
    loops: tuple[Loop, ...]
    conditionals: int
    hazards: tuple[Hazard, ...]
    proposals: tuple[ProposedSignature, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """A model.

    Attributes:
        path: What was inspected.
        form: Its kind.
        file_size: Of its proto, in bytes.
        checkpoint: The prefix of its checkpoint's files, None where it has none.
        meta_graphs: In the order of the file.
    """

    path: Path
    form: Form
    file_size: int
    checkpoint: Path | None
    meta_graphs: tuple[MetaGraphInspection, ...]
