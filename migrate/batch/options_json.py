"""The options of a run as JSON, so that it can be gone on with."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

from migrate.batch.job import Commit, Form, Limits, Options
from migrate.results import Level
from migrate.settings import Settings
from migrate.wrappers import Wrapper


def to_json(options: Options) -> str:
    """The options as one line of JSON."""
    return json.dumps(asdict(options), sort_keys=True)


def from_json(text: str) -> Options:
    """The options that `to_json` wrote.

    Raises:
        ValueError: It did not write this.
    """
    try:
        return _options(json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not the options of a run: {error}") from error


def _options(told: dict[str, Any]) -> Options:
    settings = dict(told.pop("settings"))
    settings["level"] = Level(settings["level"]) if settings["level"] is not None else None
    settings["wrappers"] = tuple(_made(Wrapper, one) for one in settings["wrappers"])
    return Options(
        settings=_made(Settings, settings),
        form=Form(told.pop("form")),
        commit=Commit(**told.pop("commit")),
        limits=Limits(**told.pop("limits")),
        **told,
    )


def _made(kind: type[Any], told: dict[str, Any]) -> Any:
    """A data class whose lists are tuples."""
    names = {field.name for field in fields(kind)}
    unknown = sorted(told.keys() - names)
    if unknown:
        raise ValueError(f"not the options of a run: unknown {unknown[0]!r}")
    return kind(**{name: _frozen(value) for name, value in told.items()})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
