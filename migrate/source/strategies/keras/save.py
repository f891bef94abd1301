"""The save of functions over a Keras model, and what is put back after it."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from migrate.source.emit.helpers import (
    RESTORE_INPUT_KEYS,
    RESTORE_METHOD_NAMES,
    RESTORE_TAGS,
    SAVE_AS_TEXT,
    SET_METHOD_NAMES,
)
from migrate.source.emit.writer import CONTINUED
from migrate.source.sites import CLASSIFY, PREDICT, REGRESS, ExportSite, SignatureSource
from migrate.source.strategies.keras.code import FunctionWriter
from migrate.source.strategies.keras.free_keys import is_run_time
from migrate.source.strategies.keras.free_names import FreeNames
from migrate.source.view import ModuleView


class KerasSave:
    """The save of an export, and what is put back after it."""

    def __init__(
        self,
        view: ModuleView,
        site: ExportSite,
        names: FreeNames,
        writer: FunctionWriter,
        restored: Mapping[SignatureSource, dict[str, str]],
        tables: Sequence[str] = (),
    ) -> None:
        """Takes an export.

        Args:
            view: The module.
            site: What it says.
            names: Gives names for what stands beside it.
            writer: Writes the save.
            restored: The input keys that are put back: the texts of those that are saved, and of the keys.
            tables: The lookup tables that are saved, too.
        """
        self._view = view
        self._site = site
        self._names = names
        self._writer = writer
        self._restored = restored
        self._tables = tables

    def statements(self, directory: str, functions: Mapping[SignatureSource, str]) -> list[str]:
        """The statements of the save.

        Args:
            directory: The text of the export directory.
            functions: The name of the function of each signature.
        """
        entries = [(self._key(signature), functions[signature]) for signature in self._site.signatures]
        module = self._names.free("module")
        made = self._writer.save(module, directory, entries, self._tables)
        restored = [
            (self._key(signature), self._method(signature.method_name))
            for signature in self._site.signatures
            if signature.method_name != PREDICT
        ]
        if restored:
            names = "{\n" + "".join(f"{CONTINUED}{key}: {value},\n" for key, value in restored) + "}"
            made.append(f"{self._setter()}({directory}, {names})")
        if self._restored:
            made.append(f"{RESTORE_INPUT_KEYS}({directory}, {self._input_keys()})")
        if self._site.tags is not None:
            made.append(f"{RESTORE_TAGS}({directory}, {self._view.text_of(self._site.tags)})")
        as_text = self._site.as_text
        is_text = isinstance(as_text, ast.Constant) and bool(as_text.value)
        if as_text is not None and not isinstance(as_text, ast.Constant):
            made.append(f"if {self._view.text_of(as_text)}:\n\t{SAVE_AS_TEXT}({directory})")
        elif is_text:
            made.append(f"{SAVE_AS_TEXT}({directory})")
        tf = self._view.tf
        file = "saved_model.pbtxt" if is_text else "saved_model.pb"
        path = f'{tf}.io.gfile.join({tf}.compat.as_bytes({directory}), b"{file}")'
        match self._site.saved.node:
            case ast.Return():
                made.append(f"return {path}")
            case ast.Assign(targets=[ast.Name(id=name)]):
                made.append(f"{name} = {path}")
        return made

    def _input_keys(self) -> str:
        """The dictionary of the keys that are put back: signature -> saved key -> key."""
        entries: list[str] = []
        for signature, keys in self._restored.items():
            inner = "".join(f"{CONTINUED}{CONTINUED}{saved}: {key},\n" for saved, key in keys.items())
            entries.append(f"{CONTINUED}{self._key(signature)}: {{\n{inner}{CONTINUED}}},\n")
        return "{\n" + "".join(entries) + "}"

    def helpers(self) -> list[str]:
        """The functions that the save needs."""
        found = [self._setter()] if any(s.method_name != PREDICT for s in self._site.signatures) else []
        found += [RESTORE_INPUT_KEYS] if self._restored else []
        found += [RESTORE_TAGS] if self._site.tags is not None else []
        as_text = self._site.as_text
        if as_text is not None and not (isinstance(as_text, ast.Constant) and not as_text.value):
            found.append(SAVE_AS_TEXT)
        return found

    def _setter(self) -> str:
        bound = any("migrate" in scope.bindings for scope in self._view.symbols.scopes())
        return SET_METHOD_NAMES if self._view.settings.depend_on_migrate and not bound else RESTORE_METHOD_NAMES

    def _method(self, name: str) -> str:
        known = {CLASSIFY: "CLASSIFY_METHOD_NAME", REGRESS: "REGRESS_METHOD_NAME"}
        return f"{self._view.tf}.saved_model.{known[name]}" if name in known else repr(name)

    def _key(self, signature: SignatureSource) -> str:
        node = signature.key_node
        if node is not None and not isinstance(node, ast.Constant):
            text = self._view.text_of(node)
            if is_run_time(signature.key) or (text.startswith(f"{self._view.tf}.saved_model.") and len(text) < 80):
                return text
        return key_text(signature.key)


def key_text(key: str) -> str:
    """A key as a literal."""
    return f'"{key}"' if '"' not in key and "\\" not in key and key.isprintable() else repr(key)
