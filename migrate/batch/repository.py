"""Which repositories a run is about, and how they are named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from migrate.errors import MigrateError
from migrate.places import absolute

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_SCP = re.compile(r"(?:[^@/:\s]+@)?[^@/:\s]{2,}:(?!:)(?!\\)\S")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_SCHEMES = ("file", "https", "ssh")
_LOGIN = re.compile(r"^((?:[A-Za-z][A-Za-z0-9+.-]*://)?)[^/]*@")
_USER = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)@")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository of a run.

    Attributes:
        name: What its files are called below the output directory; each is there once.
        source: A directory, absolute, or an address that git can fetch from.
        ref: The branch, tag or commit; empty for what a directory holds, or for what an address's HEAD names.
    """

    name: str
    source: str
    ref: str = ""

    @property
    def is_directory(self) -> bool:
        """Whether it is a directory of this machine, and no address."""
        return not is_address(self.source)

    @property
    def is_fetched(self) -> bool:
        """Whether git has to bring it; else the files of a directory are taken as they are."""
        return bool(self.ref) or not self.is_directory


@dataclass(frozen=True, slots=True)
class Wanted:
    """A repository as the user names it.

    Attributes:
        source: A directory or an address.
        ref: The branch, tag or commit; empty for the one that is there.
        name: What to call it; empty to be made of the source.
    """

    source: str
    ref: str = ""
    name: str = ""


def is_address(source: str) -> bool:
    """Whether git is asked for a source: `scheme://...`, or `host:path` as ssh has it."""
    return _SCHEME.match(source) is not None or (_SCP.match(source) is not None and not Path(source).exists())


def repositories(wanted: Iterable[Wanted]) -> tuple[Repository, ...]:
    """The repositories of a run, each with a name of its own, in the order in which they are wanted.

    Args:
        wanted: The repositories as the user names them. One that is named twice with the same ref is taken once.

    Raises:
        MigrateError: A source or a ref is none that may be fetched.
    """
    found: dict[tuple[str, str], Repository] = {}
    taken: set[str] = set()
    for one in wanted:
        source = _source(one.source)
        refuse_ref(one.ref, one.source)
        if (source, one.ref) in found:
            continue
        name = _free(_name(one.name or _last_parts(source)), taken)
        taken.add(name.lower())
        found[source, one.ref] = Repository(name, source, one.ref)
    return tuple(found.values())


def without_password(source: str) -> str:
    """An address without the password in it, and over https without the user, who may be a token."""
    found = _USER.match(source)
    if found is None:
        return source
    user = f"{found[2].partition(':')[0]}@" if found[1].lower() == "ssh" else ""
    return f"{found[1]}://{user}{source[found.end() :]}"


def said_without_password(text: str, source: str) -> str:
    """A message without what `without_password` leaves out of an address: git repeats what it was called with."""
    found = _USER.match(source)
    if found is None:
        return text
    text = text.replace(source, without_password(source))
    return text if found[1].lower() == "ssh" and ":" not in found[2] else text.replace(f"{found[2]}@", "")


def _source(source: str) -> str:
    if not source.strip() or source.startswith("-") or "\0" in source or "\n" in source:
        raise MigrateError(f"{source!r}: not a repository; name a directory or a git address")
    scheme = _SCHEME.match(source)
    if scheme is not None:
        if scheme[1].lower() not in _SCHEMES:
            raise MigrateError(f"{source}: {scheme[1]} is not fetched from; use one of {', '.join(_SCHEMES)}")
        return source
    if is_address(source):
        return source
    if not Path(source).is_dir():
        raise MigrateError(f"{source}: no such directory; an address starts with https://, ssh:// or file://")
    return str(absolute(source))


def refuse_ref(ref: str, where: str) -> None:
    """Refuses what git would take for something else than the name of a branch, a tag or a commit.

    Args:
        ref: The name.
        where: What the message begins with.

    Raises:
        MigrateError: It is none.
    """
    # The rules of `git check-ref-format` that matter to who types one; git itself checks the rest.
    if (
        ref.startswith("-")
        or re.search(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//", ref)
        or ref.endswith(("/", ".lock", "."))
    ):
        raise MigrateError(f"{where}: {ref!r} is no branch, tag or commit")


def _last_parts(source: str) -> str:
    """The owner and the name of a repository, as most addresses end."""
    plain = _LOGIN.sub(r"\1", source).removesuffix("/").removesuffix(".git")
    parts = [part for part in re.split(r"[/:]", plain) if part]
    return "-".join(parts[-2:]) if is_address(source) else parts[-1] if parts else "root"


def _name(text: str) -> str:
    """A name that is safe as one of a file, everywhere."""
    return _UNSAFE.sub("-", text).strip("-.")[:_LONGEST] or "repository"


def _free(name: str, taken: set[str]) -> str:
    return next(one for one in _numbered(name) if one.lower() not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    count = 2
    while True:
        yield f"{name}-{count}"
        count += 1
