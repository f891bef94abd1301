"""What an export says: its signatures with their tensors, the session, the directory, and all else it is given."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.flow import Region, Step

PREDICT = "tensorflow/serving/predict"
CLASSIFY = "tensorflow/serving/classify"
REGRESS = "tensorflow/serving/regress"
SERVING_DEFAULT = "serving_default"


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """An input or output of a signature: its key and the tensor, as the source spells it.

    Attributes:
        key: Its key.
        tensor: Its tensor.
        key_node: The expression of the key, where there is one.
    """

    key: str
    tensor: ast.expr
    key_node: ast.expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SignatureSource:
    """A SignatureDef as the source makes it.

    Attributes:
        key: Its key in the map.
        key_node: The expression of the key; None where `simple_save` implies it.
        method_name: Empty where the source gives none.
        inputs: In the order of the source.
        outputs: In the order of the source.
    """

    key: str
    key_node: ast.expr | None
    method_name: str
    inputs: tuple[Endpoint, ...]
    outputs: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ExportSite:
    """A place that exports a model.

    Attributes:
        kind: `builder` or `simple_save`.
        region: The function or module it stands in.
        call: The `simple_save` call or the builder's constructor.
        opened: The step that checks (and makes) the export directory.
        added: The steps that hand graph and values over; several only in branches that exclude each other.
        saved: The step that writes; the same as `opened` for `simple_save`.
        session: The session that holds the values.
        directory: The export directory.
        signatures: In the order of the source.
        init_ops: What is given as `main_op` or `legacy_init_op`.
        assets: What is given as `assets_collection`.
        as_text: The argument of `save`, where it is given.
        tags: The tags, where they are others than the one `serve`.
    """

    kind: str
    region: Region
    call: ast.Call
    opened: Step
    added: tuple[Step, ...]
    saved: Step
    session: ast.expr
    directory: ast.expr
    signatures: tuple[SignatureSource, ...]
    init_ops: tuple[ast.expr, ...] = ()
    assets: tuple[ast.expr, ...] = ()
    as_text: ast.expr | None = None
    tags: ast.expr | None = None


RUN_TIME = "\0"
"""Starts the key of an endpoint whose key is an expression, or whose tensor is a comprehension over tensors."""
