"""A model as it was read: protos, and where its values and files are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class Form(StrEnum):
    """What kind of file a model is."""

    SAVED_MODEL = "SavedModel"
    META_GRAPH = "MetaGraphDef"
    GRAPH = "GraphDef"


@dataclass(frozen=True, slots=True)
class AssetFile:
    """A file the graph reads through a tensor that holds its path.

    Attributes:
        tensor: The tensor that the loader feeds with the path, for instance `asset_path:0`.
        filename: Below `assets/`.
        path: Where it is; None for a form that has no assets directory.
    """

    tensor: str
    filename: str
    path: Path | None


@dataclass(frozen=True, slots=True)
class Source:
    """A model that was read, not yet understood.

    Attributes:
        path: What the user named.
        file: The proto that was parsed.
        form: Its kind.
        meta_graphs: `tensorflow.MetaGraphDef` messages; a GraphDef comes as one with nothing but a graph.
        directory: The SavedModel's directory, None for other forms.
        checkpoint: The prefix of its checkpoint's files, None where it has none.
    """

    path: Path
    file: Path
    form: Form
    meta_graphs: tuple[Any, ...]
    directory: Path | None = None
    checkpoint: Path | None = None

    @property
    def places(self) -> tuple[Path, ...]:
        """The files and directories that it consists of; a checkpoint by its prefix."""
        inside = [self.directory / name for name in ("assets", "assets.extra")] if self.directory is not None else []
        return (self.path, self.file, *([self.checkpoint] if self.checkpoint is not None else []), *inside)

    @property
    def tag_sets(self) -> tuple[tuple[str, ...], ...]:
        """The tags of each MetaGraph, sorted."""
        return tuple(tuple(sorted(meta_graph.meta_info_def.tags)) for meta_graph in self.meta_graphs)
