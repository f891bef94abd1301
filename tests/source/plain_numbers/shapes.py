"""The shapes of random programs; see `drafts` for their blanks."""

from __future__ import annotations

# ---- on top of the module -------------------------------------------------------------------------------------------

CONSTANTS = ("{U} = {n}",)

HELPERS = (
    "def {F}(a):\n    return a * {n} + {k}",
    "def {F}(a):\n    b = a + 1.0\n    b *= {n}\n    return b",
    "def {F}(a):\n    if {b}:\n        return a + {k}\n    return a * {n}",
    "def {F}(a):\n    w = tf.Variable({n}, name='hw')\n    return a * w + {k}",
    "def {F}(a, scope='{s}'):\n    with tf.variable_scope(scope, reuse=tf.AUTO_REUSE):\n"
    "        return a - tf.get_variable('w', [], initializer=tf.constant_initializer({n}))",
    "def {F}(a):\n    with tf.variable_scope(None, 'dense'):\n"
    "        return a + tf.get_variable('w', [], initializer=tf.constant_initializer({n}))",
    "def {F}(a):\n    def inner(b, k={k}):\n        return b * k + a\n    return inner(a - {n})",
    "def {F}(a):\n    for i, k in enumerate([{n}, {n}]):\n        a = a * k + i\n    return a",
    "def {F}(a):\n    parts = [a + k for k in ({n}, {n})]\n    return sum(parts)",
    "def {G}(a, k={k}):\n    return a * k + {k}",
    "def {G}(a, k={k}):\n    if k > 1.0:\n        a = a - k\n    return a",
    "def {G}(a, k=None):\n    k = k or {n}\n    return a * k",
    "def {G}(a, k={n}):\n    scale = lambda b: b * k\n    k = {n}\n    return scale(a)",
    "def {Q}(a, k={n}):\n    b = a * k\n    return b, a - {k}",
    "def {Q}(a):\n    first = second = a\n    first += {n}\n    return [second * {n}, first]",
    "def {R}(x):\n    out = {}\n    for i, k in enumerate(['a', 'b']):\n        out[k] = x * {n} + i\n    return out",
    "def {R}(x):\n    out = dict(a=x + {k})\n    if {b}:\n        out['b'] = out['a'] * 2.0\n    return out",
    "def {R}(x, **more):\n    w = tf.Variable({n}, name='{s}')\n    return dict(more, a=x * w)",
    "class {C}(object):\n    def __init__(self, x, k):\n        self.x = x\n        self.k = k\n"
    "        self.y = self.more(x) * {n}\n\n    def more(self, a):\n        return a * self.k + {k}",
    "class {C1}:\n    scale = {n}\n\n    def __init__(self, x, k={n}):\n        self.x = x * self.scale\n"
    "        w = tf.get_variable('{C1}w', [], initializer=tf.constant_initializer({n}))\n        self.y = self.x * w + k\n\n"
    "    def more(self, a):\n        self.x = self.x + a\n        return self.x",
    "class {C}:\n    def __init__(self, x, k):\n        self.layers = []\n        self.x = x\n        self.add(k)\n        self.add({n})\n"
    "        self.y = self.layers[-1]\n\n    def add(self, k):\n        self.layers.append(self.x * k)\n\n"
    "    def more(self, a):\n        return self.layers[0] + a",
)

# ---- in the graph ---------------------------------------------------------------------------------------------------

BODY = (
    "{T} = {e} + 0.0",
    "{T} = tf.identity({e})",
    "{t1} = {e} * {k}",
    "{t1} += {o}",
    "{t1} *= {o}",
    "{t1}, {t2} = {t2}, {t1} + 1.0",
    "{P} = {k}",
    "{p1} = {k}",
    "{p} += {n}",
    "{l}.append({e} + 0.0)",
    "{l}[0] = {e} - 1.0",
    "{l}.insert(0, {e} * 2.0)",
    "{l}.reverse()",
    "{l} += [{e} * 1.0]",
    "{l1} = {l1} + [{e} * 1.0]",
    "{d}['a'] = {e} + 1.0",
    "{d}['c'] = {e} + 1.0",
    "{d}.update(a={e} * 1.0)",
    "{d}.setdefault('e', {e} * 1.0)",
    "{d1} = dict({d1})",
    "{d}.pop('b', None)",
)

