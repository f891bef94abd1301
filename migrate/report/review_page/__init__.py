"""A review as one self-contained HTML page, for a pull request or an e-mail.

`page.py` renders it from `parts.py` (what is shown of files, items and sites), `overview.py` (the counts as bars),
`diff_html.py` (the diffs, with the syntax colours of `colours.py`) and `signatures.py` (the tables of signatures).
"""

from migrate.report.review_page.page import render_review_page

__all__ = ["render_review_page"]
