"""One MetaGraph of an open model: its signatures at once, its graph only for whoever asks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from migrate.signatures.read import meta_graph_of

if TYPE_CHECKING:
    from migrate.signatures.layout import MetaGraphLayout
    from migrate.signatures.wire import Buffer


class Stored:
    """One MetaGraph.

    Args:
        buffer: The open file.
        layout: Where in it the MetaGraph is.
    """

    def __init__(self, buffer: Buffer, layout: MetaGraphLayout) -> None:
        self._buffer = buffer
        self._layout = layout
        self.meta_graph = meta_graph_of(layout)

    def mentions(self, word: bytes) -> bool:
        """Whether the bytes of the graph have a word in them, such as an operation's name; nothing is parsed."""
        # A map of the file is searched where it is.
        buffer = bytes(self._buffer) if isinstance(self._buffer, memoryview) else self._buffer
        return any(buffer.find(word, field.value, field.end) >= 0 for field in self._layout.graphs)

    @cached_property
    def message(self) -> Any:
        """The whole MetaGraphDef, parsed.

        Raises:
            MigrateError: TensorFlow, which has the message types, is not installed; or the graph is broken.
        """
        from google.protobuf.message import DecodeError

        from migrate import protos
        from migrate.errors import MigrateError

        message = protos.meta_graph_def()
        try:
            message.ParseFromString(bytes(self._buffer[self._layout.value.start : self._layout.value.end]))
        except (DecodeError, UnicodeDecodeError) as error:
            tags = ",".join(self.meta_graph.tags) or "(none)"
            raise MigrateError(f"the MetaGraph {tags} is broken: its graph cannot be parsed") from error
        return message
