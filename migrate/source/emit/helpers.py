"""Functions that rewritten files bring along, for what `tf.saved_model.save` leaves to do."""

from __future__ import annotations

RESTORE_METHOD_NAMES = "_restore_method_names"
SET_METHOD_NAMES = "migrate.set_method_names"
SAVE_AS_TEXT = "_save_as_text"
RESTORE_TAGS = "_restore_tags"
RESTORE_INPUT_KEYS = "_restore_input_keys"

HELPERS: dict[str, str] = {
    RESTORE_METHOD_NAMES: f'''def {RESTORE_METHOD_NAMES}(export_dir, method_names):
\t"""Sets the method names of signatures, which TF.saved_model.save cannot."""
\tutils = TF.compat.v1.saved_model.signature_def_utils
\tupdater = utils.MethodNameUpdater(export_dir)
\tfor key, method_name in method_names.items():
\t\tupdater.replace_method_name(signature_key=key, method_name=method_name)
\tupdater.save()
\t# The fingerprint covers the signatures, too.
\tfingerprinting_utils.write_fingerprint(TF.compat.as_str(export_dir))''',
    RESTORE_INPUT_KEYS: f'''def {RESTORE_INPUT_KEYS}(export_dir, keys):
	"""Sets keys of inputs that are no names of Python arguments, which TF.saved_model.save cannot."""
	path = TF.io.gfile.join(TF.compat.as_str(export_dir), "saved_model.pb")
	with TF.io.gfile.GFile(path, "rb") as file:
		saved_model = saved_model_pb2.SavedModel.FromString(file.read())
	for signature_key, names in keys.items():
		inputs = saved_model.meta_graphs[0].signature_def[signature_key].inputs
		for name, key in names.items():
			inputs[key].CopyFrom(inputs[name])
			del inputs[name]
	with TF.io.gfile.GFile(path, "wb") as file:
		file.write(saved_model.SerializeToString(deterministic=True))
	# The fingerprint covers the signatures, too.
	fingerprinting_utils.write_fingerprint(TF.compat.as_str(export_dir))''',
    RESTORE_TAGS: f'''def {RESTORE_TAGS}(export_dir, tags):
	"""Sets the tags of a model; TF.saved_model.save always writes the one tag serve."""
	path = TF.io.gfile.join(TF.compat.as_str(export_dir), "saved_model.pb")
	with TF.io.gfile.GFile(path, "rb") as file:
		saved_model = saved_model_pb2.SavedModel.FromString(file.read())
	saved_model.meta_graphs[0].meta_info_def.tags[:] = tags
	with TF.io.gfile.GFile(path, "wb") as file:
		file.write(saved_model.SerializeToString(deterministic=True))
	# The fingerprint covers the tags, too.
	fingerprinting_utils.write_fingerprint(TF.compat.as_str(export_dir))''',
    SAVE_AS_TEXT: f'''def {SAVE_AS_TEXT}(export_dir):
\t"""Turns saved_model.pb into saved_model.pbtxt."""
\tpath = TF.io.gfile.join(TF.compat.as_str(export_dir), "saved_model.pb")
\twith TF.io.gfile.GFile(path, "rb") as binary:
\t\tsaved_model = saved_model_pb2.SavedModel.FromString(binary.read())
\twith TF.io.gfile.GFile(path + "txt", "w") as text:
\t\ttext.write(text_format.MessageToString(saved_model))
\tTF.io.gfile.remove(path)''',
}
"""The text of each, where `TF` stands for TensorFlow."""

HELPER_IMPORTS: dict[str, list[str]] = {
    SET_METHOD_NAMES: ["import migrate"],
    RESTORE_METHOD_NAMES: ["from tensorflow.python.saved_model import fingerprinting_utils"],
    RESTORE_INPUT_KEYS: [
        "from tensorflow.core.protobuf import saved_model_pb2",
        "from tensorflow.python.saved_model import fingerprinting_utils",
    ],
    RESTORE_TAGS: [
        "from tensorflow.core.protobuf import saved_model_pb2",
        "from tensorflow.python.saved_model import fingerprinting_utils",
    ],
    SAVE_AS_TEXT: [
        "from google.protobuf import text_format",
        "from tensorflow.core.protobuf import saved_model_pb2",
    ],
}
"""What they, or the functions of `migrate` in their place, need to be imported."""
