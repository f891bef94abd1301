"""Arrays of any TensorFlow type in an .npz file, exactly: what NumPy's file format has no name for as bytes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from migrate.errors import MigrateError
from migrate.verify.compare import as_array, dtype_text
from migrate.verify.values import numpy_dtype_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NATIVE = "biufc"
_LENGTHS = "lengths"


@dataclass(frozen=True, slots=True)
class Stored:
    """Where an array is kept.

    Attributes:
        dtype: TensorFlow's name of its type.
        shape: Its dimensions.
        number: Of the array in the file.
    """

    dtype: str
    shape: tuple[int, ...]
    number: int


class ArrayWriter:
    """Collects arrays for one file.

    Attributes:
        size: The bytes that they take before they are compressed.
    """

    def __init__(self) -> None:
        self._arrays: dict[str, NDArray[Any]] = {}
        self._count = 0
        self.size = 0

    def add(self, value: Any) -> Stored:
        """Takes an array in.

        Args:
            value: An array of any shape; strings as objects of `bytes`.

        Returns:
            Where it is kept.

        Raises:
            MigrateError: Its type is none of TensorFlow's that can be stored.
        """
        array = as_array(value)
        stored = Stored(dtype_text(array), tuple(map(int, array.shape)), self._count)
        self._count += 1
        name = str(stored.number)
        if array.dtype.kind == "O":
            self._strings(name, array)
        elif numpy_dtype_of(stored.dtype) != array.dtype:
            raise MigrateError(f"values of the type {array.dtype} cannot be recorded")
        elif array.dtype.kind in _NATIVE and array.dtype.isbuiltin == 1:
            self._put(name, array)
        else:
            self._put(name, np.frombuffer(array.tobytes(), np.uint8))
        return stored

    def content(self) -> bytes:
        """The .npz file; the same arrays give the same bytes."""
        file = io.BytesIO()
        np.savez_compressed(file, allow_pickle=False, **self._arrays)
        return file.getvalue()

    def _strings(self, name: str, array: NDArray[Any]) -> None:
        items = array.ravel().tolist()
        if not all(isinstance(item, bytes) for item in items):
            raise MigrateError("values that are neither numbers nor strings cannot be recorded")
        self._put(name, np.frombuffer(b"".join(items), np.uint8))
        self._put(f"{name}.{_LENGTHS}", np.asarray([len(item) for item in items], np.int64))

    def _put(self, name: str, array: NDArray[Any]) -> None:
        self._arrays[name] = array
        self.size += array.nbytes


class ArrayReader:
    """The arrays of a file that an `ArrayWriter` made.

    Args:
        content: The .npz file.

    Raises:
        ValueError: It is none.
    """

    def __init__(self, content: bytes) -> None:
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                self._arrays = {key: np.asarray(arrays[key]) for key in arrays.files}
        except (OSError, EOFError, KeyError, AttributeError, zipfile.BadZipFile) as error:
            raise ValueError(f"no .npz file: {error}") from error

    def read(self, stored: Stored) -> NDArray[Any]:
        """An array as it was taken in.

        Raises:
            ValueError: It is not there, or not of that type and shape.
        """
        name = str(stored.number)
        dtype = numpy_dtype_of(stored.dtype)
        if name not in self._arrays or dtype is None:
            raise ValueError(f"array {name} of type {stored.dtype} is not there")
        array = self._arrays[name]
        if dtype.kind == "O":
            return self._strings(name, array).reshape(stored.shape)
        if array.dtype != dtype:
            array = np.frombuffer(array.tobytes(), dtype)
        return array.reshape(stored.shape)

    def _strings(self, name: str, data: NDArray[Any]) -> NDArray[Any]:
        lengths = self._arrays.get(f"{name}.{_LENGTHS}")
        if lengths is None or data.dtype != np.uint8 or int(lengths.sum()) != data.size:
            raise ValueError(f"array {name} holds no strings")
        whole, ends = data.tobytes(), np.cumsum(lengths)
        out = np.empty(lengths.shape, dtype=object)
        for index, (length, end) in enumerate(zip(lengths.tolist(), ends.tolist(), strict=True)):
            out[index] = whole[end - length : end]
        return out
