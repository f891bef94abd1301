"""What the pages share: style sheets, scripts and data that lie in the page itself, and no others."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any


def source_hash(text: str) -> str:
    """What a Content-Security-Policy calls a style sheet or a script that lies in the page."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def script_json(value: Any) -> str:
    """JSON that may stand in a script element: nothing in it can end the element."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
