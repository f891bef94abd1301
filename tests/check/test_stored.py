from migrate.check.stored import Stored
from migrate.signatures.model_file import open_model


def test_words_are_looked_for_in_the_graph_alone(saved_model, meta_graph):
    def other(saved):
        meta_graph(saved, {"ParseExample": ("predict", {}, {"y": "float32[?]"})}, ("train",))

    model = saved_model({"serving_default": ("predict", {}, {"y": "float32[?]"})}, other, parses=True)
    with open_model(model) as opened:
        first, second = (Stored(opened.buffer, layout) for layout in opened.meta_graphs)
        assert first.mentions(b"ParseExample")
        assert not first.mentions(b"ParseSingleExample")
        assert not second.mentions(b"ParseExample")
        in_memory = Stored(memoryview(bytes(opened.buffer)), opened.meta_graphs[0])
        assert in_memory.mentions(b"ParseExample")


def test_the_whole_message(saved_model):
    model = saved_model({"serving_default": ("predict", {}, {"y": "float32[?]"})}, parses=True)
    with open_model(model) as opened:
        stored = Stored(opened.buffer, opened.meta_graphs[0])
        assert [node.op for node in stored.message.graph_def.node] == ["ParseExampleV2"]
        assert list(stored.message.signature_def) == [one.key for one in stored.meta_graph.signatures]
