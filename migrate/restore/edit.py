"""Carries changes out on the SignatureDefs of one MetaGraph, and finds what they would break."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.signatures.contract import Severity, api_of, violations
from migrate.signatures.layout import SIGNATURE_DEF, Entry, MetaGraphLayout
from migrate.signatures.proto import new_message
from migrate.signatures.read import signature_of
from migrate.signatures.rope import Rope, Span, rope
from migrate.signatures.wire import header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migrate.restore.changes import Changes, KeyRename, MethodName
    from migrate.signatures.contract import Violation
    from migrate.signatures.model import SignatureDef


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """A signature of the result.

    Attributes:
        key: Its key.
        entry: What it is in the model.
        message: The SignatureDef (migrate.signatures.proto); the entry's own where nothing in it changes.
        is_copy: Whether it is there beside the entry, not in its place.
        inputs: Old keys of inputs to new ones, for those that get another.
        outputs: Likewise of outputs.
    """

    key: str
    entry: Entry
    message: Any
    is_copy: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def renames_keys(self) -> bool:
        """Whether an input or output has another key."""
        return bool(self.inputs or self.outputs)

    @property
    def is_unchanged(self) -> bool:
        """Whether key and SignatureDef are those of the model."""
        return self.key == self.entry.key and self.message is self.entry.message.value

    @property
    def before(self) -> SignatureDef:
        """The SignatureDef in the model, as a value."""
        return signature_of(self.entry.key, self.entry.message.value)

    @property
    def after(self) -> SignatureDef:
        """The SignatureDef in the result, as a value."""
        return signature_of(self.key, self.message)


@dataclass(frozen=True, slots=True)
class Broken:
    """A demand of the API of a signature's method name that the result does not meet, and the model did.

    Attributes:
        signature: The signature's key.
        api: For instance `Classify`.
        violation: The demand.
    """

    signature: str
    api: str
    violation: Violation


def edit_signatures(layout: MetaGraphLayout, changes: Changes) -> tuple[Signature, ...]:
    """The signatures of the result, in the order in which they are written.

    What a change names and this MetaGraph does not have is passed over; that it is nowhere is the caller's to tell.

    Raises:
        MigrateError: Two signatures, inputs or outputs would have one key. The message does not name the model.
    """
    signatures = _keyed(layout, changes)
    for key in {rename.signature: None for rename in changes.key_renames}:
        if key in signatures:
            renames = [rename for rename in changes.key_renames if rename.signature == key]
            signatures[key] = _with_keys(signatures[key], renames)
    for method in changes.method_names:
        if method.signature in signatures:
            signatures[method.signature] = _with_method(signatures[method.signature], method)
    if list(signatures) == [signature.entry.key for signature in signatures.values()]:
        return tuple(signatures.values())
    # A map is written in the order of its keys.
    return tuple(signatures[key] for key in sorted(signatures, key=str.encode))


def broken_contracts(
    signatures: Iterable[Signature], tolerated: Mapping[str, frozenset[str]] = MappingProxyType({})
) -> Iterator[Broken]:
    """What the changes would break: no call of the API could succeed any more.

    Args:
        signatures: Those of the result.
        tolerated: By signature, rules that are not to be looked at.
    """
    for signature in signatures:
        after = signature.after
        api = api_of(after.method_name)
        if api is None or signature.message is signature.entry.message.value:
            continue
        before = signature.before
        known = violations(before, api) if before.method_name == after.method_name else ()
        already = {violation.rule for violation in known} | tolerated.get(signature.key, frozenset())
        for violation in violations(after, api):
            if violation.severity is Severity.ERROR and violation.rule not in already:
                yield Broken(signature.key, api.title, violation)


def written_signatures(layout: MetaGraphLayout, signatures: Iterable[Signature]) -> list[tuple[Span, Rope]]:
    """The replacements of the MetaGraph's signature entries, for `layout.spliced`; unchanged ones keep their bytes."""
    signatures = tuple(signatures)
    spans = [entry.span for entry in layout.entries]
    if all(one.is_unchanged for one in signatures) and len(signatures) == len({entry.key for entry in layout.entries}):
        return []  # Of entries with one key, and of odd encodings, all stay.
    if all(one.end == other.start for one, other in pairwise(spans)):
        return [(Span(spans[0].start, spans[-1].end), rope(*_ascending(signatures)))]
    # Other fields lie between the entries, which only hand-made files have: all are written where the first was.
    return [(spans[0], rope(*map(_encoded, signatures))), *((span, rope()) for span in spans[1:])]


