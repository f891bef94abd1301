"""The report on a run as one self-contained HTML page."""

from migrate.report.batch_page.page import html_report

__all__ = ["html_report"]