VARIABLES = (
    "{V} = tf.Variable({k}, name='{s}')",
    "{V} = tf.Variable({n})",
    "{V1} = tf.get_variable('{V1}', [], initializer=tf.constant_initializer({k}))",
)

SCOPED = (*BODY, *VARIABLES, "{T} = tf.identity({e}, name='{s}')")

BLOCKS = (
    "if {b}:\n    ...",
    "if {b}:\n    ...\nelse:\n    ...",
    "for {P} in range(2):\n    ...",
    "for {P} in [{n}, {n}]:\n    ...",
    "for {T} in list({l}):\n    ...",
    "for {T}, {P} in zip({l}, [{n}, {n}]):\n    ...",
    "for {P}, {T} in enumerate(list({l})):\n    ...",
    "for key, {T} in sorted({d}.items()):\n    ...",
    "turn = 0\nwhile turn < 2:\n    turn += 1\n    ...",
)

SCOPES = (
    "with tf.name_scope('{s}'):\n    ...",
    "with tf.variable_scope('{s}', reuse=tf.AUTO_REUSE):\n    ...",
    "with tf.variable_scope(None, '{s}'):\n    ...",
    "with tf.control_dependencies([{t}]):\n    ...",
)

GRAPH = (
    *SCOPED,
    *VARIABLES,
    "{L} = [{e} + 0.0, {e} * 1.0]",
    "{L} = [{e} * i for i in range(2)]",
    "{L} = [a + {n} for a in {l}]",
    "{L} = {l}",
    "{D} = {'a': {e} + 0.0, 'b': {e} * 2.0}",
    "{D} = {name: value * {n} for name, value in [('a', {e} + 0.0), ('b', {e} - 1.0)]}",
    "{T} = sum({l})",
    "{T} = tf.add_n({l})",
    "{T} = ({e} if {b} else {e}) + 0.0",
    "{T} = tf.cond(tf.greater({e}, {n}), lambda: {e} + 1.0, lambda: {e} * 2.0)",
    "{T1} = tf.placeholder_with_default({n}, [], name='{T1}')",
    "{F} = lambda a: a * {n} + {k}",
    "{F} = lambda a: a * {n} + {t}",
    "def {G}(a, k={k}):\n    return a * k + {k}",
    "def {F}(a):\n    return a * {t} + {k}",
    "{T}, {T} = {q}({e})",
    "{T} = {q}({e})[1]",
    "{D} = {r}({e})",
    "{M} = {c}({e}, {k})",
    "{M} = {c}({e}, k={k})",
    "{m1}.x = {m1}.x + {e}",
    "{m}.y *= {k}",
)

# ---- in the session -------------------------------------------------------------------------------------------------

SESSION = (
    "sess.run(tf.assign({v}, {k}))",
    "sess.run({v}.assign({k}))",
    "sess.run(tf.assign_add({v}, {n}))",
    "sess.run({v}.assign_add({n}))",
    "{v}.load({n}, sess)",
    "{T1} = tf.assign({v1}, {v1} * 2.0)\nsess.run({T1})",
    "{P} = float(sess.run({v}))",
    "{P} = float(sess.run({v} * {n}))",
    "for step in range(2):\n    sess.run({v}.assign_add({n}))",
    "if {b}:\n    sess.run({v}.assign({k}))",
    "{T} = {e} + 0.0",
    "{t1} = {e} * {k}",
    "{p1} = {k}",
    "{l}.append({e} + 0.0)",
    "tf.train.Saver().restore(sess, 'model')",
    "tf.train.Saver([{v}]).restore(sess, 'model')",
    "tf.train.Saver({'old/name': {v}}).restore(sess, 'model')",
)
