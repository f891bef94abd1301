"""The APIs of TensorFlow Serving, and what is said of a signature that breaks their contract."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Api(StrEnum):
    """One of TensorFlow Serving's inference APIs."""

    PREDICT = "predict"
    CLASSIFY = "classify"
    REGRESS = "regress"

    @property
    def method_name(self) -> str:
        """The method name of a signature that is made for it."""
        return f"tensorflow/serving/{self}"

    @property
    def title(self) -> str:  # type: ignore[override]
        """As TensorFlow Serving writes it."""
        return self.value.capitalize()


class Severity(StrEnum):
    """What a violation means for a client."""

    ERROR = "error"
    """The call fails, whatever is sent."""
    WARNING = "warning"
    """The call fails for some requests, or it cannot be told from here."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A demand of an API that a signature does not meet.

    Attributes:
        rule: Which demand; a word or more with hyphens, the same for all signatures.
        severity: Whether any call can succeed.
        message: What is the case and what would have to be.
        remedy: What to do; empty where nothing is known.
        options: Options of `tf-migrate restore` that mend it; empty where renaming does not.
    """

    rule: str
    severity: Severity
    message: str
    remedy: str = ""
    options: tuple[str, ...] = ()


_METHOD_NAMES = frozenset(api.method_name for api in Api)


def api_of(method_name: str) -> Api | None:
    """The API that a method name belongs to, or None."""
    return next((api for api in Api if api.method_name == method_name), None)


def takes_method_name(api: Api, method_name: str) -> bool:
    """Whether an API takes signatures of that method name: Predict those of the other two also.

    (TensorFlow Serving compares it only with `--enable_signature_method_name_check`.)
    """
    return method_name in _METHOD_NAMES if api is Api.PREDICT else method_name == api.method_name
