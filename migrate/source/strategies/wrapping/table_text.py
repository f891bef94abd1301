"""The text of what a class needs to save a graph with lookup tables: tables that are filled when the model is loaded."""

from __future__ import annotations

CLASS = "GraphTable"
IMPORT = "import uuid"


def table_class(name: str, tf: str, uuid: str) -> str:
    """The class of a table.

    Args:
        name: Of the class.
        tf: How the module spells TensorFlow.
        uuid: How it spells `uuid`.
    """
    lines = [
        f"class {name}({tf}.saved_model.experimental.TrackableResource):",
        '\t"""A lookup table of a graph, which is made and filled whenever the model is loaded."""',
        "",
        "\tdef __init__(self, operation):",
        "\t\tsuper().__init__()",
        '\t\tself._dtypes = [operation.get_attr(a) for a in ("key_dtype", "value_dtype")]',
        "\t\t# Two models in one program share no table.",
        f'\t\tself._name = f"{{operation.name}}_{{{uuid}.uuid4()}}"',
        "\t\tself.fills = []",
        "\t\t# Made here, and not in the first graph that looks something up.",
        "\t\tassert self.resource_handle is not None",
        "",
        "\tdef _create_resource(self):",
        "\t\tkey_dtype, value_dtype = self._dtypes",
        f"\t\treturn {tf}.raw_ops.HashTableV2(",
        "\t\t\vkey_dtype=key_dtype, value_dtype=value_dtype, shared_name=self._name",
        "\t\t)",
        "",
        "\tdef _initialize(self):",
        "\t\tfor fill, assets in self.fills:",
        "\t\t\tfill(*[asset.asset_path for asset in assets])",
    ]
    return "\n".join(lines)


def saved_resources(assets: str | None) -> list[str]:
    """The lines of a save that hand tables and files to the module that is saved.

    Args:
        assets: The parameter with the tensors of further files that go along.
    """
    lines = ["\t\t\tmodule.tables = list(self._tables.values())"]
    if assets is not None:
        lines += [f"\t\t\tfor tensor in {assets} or ():", "\t\t\t\tself._asset(tensor.name)"]
    return [*lines, "\t\t\tmodule.assets = list(self._assets.values())"]


def filling(tf: str, graph: str, function: str) -> list[str]:
    """The methods that find out what fills the tables of a graph.

    Args:
        tf: How the module spells TensorFlow.
        graph: The graph.
        function: What makes functions of it, from the names of tensors to those of operations.
    """
    return [
        "\tdef _fill_tables(self):",
        f'\t\tpaths = [t.name for t in {graph}.get_collection("asset_filepaths")]',
        f'\t\tfor op in {graph}.get_collection("table_initializer"):',
        "\t\t\tnames = [tensor.name for tensor in op.inputs]",
        "\t\t\tif not names or names[0] not in self._tables:",
        "\t\t\t\tcontinue",
        "\t\t\tfiles = [name for name in names if name in paths]",
        f"\t\t\tfill = {function}(files, [op.name])",
        "\t\t\tfor one in fill.graph.get_operations():",
        '\t\t\t\tif one.type == "ReadVariableOp":',
        '\t\t\t\t\traise ValueError(f"{op.name}: a table depends on a variable")',
        "\t\t\tassets = [self._asset(name) for name in files]",
        "\t\t\tself._tables[names[0]].fills.append((fill, assets))",
        "",
        "\tdef _asset(self, name):",
        '\t\t"""The file at a path that the graph holds, which becomes one of the model."""',
        "\t\tif name not in self._assets:",
        f"\t\t\ttensor = {graph}.get_tensor_by_name(name)",
        f"\t\t\tpath = {tf}.compat.as_str({tf}.get_static_value(tensor).item())",
        f"\t\t\tself._assets[name] = {tf}.saved_model.Asset(path)",
        "\t\treturn self._assets[name]",
        "",
    ]
