"""Signatures that take serialized tf.Examples, made of signatures that take tensors.

`wrap.wrap_with_examples` changes a MetaGraphDef; `spec.parse_feature_specs`, `original.feature_specs_of` and
`vocabulary.parse_classes` read what a user says about it. Protos in, protos out; the model is not loaded.
"""
