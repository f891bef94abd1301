#!/usr/bin/env bash
# Rewrites a TensorFlow 1 export script, runs what came out, and proves its export equal to the one that the real
# TensorFlow 1.15 made of the original. `make demo` runs it.
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

say "4. The method names that TensorFlow Serving routes by"
python - "$golden" "$work/models/3" <<'PYTHON'
import sys

from migrate.signatures import read_meta_graph

for title, path in zip(("before", "after"), sys.argv[1:], strict=True):
    for signature in read_meta_graph(path).signatures:
        print(f"{title:7} {signature.key:20} {signature.method_name}")
PYTHON
