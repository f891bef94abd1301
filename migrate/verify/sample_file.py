"""Reads `--samples FILE.npz`: the inputs the user wants the models compared on."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from migrate.errors import MigrateError
from migrate.verify.compare import dtype_text
from migrate.verify.contract import shape_text, shapes_agree
from migrate.verify.samples import Sample, SparseValue
from migrate.verify.values import numpy_dtype_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from numpy.typing import NDArray

    from migrate.signatures import SignatureDef, TensorInfo

PARTS = ("indices", "values", "dense_shape")
LENGTHS = "#lengths"
"""What the key of an array of strings ends in that says how long they are: NumPy drops zero bytes at the end."""

_SET = re.compile(r"@([1-9][0-9]{0,8})(?=/)")


def read_samples(
    source: str | PathLike[str] | Mapping[str, NDArray[Any]], signatures: Sequence[SignatureDef]
) -> dict[str, tuple[Sample, ...]]:
    """The samples of a file, by signature key: the sets of a signature in the order of their numbers.

    Keys are `SIGNATURE/INPUT` or `SIGNATURE/inputs/INPUT`, of a sparse input the three
    `SIGNATURE/INPUT/indices`, `/values` and `/dense_shape`, of a ragged one `SIGNATURE/INPUT/0` (the values), `/1`
    (the outermost row splits) and so on. A second set of inputs for the same signature has keys
    `SIGNATURE@2/INPUT`, a third one `SIGNATURE@3/INPUT`. Keys `SIGNATURE/outputs/OUTPUT` are allowed and ignored. Strings may be NumPy `S` (bytes) or `U` (encoded as UTF-8) arrays; pickled objects are refused.

    Args:
        source: The .npz file, or a mapping from such keys to arrays.
        signatures: Those of both models that can be called; the first of several with the same key counts.

    Raises:
        MigrateError: The file cannot be read, a key names nothing, an input is missing, or dtype or shape do
            not fit the signature.
    """
    where = "samples" if isinstance(source, Mapping) else str(source)
    arrays = dict(source) if isinstance(source, Mapping) else _read(Path(source))
    by_key: dict[str, SignatureDef] = {}
    for signature in signatures:
        by_key.setdefault(signature.key, signature)
    meaning = {key: found for signature in by_key.values() for key, found in _keys(signature).items()}
    given: dict[str, dict[int, dict[str, NDArray[Any]]]] = {}
    for key, array in arrays.items():
        if key.endswith(LENGTHS) and key.removesuffix(LENGTHS) in arrays and key not in meaning:
            continue
        number, plain = _set_of(key, meaning)
        if plain in meaning:
            signature_key, part = meaning[plain]
            if part is not None:
                value = _with_zeros(np.asarray(array), arrays.get(f"{key}{LENGTHS}"))
                given.setdefault(signature_key, {}).setdefault(number, {})[part] = value
            continue
        known = sorted({name for name, (_, part) in meaning.items() if part and "/inputs/" not in name})
        listed = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
        raise MigrateError(f"{where}: {key!r} names no input; SIGNATURE/INPUT is one of: {listed or '(none)'}")
    if not given:
        raise MigrateError(f"{where}: there are no samples in it")
    return {
        key: tuple(_sample(where, by_key[key], number, sets[number], len(sets) > 1) for number in sorted(sets))
        for key, sets in given.items()
    }


def set_key(signature: str, number: int) -> str:
    """What the keys of a signature's set of inputs of that number begin with."""
    return signature if number == 1 else f"{signature}@{number}"


def _set_of(key: str, meaning: Mapping[str, tuple[str, str | None]]) -> tuple[int, str]:
    """The number of the set that a key is of, and the key as it is in the first set."""
    if key not in meaning:
        for match in _SET.finditer(key):
            plain = key[: match.start()] + key[match.end() :]
            if plain in meaning and meaning[plain][0] == key[: match.start()]:
                return int(match[1]), plain
    return 1, key


def _with_zeros(array: NDArray[Any], lengths: NDArray[Any] | None) -> NDArray[Any]:
    """Strings with the zero bytes at their ends, which NumPy has dropped."""
    if lengths is None or array.dtype.kind != "S" or np.shape(lengths) != array.shape:
        return array
    out = np.empty(array.shape, dtype=object)
    for index, item in np.ndenumerate(array):
        out[index] = bytes(item).ljust(int(lengths[index]), b"\0")
    return out


def _keys(signature: SignatureDef) -> dict[str, tuple[str, str | None]]:
    """The keys a signature allows: signature key and part, None for what is ignored."""
    keys: dict[str, tuple[str, str | None]] = {}
    for info in signature.outputs:
        keys[f"{signature.key}/outputs/{info.key}"] = (signature.key, None)
        for part in _names(info):
            keys[f"{signature.key}/outputs/{part}"] = (signature.key, None)
    for info in signature.inputs:
        for part in _names(info):
            keys[f"{signature.key}/{part}"] = (signature.key, part)
            keys[f"{signature.key}/inputs/{part}"] = (signature.key, part)
    return keys


