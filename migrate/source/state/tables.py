"""The TF2 code that makes lookup tables."""

from __future__ import annotations

import ast

from migrate.source.arguments import bind
from migrate.source.emit.writer import call as call_text
from migrate.source.kinds import Kind, Kinds
from migrate.source.specs import Specs
from migrate.source.state.arguments import Render, is_constant, is_none, source_of
from migrate.source.unprovable import NO_EQUAL, Unprovable


class TableCode:
    """Writes the calls of `tf.lookup`.

    Attributes:
        prelude: Statements that the code made so far needs before it.
    """

    def __init__(self, kinds: Kinds, tensorflow: str) -> None:
        self._kinds = kinds
        self._specs = Specs(kinds)
        self._tf = tensorflow
        self.prelude: list[str] = []

    def code(self, symbol: str, call: ast.Call, render: Render) -> str:
        """The call that makes a table.

        Raises:
            Unprovable: TF2 has no counterpart that is surely the same.
        """
        tf = self._tf
        last = symbol.rpartition(".")[2]
        names: tuple[str, ...]
        match last:
            case "index_table_from_file":
                names = ("vocabulary_file", "num_oov_buckets", "vocab_size", "default_value", "hasher_spec", "key_dtype", "name",
                         "key_column_index", "value_column_index", "delimiter")  # fmt: skip
                given = self._given(call, names, ("vocab_size", "hasher_spec", "key_dtype", "key_column_index",
                                                  "value_column_index", "delimiter"))  # fmt: skip
                index = f"{tf}.lookup.TextFileIndex"
                file = render(_need(given["vocabulary_file"], call))
                parts = [file, f"{tf}.string", f"{index}.WHOLE_LINE", f"{tf}.int64", f"{index}.LINE_NUMBER"]
                initializer = self._text("TextFileInitializer", parts)
                return self._ids(initializer, given, render)
            case "index_table_from_tensor":
                names = (
                    "vocabulary_list",
                    "num_oov_buckets",
                    "default_value",
                    "hasher_spec",
                    "dtype",
                    "name",
                )
                if any(keyword.arg == "mapping" for keyword in call.keywords) or symbol.startswith("contrib."):
                    names = ("mapping", *names[1:])
                given = self._given(call, names, ("hasher_spec", "dtype"))
                words = _need(given[names[0]], call)
                if self._specs.dtype(words) not in ("string", None):
                    raise Unprovable(NO_EQUAL, "the lookup table's keys are not strings", call)
                keys = self._vocabulary(words, render)
                ids = f"{tf}.range({tf}.size({keys}, out_type={tf}.int64))"
                return self._ids(self._text("KeyValueTensorInitializer", [keys, ids]), given, render)
            case "index_to_string_table_from_file":
                names = ("vocabulary_file", "vocab_size", "default_value", "name", "key_column_index", "value_column_index",
                         "delimiter")  # fmt: skip
                given = self._given(call, names, ("vocab_size", "key_column_index", "value_column_index", "delimiter"))
                index = f"{tf}.lookup.TextFileIndex"
                file = render(_need(given["vocabulary_file"], call))
                parts = [file, f"{tf}.int64", f"{index}.LINE_NUMBER", f"{tf}.string", f"{index}.WHOLE_LINE"]
                initializer = self._text("TextFileInitializer", parts)
                return self._words(initializer, given, render)
            case "index_to_string_table_from_tensor":
                names = ("vocabulary_list", "default_value", "name")
                if any(keyword.arg == "mapping" for keyword in call.keywords) or symbol.startswith("contrib."):
                    names = ("mapping", *names[1:])
                given = self._given(call, names, ())
                words = _need(given[names[0]], call)
                values = self._vocabulary(words, render)
                ids = f"{tf}.range({tf}.size({values}, out_type={tf}.int64))"
                return self._words(self._text("KeyValueTensorInitializer", [ids, values]), given, render)
            case "HashTable" | "StaticHashTable":
                given = self._given(call, ("initializer", "default_value", "shared_name", "name"), ())
                initializer = self._initializer(_need(given["initializer"], call), render)
                default = render(_need(given["default_value"], call))
                return self._text("StaticHashTable", [initializer, default])
        raise Unprovable(NO_EQUAL, f"the lookup table tf.{symbol} has no TF2 counterpart that is surely the same", call)

    def _initializer(self, node: ast.expr, render: Render) -> str:
        source = source_of(node, self._kinds.region)
        name = (self._kinds.symbol(source) or "") if isinstance(source, ast.Call) else ""
        last = name.rpartition(".")[2]
        names: tuple[str, ...]
        if isinstance(source, ast.Call) and last == "KeyValueTensorInitializer":
            names = ("keys", "values", "key_dtype", "value_dtype", "name")
            given = dict(zip(names, bind(source, names, required=2), strict=True))
            parts = [render(_need(given["keys"], source)), render(_need(given["values"], source))]
            parts += [f"{k}={render(v)}" for k in ("key_dtype", "value_dtype") if (v := given[k]) is not None]
            return self._text("KeyValueTensorInitializer", parts)
        if isinstance(source, ast.Call) and last == "TextFileInitializer":
            names = (
                "filename",
                "key_dtype",
                "key_index",
                "value_dtype",
                "value_index",
                "vocab_size",
                "delimiter",
                "name",
            )
            given = dict(zip(names, bind(source, names, required=5), strict=True))
            parts = [f"{render(_need(given[k], source))}" for k in names[:1]]
            for key in names[1:5]:
                parts.append(self._text_file_argument(key, _need(given[key], source), render))
            parts += [f"{k}={render(v)}" for k in ("vocab_size", "delimiter") if (v := given[k]) is not None]
            return self._text("TextFileInitializer", parts)
        raise Unprovable(NO_EQUAL, "the lookup table's initializer is not one of TensorFlow's", node)

    def _text_file_argument(self, key: str, node: ast.expr, render: Render) -> str:
        if key.endswith("index"):
            attribute = (self._kinds.region.resolve(node) or "").rpartition(".")[2]
            if attribute in ("WHOLE_LINE", "LINE_NUMBER"):
                return f"{self._tf}.lookup.TextFileIndex.{attribute}"
        return render(node)

    def _given(self, call: ast.Call, names: tuple[str, ...], unusual: tuple[str, ...]) -> dict[str, ast.expr | None]:
        given = dict(zip(names, bind(call, names, required=1), strict=True))
        for name in unusual:
            node = given[name]
            if node is None or is_none(node):
                continue
            if name in ("key_dtype", "dtype") and self._specs.dtype_name(node) == "string":
                continue
            raise Unprovable(NO_EQUAL, f"the lookup table is made with {name}", call)
        return given

    def _ids(self, initializer: str, given: dict[str, ast.expr | None], render: Render) -> str:
        buckets = given["num_oov_buckets"]
        if buckets is not None and not is_constant(buckets, 0):
            if not isinstance(buckets, ast.Constant):
                raise Unprovable(NO_EQUAL, "num_oov_buckets is only known at run time", buckets)
            return self._text("StaticVocabularyTable", [initializer, f"num_oov_buckets={render(buckets)}"])
        default = given["default_value"]
        return self._text("StaticHashTable", [initializer, render(default) if default is not None else "-1"])

    def _words(self, initializer: str, given: dict[str, ast.expr | None], render: Render) -> str:
        default = given["default_value"]
        text = render(default) if default is not None else '"UNK"'
        return self._text("StaticHashTable", [initializer, text])

    def _vocabulary(self, words: ast.expr, render: Render) -> str:
        """The words of a table, as the text of a tensor that may be written twice."""
        text = render(words)
        if self._kinds.of(words) is Kind.PYTHON:
            text = f"{self._tf}.constant({text})"
        if text.isidentifier():
            return text
        self.prelude.append(f"vocabulary = {text}")
        return "vocabulary"

    def _text(self, name: str, arguments: list[str]) -> str:
        """A call of `tf.lookup`, broken into lines where it is long."""
        return call_text(f"{self._tf}.lookup.{name}", arguments, depth=3)


def _need(node: ast.expr | None, call: ast.Call) -> ast.expr:
    if node is None:
        raise Unprovable(NO_EQUAL, f"{ast.unparse(call.func)} lacks an argument", call)
    return node
