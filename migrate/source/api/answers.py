"""The answers of the look-up, as frozen values."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SIMPLE = re.compile(r"[\w.]+")


def _simple(text: str) -> bool:
    """Whether a text needs no parentheses around it."""
    return _SIMPLE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Argument:
    """How one argument of the TF2 call is made.

    Attributes:
        keyword: Its keyword; None where it is positional.
        source: The argument of the original call it is made from: its position, or its keyword. None where
            the text is a literal that is added.
        literal: The text of an added argument. It spells TensorFlow `tf`.
        template: What becomes of the source's text, `{}` standing for it. It spells TensorFlow `tf`.
        others: Further arguments of the original call, where the template takes more than one (`{0}`, `{1}`).
    """

    keyword: str | None
    source: int | str | None
    literal: str | None = None
    template: str = "{}"
    others: tuple[int | str, ...] = ()

    def render(self, texts: dict[int | str, str]) -> str:
        """The argument's text in the TF2 call, from the texts of the original arguments.

        Args:
            texts: The text of every argument of the original call, by position or keyword.
        """
        if self.source is None:
            made = self.literal or ""
        else:
            template = self.template
            if _simple(texts[self.source]):
                template = template.replace(" ({})", " {}")
            made = template.format(texts[self.source], *(texts[other] for other in self.others))
        return made if self.keyword is None else f"{self.keyword}={made}"


@dataclass(frozen=True, slots=True)
class Translation:
    """A TF2 spelling that computes exactly what the TF1 symbol does.

    Attributes:
        name: The dotted TF2 name below `tf.`, such as `math.reduce_sum`.
        arguments: The arguments of the TF2 call, in order. None: the argument list stays, letter for letter.
        wrap: What is put around the call, `{}` standing for it; nothing, for nearly all symbols.
    """

    name: str
    arguments: tuple[Argument, ...] | None = None
    wrap: str = "{}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """There is no TF2 spelling that surely computes the same.

    Attributes:
        reason: One sentence for the user.
        needs: What would change the answer: pairs of an argument of the call and the fact about it that
            `translate_call` would have to be given.
    """

    reason: str
    needs: tuple[tuple[int | str, str], ...] = ()
