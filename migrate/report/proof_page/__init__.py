"""The proof as one self-contained HTML page: what `verify --html` writes."""

from migrate.report.proof_page.asked import Asked
from migrate.report.proof_page.page import render_page
from migrate.report.proof_page.versions import Versions, these_versions
from migrate.report.proof_page.write import require_place, write_page

__all__ = ["Asked", "Versions", "render_page", "require_place", "these_versions", "write_page"]
