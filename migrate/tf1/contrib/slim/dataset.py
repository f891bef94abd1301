"""`slim.dataset`."""

from __future__ import annotations

from typing import Any


class Dataset:
    """What a dataset is made of, as attributes."""

    def __init__(
        self, data_sources: Any, reader: Any, decoder: Any, num_samples: Any, items_to_descriptions: Any, **kwargs: Any
    ) -> None:
        """Keeps what it is given.

        Args:
            data_sources: Its files.
            reader: The class that reads them.
            decoder: What decodes a sample.
            num_samples: How many samples there are.
            items_to_descriptions: Texts for the items.
            **kwargs: Further attributes.
        """
        self.data_sources = data_sources
        self.reader = reader
        self.decoder = decoder
        self.num_samples = num_samples
        self.items_to_descriptions = items_to_descriptions
        self.__dict__.update(kwargs)


__all__ = ["Dataset"]
