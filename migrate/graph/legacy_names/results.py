"""What became of the names of a TF1 model's tensors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an old client does with a name."""

    FEED = "feed"
    FETCH = "fetch"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class LegacyName:
    """One name that one signature of the TF1 model has, for one of its inputs or outputs.

    Attributes:
        name: As a client writes it: `x:0`, or `train/op` for an operation that is only run.
        role: What a client does with it.
        signature: The signature of the TF1 model it comes from.
        key: The input's or output's key there; parts of sparse and composite ones are `docs (indices)`,
            `docs (component 0)`.
        was: What the new graph called it before; empty where the new model has nothing for it.
        reason: Why a client of this signature cannot use the name; empty where it can.
        caution: What is different for a client that uses it, though it works; mostly empty.
    """

    name: str
    role: Role
    signature: str
    key: str
    was: str = ""
    reason: str = ""
    caution: str = ""

    @property
    def put_back(self) -> bool:
        """Whether a client of this signature can use the name."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class LegacyNames:
    """What `put_back_tensor_names` did.

    Attributes:
        names: All names of the original's signatures, in the order of signatures, inputs before outputs.
        renamed: Nodes of the new graph that had a wanted name and made room: old name and new name.
        notes: What else a user should know, one sentence each.
        changed: Whether the MetaGraphDef is another one now.
    """

    names: tuple[LegacyName, ...]
    renamed: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    changed: bool

    @property
    def put_back(self) -> tuple[LegacyName, ...]:
        """Those that clients can use."""
        return tuple(name for name in self.names if name.put_back)

    @property
    def refused(self) -> tuple[LegacyName, ...]:
        """Those that clients cannot use; each has its reason."""
        return tuple(name for name in self.names if not name.put_back)
