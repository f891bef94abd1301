"""Adds up what the samples showed about one output, and judges it in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.verify.compare import ArrayComparison, compare_arrays, dtype_text
from migrate.verify.results import FirstDifference, OutputComparison, Status
from migrate.verify.spread import Spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.signatures import TensorInfo
    from migrate.verify.histogram import ErrorHistogram
    from migrate.verify.repeats import Randomness
    from migrate.verify.samples import Sample


class OutputTally:
    """One output of one signature over all samples.

    Args:
        a: The first model's declaration.
        b: The second's.

    Attributes:
        failing: The first sample on which it differed.
    """

    def __init__(self, a: TensorInfo, b: TensorInfo) -> None:
        self._info = a
        self._values_only = a.dtype != b.dtype  # The contract says so already; compare the numbers still.
        self._operation = "operation" in (a.kind, b.kind)
        self._kinds_differ = a.kind != b.kind
        self._dtype: str | None = None
        self._elements = 0
        self._samples = 0
        self._absolute: float | None = None
        self._relative: float | None = None
        self._first: FirstDifference | None = None
        self._differences: list[str] = []
        self._histogram: ErrorHistogram | None = None
        self._other_dtype = self._other_shape = False
        self.failing: Sample | None = None
        self._spreads: dict[str, Spread] = {}

    def add(self, sample: Sample, a: Mapping[str, Any], b: Mapping[str, Any]) -> None:
        """Takes in what both models returned for one sample: all parts of all outputs."""
        if self._kinds_differ:
            return
        key = self._info.key
        self._samples += 1
        for part in a:
            if part != key and not self._is_part(part):
                continue
            if part not in b:
                self._differences.append(f"{part} is missing from the second model's result")
                self._other_dtype = True
                continue
            if part == key or part.endswith("/values"):
                self._dtype = dtype_text(a[part])
            self._record(sample, part, compare_arrays(a[part], b[part], values_only=self._values_only))
            for which in (a, b):
                self._spreads.setdefault(part, Spread()).add(which[part], sample.rows, sample.shapes)

    def judge(self, *, depends: frozenset[str], randomness: Randomness, trusted: bool) -> OutputComparison:
        """The verdict.

        Args:
            depends: The parts of the output that depend on the inputs, in either model.
            randomness: What is random about it.
            trusted: The user gave the samples: an output that does not change over them is all right.
        """
        reasons = list(self._differences)
        status = Status.DIFFERENT if self._differences or self._first or self._kinds_differ else Status.EQUAL
        if status is Status.DIFFERENT and randomness.operations and not self._differs_for_certain(randomness):
            status = Status.NOT_PROVED
            same = "its dtype is" if randomness.shape else "its dtype and shape are"
            listed = ", ".join(randomness.operations)
            reasons = [f"its values are random in both models ({listed}): only {same} the same"]
        elif status is Status.DIFFERENT and randomness.only_in:
            reasons.append(f"only in the {randomness.only_in} model it changes from call to call with the same inputs")
        elif status is Status.EQUAL:
            reasons += self._doubts(depends, trusted)
            status = Status.NOT_PROVED if reasons else Status.EQUAL
        return OutputComparison(
            name=self._info.key,
            dtype=self._dtype or self._info.dtype,
            status=status,
            elements=self._elements,
            max_abs_error=self._absolute,
            max_rel_error=self._relative,
            first_difference=self._first,
            histogram=self._histogram,
            reasons=tuple(dict.fromkeys(reasons)),
        )

    def settled(self, depends: frozenset[str]) -> bool:
        """Whether further samples could not prove more: it changed with the inputs, or differs already."""
        if self._differences or self._first or not depends:
            return True
        return any(spread.varies for spread in self._telling(depends))

    def _differs_for_certain(self, randomness: Randomness) -> bool:
        """Whether it differs in what chance has no say in."""
        return self._kinds_differ or self._other_dtype or (self._other_shape and not randomness.shape)

    def _is_part(self, part: str) -> bool:
        prefix, _, rest = part.rpartition("/")
        if prefix != self._info.key:
            return False
        if self._info.sparse is not None:
            return rest in ("indices", "values", "dense_shape")
        return bool(self._info.components) and rest.isdigit()

    def _record(self, sample: Sample, part: str, found: ArrayComparison) -> None:
        where = "" if part == self._info.key else f"{part}: "
        if found.reason is not None:
            self._differences.append(f"{where}{found.reason} (sample set {sample.label!r})")
            self.failing = self.failing or sample
            self._other_shape |= found.reason.startswith("shape")
            self._other_dtype |= not found.reason.startswith("shape")
            return
        self._elements += found.elements
        self._absolute = _larger(self._absolute, found.max_abs_error)
        self._relative = _larger(self._relative, found.max_rel_error)
        if found.histogram is not None:
            self._histogram = found.histogram.merged(self._histogram)
        if found.index is not None and self._first is None and found.a is not None and found.b is not None:
            if where:
                self._differences.append(f"{part} differs")
            of = found.elements
            self.failing = self.failing or sample
            self._first = FirstDifference(sample.label, found.index, found.a, found.b, found.count, of)

    def _telling(self, depends: frozenset[str]) -> list[Spread]:
        """Of a sparse or ragged output where values are, goes with the inputs alone; what is there has to change."""
        values = {self._info.key, f"{self._info.key}/values", f"{self._info.key}/0"} & depends
        return [spread for part, spread in self._spreads.items() if part in (values or depends)]

    def _doubts(self, depends: frozenset[str], trusted: bool) -> list[str]:
        if self._operation:
            return ["it is an operation and returns nothing that could be compared"]
        if not self._spreads:
            return ["it was never computed"]
        spreads = self._telling(depends)
        if not self._elements or (spreads and not any(spread.elements for spread in spreads)):
            return ["it never had an element"]
        if any(spread.only_nan for spread in self._spreads.values()):
            return ["all its values were NaN"]
        # Tiny changes are evidence where the two models agree in every bit of them.
        telling = any(spread.varies or (spread.changes and self._absolute == 0.0) for spread in spreads)
        if depends and not trusted and not telling:
            if self._samples < 2:
                return ["it depends on the inputs, and only one generated sample ran; give --samples"]
            text = next(iter(spreads), Spread()).constant_text
            return [f"it depends on the inputs but {text} on the generated ones; give --samples"]
        return []


def _larger(a: float | None, b: float | None) -> float | None:
    if a is None or b is None:
        return b if a is None else a
    return max(a, b)
