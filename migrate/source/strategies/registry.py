"""The strategies, in the order they are tried: best level first, and within a level the most particular first.

The native strategy for graphs built in the exporting function comes before all of them. It is not in the list,
because it plans all the exports of one graph together (migrate.source.strategies.native).
"""

from __future__ import annotations

from migrate.source.strategies.bridged import BRIDGED
from migrate.source.strategies.by_name import BY_NAME
from migrate.source.strategies.called import CALLED, CALLED_IMPORTED
from migrate.source.strategies.freezing.built import FREEZE_BUILT
from migrate.source.strategies.freezing.files import FREEZE_FILES
from migrate.source.strategies.freezing.live import FREEZE_LIVE
from migrate.source.strategies.freezing.meta_graph import FREEZE_META_GRAPH
from migrate.source.strategies.freezing.program import FREEZE_PROGRAM
from migrate.source.strategies.freezing.saved_model import FREEZE_SAVED_MODEL
from migrate.source.strategies.freezing.strategies import FREEZE_IN_OWN_GRAPH, FREEZE_IN_SESSION, FREEZE_KERAS
from migrate.source.strategies.frozen.alone import GRAPH_ALONE, GRAPH_ALONE_IN_SESSION_CODE
from migrate.source.strategies.frozen.graph import FROZEN_GRAPH
from migrate.source.strategies.imported.graph import IMPORTED_GRAPH, IMPORTED_IN_SESSION_CODE
from migrate.source.strategies.inlined import INLINED
from migrate.source.strategies.keras.model import KERAS_MODEL
from migrate.source.strategies.loading.in_session import LOADED_IN_SESSION
from migrate.source.strategies.loading.meta_graph import META_GRAPH
from migrate.source.strategies.loading.own_graph import LOADED_IN_OWN_GRAPH
from migrate.source.strategies.loading.predictor import PREDICTOR
from migrate.source.strategies.loading.saved_model_loader import LOADED_SIGNATURE, LOADED_TENSORS
from migrate.source.strategies.other_modules import OTHER_MODULES
from migrate.source.strategies.restored.graph import RESTORED_GRAPH
from migrate.source.strategies.reworded import OWN_GRAPHS, REWORDED, REWORDED_SESSION
from migrate.source.strategies.site_plan import Strategy
from migrate.source.strategies.wrapping.graph_code import GRAPH_CODE
from migrate.source.strategies.wrapping.live import LIVE_SESSION
from migrate.source.strategies.wrapping.program import PROGRAM

STRATEGIES: tuple[Strategy, ...] = (
    KERAS_MODEL,
    BY_NAME,
    INLINED,
    OTHER_MODULES,
    FREEZE_KERAS,
    FREEZE_META_GRAPH,
    FREEZE_SAVED_MODEL,
    FREEZE_BUILT,
    FREEZE_LIVE,
    FREEZE_PROGRAM,
    FREEZE_FILES,
    PREDICTOR,
    REWORDED,
    LOADED_SIGNATURE,
    FROZEN_GRAPH,
    RESTORED_GRAPH,
    LOADED_TENSORS,
    META_GRAPH,
    IMPORTED_GRAPH,
    GRAPH_CODE,
    CALLED,
    LIVE_SESSION,
    IMPORTED_IN_SESSION_CODE,
    CALLED_IMPORTED,
    REWORDED_SESSION,
    PROGRAM,
    GRAPH_ALONE,
    GRAPH_ALONE_IN_SESSION_CODE,
    OWN_GRAPHS,
    BRIDGED,
    FREEZE_IN_OWN_GRAPH,
    FREEZE_IN_SESSION,
    LOADED_IN_SESSION,
    LOADED_IN_OWN_GRAPH,
)
