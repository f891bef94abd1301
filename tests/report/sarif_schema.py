"""What SARIF 2.1.0 asks of the objects that tf-migrate writes, for tests.

Told by the specification (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, section 3). It allows less
than the schema of the standard: of each object only the properties that are written here.
"""

from __future__ import annotations

import json

import jsonschema


def _object(required: str = "", **properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


def _array(items: object, **more: object) -> dict[str, object]:
    return {"type": "array", "items": items, **more}


_TEXT = {"type": "string", "minLength": 1}
_ONE = {"type": "integer", "minimum": 1}
_INDEX = {"type": "integer", "minimum": 0}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_MESSAGE = _object("text", text=_TEXT)
_REGION = _object("startLine", startLine=_ONE, startColumn=_ONE, endLine=_ONE, endColumn=_ONE)
_ARTIFACT = _object("uri", uri={"type": "string", "pattern": "^[!-~]+$"}, uriBaseId={"const": "%SRCROOT%"})
_PHYSICAL = _object("artifactLocation", artifactLocation=_ARTIFACT, region=_REGION)
_LOGICAL = _object("name", name=_TEXT, fullyQualifiedName=_TEXT, kind=_TEXT)
_LOCATION = _object("physicalLocation", physicalLocation=_PHYSICAL, logicalLocations=_array(_LOGICAL))
_RELATED = _object("id physicalLocation message", id=_INDEX, physicalLocation=_PHYSICAL, message=_MESSAGE)
_REPLACEMENT = _object("deletedRegion", deletedRegion=_REGION, insertedContent=_object("text", text=_TEXT))
_CHANGE = _object(
    "artifactLocation replacements", artifactLocation=_ARTIFACT, replacements=_array(_REPLACEMENT, minItems=1)
)
_FIX = _object("artifactChanges", description=_MESSAGE, artifactChanges=_array(_CHANGE, minItems=1, uniqueItems=True))
_RESULT = _object(
    "ruleId ruleIndex level message locations",
    ruleId=_TEXT,
    ruleIndex=_INDEX,
    level=_LEVEL,
    message=_MESSAGE,
    locations=_array(_LOCATION, minItems=1, maxItems=1),
    relatedLocations=_array(_RELATED, uniqueItems=True, minItems=1),
    partialFingerprints={"type": "object", "additionalProperties": _TEXT},
    fixes=_array(_FIX, uniqueItems=True, minItems=1),
    properties={"type": "object", "additionalProperties": _TEXT},
)
_RULE = _object(
    "id shortDescription",
    id=_TEXT,
    name=_TEXT,
    shortDescription=_MESSAGE,
    fullDescription=_MESSAGE,
    help=_object("text", text=_TEXT, markdown=_TEXT),
    defaultConfiguration=_object("level", level=_LEVEL),
)
_RUN = _object(
    "tool results columnKind",
    tool=_object(
        "driver",
        driver=_object("name version rules", name=_TEXT, version=_TEXT, rules=_array(_RULE, uniqueItems=True)),
    ),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    newlineSequences=_array(_TEXT, uniqueItems=True, minItems=1),
    originalUriBaseIds=_object(**{"%SRCROOT%": _object("description", description=_MESSAGE)}),
    results=_array(_RESULT),
)
_LOG = _object(
    "$schema version runs",
    **{"$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"}},
    runs=_array(_RUN, minItems=1, maxItems=1),
)


def checked(text: str) -> dict[str, object]:
    """The one run of a log that is valid; fails where the log is not.

    Args:
        text: The log.
    """
    log = json.loads(text)
    jsonschema.validate(log, _LOG)
    (run,) = log["runs"]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(ids)) == len(ids)
    bases = run.get("originalUriBaseIds", {})
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        (location,) = result["locations"]
        artifact = location["physicalLocation"]["artifactLocation"]
        # Either a whole URI, or a reference relative to a base that the log declares.
        assert ("uriBaseId" in artifact) != artifact["uri"].startswith("file:///") or not bases
        for change in (change for fix in result.get("fixes", ()) for change in fix["artifactChanges"]):
            regions = [one["deletedRegion"] for one in change["replacements"]]
            starts = [(region["startLine"], region["startColumn"]) for region in regions]
            ends = [(region["endLine"], region["endColumn"]) for region in regions]
            assert all(start <= end for start, end in zip(starts, ends, strict=True))
            assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
            inserted = ["insertedContent" in one for one in change["replacements"]]
            assert all(new or start != end for new, start, end in zip(inserted, starts, ends, strict=True))
    return run
