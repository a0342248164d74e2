#!/usr/bin/env bash
# Usage: try_package.sh PYTHON FILE: installs a wheel or sdist into two empty environments, and runs the suite
# of one against a stand-in that the other serves.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
for extra in "" "[stand-in]"; do
  "$1" -m venv "$scratch/env$extra"
  "$scratch/env$extra/bin/python" -m pip install --quiet "$2$extra"
done
# In another folder, so that nothing is imported from the checkout.
cd "$scratch"
tag=sentence-transformers-clip-ViT-B-32-multilingual-v1
"env[stand-in]/bin/python" -m reference --model "$tag" --port 8099 &
server=$!
trap 'kill "$server"; rm -r "$scratch"' EXIT
env/bin/clip-conformance --version
env/bin/clip-conformance http://127.0.0.1:8099 --model "$tag" --weights stand-in --weaviate off --wait 60
