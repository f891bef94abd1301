"""`tf-migrate verify --recheck FILE [AFTER]`: a recorded proof, run again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.cli.output import out, wants_colour
from migrate.cli.scripts import announce

if TYPE_CHECKING:
    from migrate.cli.scripts import ScriptOptions
    from migrate.verify import Comparison
    from migrate.verify.scripts import ScriptComparison


def recheck_command(
    file: Path, after: Path | None, options: ScriptOptions, *, as_json: bool
) -> ScriptComparison | Comparison:
    """Runs a proof again, and prints the report: that of two scripts, or of two models."""
    from shutil import get_terminal_size

    from migrate.report import script_verification, script_verification_json, verification
    from migrate.verify import Comparison
    from migrate.verify.record.recheck import recheck

    found = recheck(
        file,
        after,
        timeout=options.timeout,
        network=options.network,
        environment=options.added,
        announce=announce,
    )
    width, colour = get_terminal_size((110, 24)).columns, wants_colour(sys.stdout)
    if isinstance(found, Comparison):
        out(verification.to_json(found) if as_json else verification.render_text(found, colour=colour, width=width))
    elif as_json:
        out(script_verification_json.to_json(found))
    else:
        out(script_verification.render_text(found, colour=colour, width=width))
    return found
