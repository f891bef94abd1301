"""`slim.data_decoder`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


class DataDecoder(ABC):
    """Makes items, which are tensors, of encoded data."""

    @abstractmethod
    def decode(self, data: Any, items: Any) -> list[Any]:
        """The tensors of some items, in their order."""

    @abstractmethod
    def list_items(self) -> list[str]:
        """The names of the items."""


__all__ = ["DataDecoder"]
