"""What `migrate.bridge.save` was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike


@dataclass(frozen=True, slots=True)
class SaveRequest:
    """The arguments of `migrate.bridge.save`, which explains them; `legacy_init_op` is `main_op` here."""

    session: Any
    export_dir: str | bytes | PathLike[str]
    signatures: Mapping[str, Any] | None
    inputs: Mapping[str, Any] | None
    outputs: Mapping[str, Any] | None
    tags: tuple[str, ...]
    assets: tuple[Any, ...] | None
    main_op: Any
    clear_devices: bool
    overwrite: bool
    verify: bool
    op_libraries: tuple[str, ...]
