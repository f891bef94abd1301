"""The rules of `tf-migrate check`: what each looks for, in a line. docs/check.md says more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVING: Mapping[str, str] = {
    "no-signatures": "a model without signatures cannot be called",
    "no-serving-default": "there is a `serving_default`, which clients get that name no signature",
    "no-serve-tag": "TensorFlow Serving loads the MetaGraph with the one tag `serve`",
    "not-served": "a MetaGraph that TensorFlow Serving does not load is not judged",
    "method-name": "a method name is that of Predict, Classify or Regress",
    "lost-method-name": "a signature made for Classify or Regress has their method name",
    "no-examples": "a signature that looks made for Classify or Regress parses no tf.Examples",
    "declared-dtype": "a signature declares the dtype that its tensor has",
}
CONTRACT: Mapping[str, str] = {
    "predict-outputs": "a Predict call has something to fetch",
    "predict-shared-input": "a tensor is fed once",
    "input-encoding": "inputs are dense tensors",
    "output-encoding": "outputs are dense tensors",
    "input-tensor": "inputs are tensors that can be sent",
    "output-tensor": "outputs are tensors that can be sent",
    "fed-and-fetched": "an output is no input",
    "batch-mismatch": "outputs agree on the number of examples",
    "fixed-batch": "the number of examples is open",
    "classify-input-count": "Classify takes one input",
    "classify-input-key": "Classify's input is called `inputs`",
    "classify-input-dtype": "Classify feeds strings",
    "classify-input-shape": "Classify feeds a vector",
    "classify-output-count": "Classify takes one or two outputs",
    "classify-output-keys": "Classify takes `classes` or `scores`, or both",
    "classify-classes-dtype": "`classes` are strings",
    "classify-classes-shape": "`classes` are [batch, classes]",
    "classify-scores-dtype": "`scores` are float32",
    "classify-scores-shape": "`scores` are [batch, classes]",
    "classify-width": "`classes` and `scores` have as many classes",
    "regress-input-count": "Regress takes one input",
    "regress-input-key": "Regress' input is called `inputs`",
    "regress-input-dtype": "Regress feeds strings",
    "regress-input-shape": "Regress feeds a vector",
    "regress-output-count": "Regress takes one output",
    "regress-output-key": "Regress' output is called `outputs`",
    "regress-output-dtype": "`outputs` are float32",
    "regress-output-shape": "`outputs` are [batch] or [batch, 1]",
}
XAI: Mapping[str, str] = {
    "xai-model": "of several signatures, AI Explanations takes `xai_model`",
    "xai-key": "the keys are exactly `xai_model` and `xai_preprocess`",
    "xai-names": "the outputs of `xai_preprocess` are called as the inputs of `xai_model`",
    "xai-dtype": "the outputs of `xai_preprocess` have the dtypes of the inputs of `xai_model`",
    "xai-shape": "the outputs of `xai_preprocess` fit the shapes of the inputs of `xai_model`",
    "xai-batch": "the first dimension of every input is the batch",
    "xai-dense": "AI Explanations takes dense inputs",
}
AGAINST: Mapping[str, str] = {
    "tags": "every MetaGraph of the original is there, under its tags",
    "missing-signature": "every signature of the original is there",
    "renamed-signature": "signatures keep their keys",
    "new-signature": "signatures that the original does not have",
    "changed-method-name": "method names are the original's",
    "missing-input": "the original's inputs are taken",
    "missing-output": "the original's outputs are returned",
    "renamed-input": "inputs keep their keys",
    "renamed-output": "outputs keep their keys",
    "new-input": "no input has to be given that the original did not take",
    "new-output": "outputs that the original does not have",
    "changed-dtype": "dtypes are the original's",
    "changed-encoding": "what was dense, sparse or composite stays so",
    "changed-shape": "what fitted the original's shapes still fits",
    "changed-default": "inputs that could be left out still can",
    "rest-format": "REST answers keep their form",
    "tensor-names": "clients that feed and fetch tensors by name find them",
}
RUNTIME: Mapping[str, str] = {
    "runtime-op": "the runtime has every operation",
    "runtime-attribute": "the runtime takes every attribute, with its value",
    "runtime-encoding": "the runtime can describe every signature",
    "runtime-custom-op": "custom operations need their libraries",
}
RUN: Mapping[str, str] = {
    "run-load": "TensorFlow loads the model",
    "run-result": "an answer is what the API demands",
    "run-refused": "the model takes the tf.Examples made for it",
    "run-skipped": "there was something to call, and it could be called",
}
RULES: Mapping[str, str] = {**SERVING, **CONTRACT, **XAI, **AGAINST, **RUNTIME, **RUN}
