"""The methods for lookup tables of a graph, and for the files that fill them."""

from __future__ import annotations

from migrate.source.strategies.restored.needs import Needs


def named_files(tf: str, needs: Needs) -> list[str]:
    """The files that a graph names, by the tensors that do."""
    return [
        "\t\tself._files = {",
        f"\t\t\vt.name: {tf}.compat.as_str({tf}.get_static_value(t).item())",
        '\t\t\vfor t in self.get_collection("asset_filepaths")',
        "\t\t}",
        *_all_files(needs),
    ]


def stored_files(needs: Needs) -> list[str]:
    """The files of a SavedModel, by the tensors that name them."""
    return [
        "\t\tself._files = loader_impl.get_asset_tensors(export_dir, self.meta_graph)",
        *_all_files(needs),
    ]


def _all_files(needs: Needs) -> list[str]:
    return ["\t\tfor name in self._files:", "\t\t\tself._asset(name)"] if needs.files else []


def table_methods(tf: str, needs: Needs) -> list[str]:
    """What makes the tables of a graph, and the files that fill them."""
    return [
        "\tdef _add_table(self, op):",
        "\t\tif op.name in self.module.tables:",
        "\t\t\treturn",
        f"\t\ttable = self.module.tables[op.name] = {needs.tables}(op)",
        '\t\tfor fill in self.get_collection("table_initializer"):',
        "\t\t\tif not fill.inputs or fill.inputs[0].op.name != op.name:",
        "\t\t\t\tcontinue",
        f"\t\t\twith self.as_default(), {tf}.control_dependencies([fill]):",
        f"\t\t\t\tsize = {tf}.raw_ops.LookupTableSizeV2(table_handle=fill.inputs[0])",
        "\t\t\tfiles = [t for t in fill.inputs if t.name in self._files]",
        "\t\t\tassets = [self._asset(t.name) for t in files]",
        "\t\t\ttable.fills.append((self.function(files, [size]), assets))",
        *(["\t\ttable._initialize()"] if needs.called else []),
        "",
        "\tdef _asset(self, name):",
        "\t\tassets = self.module.assets",
        "\t\tif name not in assets:",
        f"\t\t\tassets[name] = {tf}.saved_model.Asset(self._files[name])",
        "\t\treturn assets[name]",
        "",
    ]
