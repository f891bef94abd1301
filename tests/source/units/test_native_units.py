"""Native plans: all exports of one graph together."""

from __future__ import annotations

from unit_modules import GIVEN, HEAD, module, scaling

from migrate.choices import Choices
from migrate.results import Level
from migrate.settings import Settings

SHARED = """

def export():
    x = tf.placeholder(tf.float32, [None], name='x')
    w = tf.Variable(2.0, name='w')
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(sess, 'plain', {'x': x}, {'y': x * w})
        tf.saved_model.simple_save(sess, 'shifted', {'x': x}, {'y': x * w + 1.0})
"""
LAYERS = """
x = tf.placeholder(tf.float32, [None, 3], name='x')
y = tf.layers.dense(x, 2, name='scores')
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})
"""
LOOP = """
x = tf.placeholder(tf.float32, [None], name='x')
y = x
for number in range(3):
    y = y * tf.get_variable('w%d' % number, [], initializer=tf.ones_initializer())
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})
"""
TRAINED = """
x = tf.placeholder(tf.float32, [None], name='x')
w = tf.Variable(1.0, name='w')
y = x * w
loss = tf.reduce_mean(tf.square(y - 3.0))
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(10):
        sess.run(train, {x: [1.0, 2.0]})
    tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})
"""
CLASSIFY = """
x = tf.placeholder(tf.string, [None], name='x')
scores = tf.zeros([2, 3])
sess = tf.Session()
signature = tf.saved_model.signature_def_utils.classification_signature_def(x, None, scores)
builder = tf.saved_model.builder.SavedModelBuilder('out')
builder.add_meta_graph_and_variables(sess, ['serve', 'gpu'], {'classify': signature})
builder.save()
"""


def test_graphs_of_their_own_are_units_of_their_own():
    units = module(HEAD + scaling("one") + scaling("two")).native_units()
    assert [unit.ordinals for unit in units] == [(0,), (1,)]


def test_two_exports_of_one_graph_are_one_unit():
    [unit] = module(HEAD + SHARED).native_units()
    assert unit.ordinals == (0, 1)
    assert [site.level for site in unit.sites] == [Level.NATIVE, Level.NATIVE]


def test_what_is_given_its_graph_is_none_and_says_why():
    made = module(HEAD + GIVEN)
    assert made.native_units() == []
    assert made.reason(0).rule == "TFM101"


def test_a_site_that_was_not_accepted_is_none():
    made = module(HEAD + scaling("one") + scaling("two"), choices=Choices(closed=frozenset({0})))
    assert [unit.ordinals for unit in made.native_units()] == [(1,)]


def test_the_rule_says_which_call_it_was_and_whether_a_session_stays():
    rules = {name: module(HEAD + code).native_units()[0].sites[0].rule for name, code in CODES.items()}
    assert rules == {"simple_save": "TFM002", "builder": "TFM001", "session stays": "TFM003"}


CODES = {"simple_save": scaling(), "builder": CLASSIFY, "session stays": TRAINED}


def test_layers_are_written_out_first_and_told():
    [unit] = module(HEAD + LAYERS).native_units()
    assert unit.layered is not None
    assert [one.rule for one in unit.sites[0].findings].count("TFM010") == 1


def test_loops_that_make_variables_are_written_out_first():
    made = module(HEAD + LOOP)
    [unit] = made.native_units()
    assert unit.layered is not None
    after = made.carry_out([unit])
    assert all(name in after for name in ("'w0'", "'w1'", "'w2'")) or all(
        name in after for name in ('"w0"', '"w1"', '"w2"')
    )


def test_a_method_name_and_tags_that_tf2_cannot_write_are_told():
    [unit] = module(HEAD + CLASSIFY).native_units()
    assert {one.rule for one in unit.sites[0].findings} == {"TFM004", "TFM015"}


def test_training_stays_in_its_session_unless_native_is_asked_for():
    [half] = module(HEAD + TRAINED).native_units()
    [whole] = module(HEAD + TRAINED, Settings(level=Level.NATIVE)).native_units()
    assert (half.sites[0].rule, whole.sites[0].rule) == ("TFM003", "TFM013")


def test_ignoring_the_rule_of_training_keeps_the_session():
    settings = Settings(level=Level.NATIVE, ignore=("TFM013",))
    [unit] = module(HEAD + TRAINED, settings).native_units()
    assert unit.sites[0].rule == "TFM003"


def test_form_feeds_keep_a_file_from_native():
    assert module(HEAD + "\x0c\n" + scaling()).native_units() == []


def test_a_unit_can_be_asked_for_by_its_sites():
    made = module(HEAD + SHARED)
    unit = made.native_unit((1,))
    assert unit is not None
    assert unit.ordinals == (1,)
    assert module(HEAD + GIVEN).native_unit((0,)) is None