def _ascending(signatures: Iterable[Signature]) -> Iterator[Span | bytes]:
    """The entries' places, or their bytes: for those that change, and those that come before where they were."""
    position = 0
    for signature in signatures:
        span = signature.entry.span
        if signature.is_unchanged and span.start >= position:
            position = span.end
            yield span
        else:
            yield _encoded(signature)


def _encoded(signature: Signature) -> bytes:
    entry = new_message("SignatureEntry")
    entry.key = signature.key
    entry.value.CopyFrom(signature.message)
    data: bytes = entry.SerializeToString()
    return header(SIGNATURE_DEF, len(data)) + data


def _keyed(layout: MetaGraphLayout, changes: Changes) -> dict[str, Signature]:
    renamed = {pair.old: pair.new for pair in changes.renames}
    removed = set(changes.removals)
    copies: dict[str, list[str]] = {}
    for pair in dict.fromkeys(changes.copies):
        copies.setdefault(pair.old, []).append(pair.new)
    found: dict[str, Signature] = {}
    # Of entries with one key the last one counts, as in every protobuf map.
    for entry in {entry.key: entry for entry in layout.entries}.values():
        keys = [] if entry.key in removed else [(renamed.get(entry.key, entry.key), False)]
        for key, is_copy in (*keys, *((key, True) for key in copies.get(entry.key, ()))):
            if key in found:
                raise MigrateError(
                    f"two signatures would be called `{key}`; --remove or --rename the one that is there"
                )
            found[key] = Signature(key, entry, entry.message.value, is_copy)
    return found


def _with_keys(signature: Signature, renames: Iterable[KeyRename]) -> Signature:
    """The signature with other keys, all at once: two may be exchanged."""
    message = _copied(signature)
    inputs = _renamed(signature, "input", message.inputs, renames)
    outputs = _renamed(signature, "output", message.outputs, renames)
    _rename(message.defaults, inputs)
    if not inputs and not outputs:
        return signature
    return replace(signature, message=message, inputs=inputs, outputs=outputs)


def _renamed(signature: Signature, what: str, entries: Any, renames: Iterable[KeyRename]) -> dict[str, str]:
    """Renames the inputs or outputs; what is returned is which."""
    asked = {rename.old: rename.new for rename in renames if rename.what == what}
    there = sorted({entry.key for entry in entries})
    for old in asked:
        if old not in there:
            listed = ", ".join(f"`{key}`" for key in there) or "none"
            raise MigrateError(f"signature `{signature.key}` has no {what} `{old}`; it has: {listed}")
    changed = {old: new for old, new in asked.items() if old != new}
    for key, count in Counter(changed.get(key, key) for key in there).items():
        if count > 1:
            raise MigrateError(f"signature `{signature.key}` would have two {what}s `{key}`")
    _rename(entries, changed)
    return changed


def _rename(entries: Any, renames: Mapping[str, str]) -> None:
    if not renames:
        return
    for entry in entries:
        entry.key = renames.get(entry.key, entry.key)
    # A map is written in the order of its keys, and has each once: of several the last one counts.
    by_key = {entry.key: type(entry).FromString(entry.SerializeToString()) for entry in entries}
    del entries[:]
    entries.extend(by_key[key] for key in sorted(by_key, key=str.encode))


def _with_method(signature: Signature, method: MethodName) -> Signature:
    if signature.message.method_name == method.method_name:
        return signature
    message = _copied(signature)
    message.method_name = method.method_name
    if not method.method_name:
        message.ClearField("method_name")  # TensorFlow writes no field for an empty text.
    return replace(signature, message=message)


def _copied(signature: Signature) -> Any:
    message = new_message("SignatureDef")
    message.CopyFrom(signature.message)
    return message
