#!/usr/bin/env bash
# Rewrites a TensorFlow 1 export script, runs what came out, and proves its export equal to the one that the real
# TensorFlow 1.15 made of the original. Then converts that one without its script. `make demo` runs it.
set -euo pipefail
cd "$(dirname "$0")/.."

fixture=fixtures/classify_examples
golden=$fixture/golden/3
flags=(--model_version=3)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES=-1

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }

say "1. What would change"
run tf-migrate rewrite --diff "$fixture/export.py"

say "2. Rewrite a copy, and run it under TensorFlow 2"
run tf-migrate rewrite --output-dir "$work" "$fixture/export.py"
run python "$work/export.py" "${flags[@]}" --export_base="$work/models"

say "3. The proof: TensorFlow 1.15's export and the new one"
run tf-migrate verify "$golden" "$work/models/3"

say "4. The classify signature: TensorFlow 2 forgets it whenever it saves; check finds it, restore brings it back"
python - "$work/models/3" "$work/saved_again" <<'PYTHON'
import sys

import tensorflow as tf

tf.get_logger().setLevel("ERROR")
model = tf.saved_model.load(sys.argv[1])
tf.saved_model.save(model, sys.argv[2], signatures=model.signatures)
PYTHON
run tf-migrate check "$work/saved_again" --against "$golden" || echo "(exit code $?)"
run tf-migrate restore "$work/saved_again" --from "$golden"
run tf-migrate check "$work/saved_again" --against "$golden"

say "5. A model without its code: what is in it, and the same as a TensorFlow 2 SavedModel"
model=fixtures/models/dynamic_rnn/golden
run tf-migrate inspect --signature serving_default "$model"
run tf-migrate convert --signature serving_default "$model" "$work/converted"

say "6. What TensorFlow 2 could not do with it before: train it"
python - "$model" "$work/converted" <<'PYTHON'
import sys

import tensorflow as tf

tf.get_logger().setLevel("ERROR")
for title, path in zip(("as it was:", "converted:"), sys.argv[1:], strict=True):
    model = tf.saved_model.load(path)
    try:
        with tf.GradientTape() as tape:
            outputs = model.signatures["serving_default"](sequence=tf.ones([1, 4, 2]), lengths=tf.constant([4]))
            total = tf.add_n([tf.reduce_sum(value) for value in outputs.values() if value.dtype.is_floating])
        found = [gradient for gradient in tape.gradient(total, model.trainable_variables) if gradient is not None]
        said = f"{len(model.trainable_variables)} trainable variables, {len(found)} with gradients"
    except AttributeError as error:
        said = f"{len(model.variables)} variables; gradients raise AttributeError: {error}"
    print(title, said)
PYTHON