def _names(info: TensorInfo) -> tuple[str, ...]:
    if info.kind == "sparse":
        return tuple(f"{info.key}/{part}" for part in PARTS)
    return tuple(f"{info.key}/{number}" for number in range(len(info.components))) or (info.key,)


def _read(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise MigrateError(f"{path}: not a .npz file")
        with np.load(path, allow_pickle=False) as arrays:
            return {key: np.asarray(arrays[key]) for key in arrays.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        if "allow_pickle" in str(error):
            message = "holds pickled objects, which are not read; save strings as 'S' or 'U' arrays"
            raise MigrateError(f"{path}: {message}") from error
        reason = getattr(error, "strerror", None) or (str(error).splitlines() or [""])[0]
        raise MigrateError(f"{path}: cannot read samples: {reason}") from error


def _sample(
    where: str, signature: SignatureDef, number: int, parts: Mapping[str, NDArray[Any]], is_one_of_several: bool
) -> Sample:
    begin = set_key(signature.key, number)
    inputs: dict[str, Any] = {}
    rows = 1
    for info in signature.inputs:
        missing = [name for name in _names(info) if name not in parts]
        if missing:
            raise MigrateError(f"{where}: signature {signature.key!r} lacks {begin}/{missing[0]}")
        what = f"{where}: {begin}"
        if info.kind == "sparse":
            value = _sparse(what, info, *(parts[name] for name in _names(info)))
            inputs[info.key] = value
            rows = int(value.dense_shape[0]) if len(value.dense_shape) else rows
        elif info.components:
            pairs = zip(_names(info), info.components, strict=True)
            inputs[info.key] = tuple(_dense(f"{what}/{name}", parts[name], part) for name, part in pairs)
            rows = len(inputs[info.key][1]) - 1 if len(info.components) > 1 else rows
        else:
            array = _dense(f"{what}/{info.key}", parts[info.key], info)
            inputs[info.key] = array
            rows = array.shape[0] if array.ndim else rows
    return Sample(f"samples {number}" if is_one_of_several else "samples", inputs, rows)


def _sparse(
    what: str, info: TensorInfo, indices: NDArray[Any], values: NDArray[Any], dense_shape: NDArray[Any]
) -> SparseValue:
    typed = _typed(f"{what}/{info.key}/values", values, info.dtype)
    count, rank = len(typed.ravel()), len(dense_shape.ravel())
    if typed.ndim != 1 or dense_shape.ndim != 1 or indices.shape != (count, rank):
        shapes = f"indices {list(indices.shape)}, values {list(values.shape)}, dense_shape {list(dense_shape.shape)}"
        raise MigrateError(f"{what}/{info.key}: {shapes} do not fit: they are [n, rank], [n] and [rank]")
    return SparseValue(indices.astype(np.int64), typed, dense_shape.astype(np.int64))


def _dense(what: str, array: NDArray[Any], info: TensorInfo) -> NDArray[Any]:
    array = _typed(what, array, info.dtype)
    if not shapes_agree(tuple(array.shape), info.shape):
        text = f"shape {list(array.shape)}, the signature takes {shape_text(info.shape)}"
        raise MigrateError(f"{what}: {text}")
    return array


def _typed(what: str, array: NDArray[Any], dtype: str) -> NDArray[Any]:
    """The array in the signature's dtype, where that loses nothing but precision of floats."""
    if dtype == "string":
        if array.dtype.kind not in "SUO":
            raise MigrateError(f"{what}: dtype {dtype_text(array)}, the signature takes string")
        out = np.empty(array.shape, dtype=object)
        for index, item in np.ndenumerate(array):
            out[index] = item.encode() if isinstance(item, str) else bytes(item)
        return out
    wanted = numpy_dtype_of(dtype)
    if wanted is None:
        raise MigrateError(f"{what}: an input of dtype {dtype} cannot be given in a file")
    if array.dtype == wanted:
        return array
    if array.dtype.kind == "V" and wanted.kind == "V" and array.dtype.itemsize == wanted.itemsize:
        return array.view(wanted)  # A file has no name for bfloat16 and the like.
    floats = array.dtype.kind == "f" and "float" in wanted.name
    if array.dtype.kind not in "SUO" and (floats or np.can_cast(array.dtype, wanted, "safe")):
        return array.astype(wanted)
    if array.dtype.kind in "iu" and wanted.kind in "iu" and np.array_equal(array.astype(wanted), array):
        return array.astype(wanted)
    raise MigrateError(f"{what}: dtype {dtype_text(array)}, the signature takes {dtype}")
