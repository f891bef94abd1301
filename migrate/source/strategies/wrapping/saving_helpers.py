"""The functions that a file brings along for what `tf.saved_model.save` leaves to do."""

from __future__ import annotations

from migrate.source.emit.helpers import HELPER_IMPORTS, HELPERS, RESTORE_INPUT_KEYS, RESTORE_TAGS, SAVE_AS_TEXT
from migrate.source.strategies.wrapping.class_text import Saving
from migrate.source.strategies.wrapping.keys import HELPER as KEY_HELPER
from migrate.source.strategies.wrapping.keys import IMPORT as KEY_IMPORT


def saving_helpers(saving: Saving, tensorflow: str) -> tuple[list[str], list[str]]:
    """The texts of the functions, and their imports.

    Args:
        saving: What is done beside saving.
        tensorflow: What TensorFlow is called.
    """
    helpers = [saving.setter] if saving.setter is not None else []
    helpers += [RESTORE_INPUT_KEYS] if saving.keys else []
    helpers += [RESTORE_TAGS] if saving.tags is not False else []
    helpers += [SAVE_AS_TEXT] if saving.text else []
    texts = [HELPERS[helper].replace("TF", tensorflow) for helper in helpers if helper in HELPERS]
    imports = [line for helper in helpers for line in HELPER_IMPORTS.get(helper, [])]
    if saving.keys:
        texts.append(KEY_HELPER.replace("TF", tensorflow))
        imports.append(KEY_IMPORT)
    return texts, imports
