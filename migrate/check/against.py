"""What a client could notice when one model takes the place of another."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from migrate.check.changed import Difference, signature_differences
from migrate.check.results import Finding, Severity
from migrate.signatures.contract import Severity as Broken
from migrate.signatures.contract import api_of, violations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from migrate.signatures.model import MetaGraph, SignatureDef, TensorInfo

_SHOWN = 3


def against_findings(
    meta_graphs: Sequence[MetaGraph], originals: Sequence[MetaGraph], original: Path
) -> tuple[Finding, ...]:
    """Every difference that a client could notice.

    Args:
        meta_graphs: Of the model.
        originals: Of the model that it takes the place of.
        original: Where that one is, for commands that name it.
    """
    found: list[Finding] = []
    by_tags = {meta_graph.tags: meta_graph for meta_graph in meta_graphs}
    alone = len(meta_graphs) == len(originals) == 1
    for old in originals:
        new = by_tags.get(old.tags) or (meta_graphs[0] if alone else None)
        if new is None or new.tags != old.tags:
            found.append(_tags(old, meta_graphs))
        if new is not None:
            found += _meta_graph(old, new, original)
    return tuple(found)


def _tags(old: MetaGraph, meta_graphs: Sequence[MetaGraph]) -> Finding:
    there = "; ".join(",".join(meta_graph.tags) or "(none)" for meta_graph in meta_graphs)
    message = f"the original has a MetaGraph with the tags {','.join(old.tags) or '(none)'}; here there is: {there}"
    return Finding("tags", Severity.ERROR, message, remedy="export it with the original's tags")


def _meta_graph(old: MetaGraph, new: MetaGraph, original: Path) -> Iterator[Finding]:
    pairs: list[tuple[SignatureDef, SignatureDef]] = []
    missing = [signature for signature in old.signatures if signature.key not in new.by_key]
    added = [signature for signature in new.signatures if signature.key not in old.by_key]
    for signature in old.signatures:
        if signature.key in new.by_key:
            pairs.append((signature, new.by_key[signature.key]))
    for signature in missing:
        renamed = _renamed(signature, missing, added)
        if renamed is None:
            message = "is in the original, and not here"
            remedy = "export it as well"
            yield Finding("missing-signature", Severity.ERROR, message, new.tags, signature.key, remedy)
        else:
            added.remove(renamed)
            pairs.append((signature, renamed))
            message = f"is called `{signature.key}` in the original"
            options = ("--rename", f"{renamed.key}={signature.key}")
            yield Finding("renamed-signature", Severity.ERROR, message, new.tags, renamed.key, options=options)
    for signature in added:
        message = "is here, and not in the original"
        yield Finding("new-signature", Severity.NOTE, message, new.tags, signature.key)
    for before, after in pairs:
        yield from _signature(before, after, new.tags, original)
    yield from _tensor_names(pairs, new.tags, original)


def _renamed(
    signature: SignatureDef, missing: Iterable[SignatureDef], added: Iterable[SignatureDef]
) -> SignatureDef | None:
    """The one new signature that takes and returns the same, where no other one of the missing does."""
    fitting = [other for other in added if _form(other) == _form(signature)]
    rivals = [other for other in missing if _form(other) == _form(signature)]
    return fitting[0] if len(fitting) == len(rivals) == 1 else None


def _form(signature: SignatureDef) -> tuple[object, ...]:
    return tuple((info.key, info.dtype, info.kind) for info in signature.inputs), tuple(
        (info.key, info.dtype, info.kind) for info in signature.outputs
    )


def _signature(old: SignatureDef, new: SignatureDef, tags: tuple[str, ...], original: Path) -> Iterator[Finding]:
    differences, renamed = signature_differences(old, new)
    if old.method_name != new.method_name:
        yield _method_name(old, new, renamed, tags, original)
    for difference in differences:
        yield _finding(difference, tags, new.key)


def _finding(difference: Difference, tags: tuple[str, ...], key: str) -> Finding:
    return Finding(
        difference.rule, difference.severity, difference.message, tags, key, difference.remedy, difference.options
    )


def _method_name(
    old: SignatureDef, new: SignatureDef, renamed: SignatureDef, tags: tuple[str, ...], original: Path
) -> Finding:
    """`renamed` is the new signature with the original's keys, where renaming gives it them."""
    api = api_of(old.method_name)
    broken = [found for found in violations(renamed, api) if found.severity is Broken.ERROR] if api else []
    message = f"has the method name {_shown(new.method_name)}; in the original it is {_shown(old.method_name)}"
    if broken and api is not None:
        message += f", but {api.title} would refuse it: {broken[0].message}"
        return Finding("changed-method-name", Severity.ERROR, message, tags, new.key, broken[0].remedy)
    options = (f"--{api}", new.key) if api else ("--from", str(original))
    return Finding("changed-method-name", Severity.ERROR, message, tags, new.key, options=options)


def _shown(method_name: str) -> str:
    api = api_of(method_name)
    return api.value if api else method_name or "(none)"


def _tensor_names(
    pairs: Iterable[tuple[SignatureDef, SignatureDef]], tags: tuple[str, ...], original: Path
) -> Iterator[Finding]:
    """Clients of a SignatureDef need not know its tensors' names; C++ programs and old sessions may."""
    names: dict[str, str] = {}
    for old, new in pairs:
        found = {info.key: info.name for info in new.inputs}, {info.key: info.name for info in new.outputs}
        for infos, there in zip((old.inputs, old.outputs), found, strict=True):
            names.update({info.name: there[info.key] for info in infos if _differs(info, there)})
    if not names:
        return
    shown = ", ".join(f"{old} is now {new}" for old, new in list(names.items())[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    yield Finding(
        "tensor-names",
        Severity.NOTE,
        f"only clients that feed or fetch by tensor name notice: {shown}{more}",
        tags,
        remedy=f"`tf-migrate restore --tensor-names --from {shlex.quote(str(original))}` brings the names back",
    )


def _differs(info: TensorInfo, there: dict[str, str]) -> bool:
    return bool(info.name and there.get(info.key)) and there[info.key] != info.name
