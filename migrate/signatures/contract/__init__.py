"""What TensorFlow Serving's Predict, Classify and Regress APIs demand of a SignatureDef.

Sources: tensorflow_serving/servables/tensorflow/{predict_util,classifier,regressor,util}.cc,
tensorflow/core/graph/subgraph.cc for what a session refuses, and
https://www.tensorflow.org/tfx/serving/signature_defs

The server feeds and fetches by `TensorInfo.name` alone: it looks at neither the dtype nor the shape that a signature
declares. A wrong dtype fails in the session all the same; a declared shape of an input is compared with nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.signatures.contract.examples import classify, regress
from migrate.signatures.contract.predict import predict
from migrate.signatures.contract.terms import Api, Severity, Violation, api_of, takes_method_name

if TYPE_CHECKING:
    from migrate.signatures.model import SignatureDef

__all__ = ["Api", "Severity", "Violation", "api_of", "takes_method_name", "violations"]

_CHECKS = {Api.PREDICT: predict, Api.CLASSIFY: classify, Api.REGRESS: regress}


def violations(signature: SignatureDef, api: Api) -> tuple[Violation, ...]:
    """What keeps an API from taking a signature, its method name apart."""
    return tuple(_CHECKS[api](signature))
