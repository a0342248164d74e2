#!/usr/bin/env bash
# Usage: try_package.sh PYTHON FILE: installs a wheel or sdist into an empty environment and runs it
# against an endpoint that is served from this checkout.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
"$1" -m venv "$scratch"
"$scratch/bin/python" -m pip install --quiet "$2"
"$scratch/bin/python" -m tests.endpoints plain --port 8099 &
server=$!
trap 'kill "$server"; rm -r "$scratch"' EXIT
# In another folder, so that nothing is imported from the checkout.
cd "$scratch"
bin/clip-conformance --version
bin/clip-conformance http://127.0.0.1:8099 --model sentence-transformers-clip-ViT-B-32-multilingual-v1 \
  --weights stand-in --weaviate off --wait 60
