#!/usr/bin/env bash
# The reference beside the plain server, on one full-size checkpoint; arguments go to the benchmark.
set -euo pipefail
python=${PYTHON:-.venv/bin/python}
folder=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null || true; rm -rf "$folder"' EXIT

"$python" -m benchmarks.full_size "$folder"
"$python" -m reference --model openai-clip-vit-base-patch16 --weights "$folder" --port 18551 &
started+=($!)
"$python" -m benchmarks.plain_server "$folder" --port 18552 &
started+=($!)
for port in 18551 18552; do
  until curl --silent --fail --output /dev/null "http://127.0.0.1:$port/.well-known/ready"; do
    kill -0 "${started[@]}"
    sleep 1
  done
done
"$python" -m conformance.benchmark http://127.0.0.1:18551 --beside http://127.0.0.1:18552 "$@"
