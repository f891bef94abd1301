"""Words and their numbers."""

from __future__ import annotations

from collections import defaultdict
from typing import Any


class CategoricalVocabulary:
    """Numbers for words in the order in which they come; 0 is for words that it does not know.

    The attributes are those of TensorFlow 1's class, since saved ones are loaded as they are.
    """

    def __init__(self, unknown_token: str = "<UNK>", support_reverse: bool = True) -> None:
        self._unknown_token = unknown_token
        self._mapping: dict[Any, int] = {unknown_token: 0}
        self._support_reverse = support_reverse
        if support_reverse:
            self._reverse_mapping: list[Any] = [unknown_token]
        self._freq: dict[Any, int] = defaultdict(int)
        self._freeze = False

    def __len__(self) -> int:
        return len(self._mapping)

    def freeze(self, freeze: bool = True) -> None:
        """From now on, or no longer, words that are not known stay so."""
        self._freeze = freeze

    def get(self, category: Any) -> int:
        """The number of a word."""
        if category not in self._mapping:
            if self._freeze:
                return 0
            self._mapping[category] = len(self._mapping)
            if self._support_reverse:
                self._reverse_mapping.append(category)
        return self._mapping[category]

    def add(self, category: Any, count: int = 1) -> None:
        """Counts a word."""
        if self.get(category) > 0:
            self._freq[category] += count

    def trim(self, min_frequency: int, max_frequency: int = -1) -> None:
        """Keeps words that are more frequent, and not as frequent as the other; numbers go by frequency."""
        by_name = sorted(self._freq.items(), key=lambda each: (isinstance(each[0], str), each[0]))
        ordered = sorted(by_name, key=lambda each: each[1], reverse=True)
        kept = []
        for category, count in ordered:
            if count <= min_frequency:
                break
            if max_frequency <= 0 or count < max_frequency:
                kept.append(category)
        self._mapping = {category: number for number, category in enumerate([self._unknown_token, *kept])}
        if self._support_reverse:
            self._reverse_mapping = [self._unknown_token, *kept]
        # As many of the most frequent words as were kept, even where the most frequent ones were not.
        self._freq = dict(ordered[: len(kept)])

    def reverse(self, class_id: int) -> Any:
        """The word of a number."""
        if not self._support_reverse:
            raise ValueError("This vocabulary wasn't initialized with support_reverse to support reverse() function.")
        return self._reverse_mapping[class_id]
