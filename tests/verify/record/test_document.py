import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from recorded import proofs, same

from migrate.verify.record.arrays import ArrayReader, ArrayWriter
from migrate.verify.record.document import from_json, to_json
from migrate.verify.record.proof import Proof, ProvedOutput, Subject


@given(proofs)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_round_trip(proof: Proof):
    writer = ArrayWriter()
    text = json.dumps(to_json(proof, writer))
    assert same(from_json(json.loads(text), ArrayReader(writer.content())), proof)


def test_what_a_reviewer_reads(proof: Proof):
    model = replace(proof.exports[0].models[0], proved=(("double", (ProvedOutput("y", "float32", 4, 0.0, 0.0),)),))
    proof = replace(proof, exports=(replace(proof.exports[0], models=(model,)),))
    found = to_json(proof, ArrayWriter())
    assert found["compared"] == "models"
    assert found["before"] == {"path": "old", "sha256": "00"}
    assert found["tolerances"] == {"float32": {"rtol": 1e-5, "atol": 1e-6, "scale": 64 * 2.0**-23}}
    (model,) = found["exports"][0]["models"]
    assert model["proved"]["double"]["y"]["elements"] == 4
    assert model["calls"][1] == {
        "signature": "double",
        "sample": "3 rows",
        "rows": 3,
        "inputs": {"x": "float32[3] #2"},
        "outputs": {"y": "float32[3] #3"},
    }


def test_of_scripts_it_says_what_ran_them(proof: Proof):
    found = to_json(replace(proof, scripts=True, before=Subject("b.py", "0", "3.7", "1.15", True, 1.0)), ArrayWriter())
    assert found["before"] == {
        "path": "b.py",
        "sha256": "0",
        "python": "3.7",
        "tensorflow": "1.15",
        "as_v1": True,
        "seconds": 1.0,
    }


@pytest.mark.parametrize("text", ["float32[3]", "#3", "float32[3,] #1", "float32[-1] #0", "[] #0", "float32[3] #99"])
def test_a_name_of_no_array_is_an_error(proof: Proof, text: str):
    writer = ArrayWriter()
    found = to_json(proof, writer)
    found["exports"][0]["models"][0]["calls"][0]["inputs"]["x"] = text
    with pytest.raises(ValueError, match=r".+"):
        from_json(found, ArrayReader(writer.content()))
