"""A change as a mail, as `git format-patch` makes it and `git am` takes it."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterable
from email.header import Header

from migrate.report.text import one_line
from migrate.results import Result

AUTHOR = "tf-migrate <tf-migrate@localhost>"
"""Who has made a change, where nobody says."""
SUBJECT = "Export with TensorFlow 2"
"""The first line of its message, where nobody says."""

_EPOCH = "Mon Sep 17 00:00:00 2001"
_LONGEST_LINE = 900


def mail(author: str, subject: str, body: str, diff: bytes, number: int = 1, count: int = 1) -> bytes:
    """Makes a mail of one change; several of them, one behind the other, are a mailbox.

    Args:
        author: `Name <address>`.
        subject: The first line of the message.
        body: The rest of the message; no line may look like the start of a patch, as `changes` sees to.
        diff: The change.
        number: Which of the changes it is, from 1.
        count: How many there are.

    Returns:
        The mail. Carriage returns, other encodings than UTF-8 and long lines travel in Base64.
    """
    prefix = f"[PATCH {number}/{count}]" if count > 1 else "[PATCH]"
    text = body.encode("utf-8", "surrogateescape") + b"\n---\n" + diff + b"-- \ntf-migrate\n\n"
    plain = b"\r" not in text and _is_utf8(text) and max(map(len, text.split(b"\n"))) < _LONGEST_LINE
    head = [
        f"From {'0' * 40} {_EPOCH}",
        f"From: {_encoded(author)}",
        f"Subject: {prefix} {_encoded(subject)}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        f"Content-Transfer-Encoding: {'8bit' if plain else 'base64'}",
    ]
    return ("\n".join(head) + "\n\n").encode() + (text if plain else base64.encodebytes(text) + b"\n")


def changes(results: Iterable[Result]) -> str:
    """What the body of a message says about changed files: `- a.py: native (TFM001, line 3)`.

    Args:
        results: Those that change, with the paths to be shown.

    Returns:
        A line or more for each. All start so that git takes none of them for a header or for the patch.
    """
    lines = []
    for result in results:
        said = ", ".join(f"{site.level} ({site.rule}, {site.where})" for site in result.sites) or result.because
        text = one_line(f"- {result.path}: {said}" if said else f"- {result.path}")
        lines += textwrap.wrap(text, 76, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode(maxlinelen=10_000)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
