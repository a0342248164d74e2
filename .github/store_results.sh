#!/usr/bin/env bash
# Usage: store_results.sh RUNS IMAGES: stores the reports of the workflow official-images in results/.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=$1
images=$2

store() { # NAME TITLE SOURCE COMMAND REPORT
  if [ ! -f "$5" ]; then return; fi
  mkdir -p "results/$1"
  cat > "results/$1/target.toml" <<TOML
title = "$2"
about = "Run by the workflow official-images on a GitHub-hosted runner without a GPU."
source = "$3"
reproduce = """
$4
"""
TOML
  python3 -m lab.published "$1" "$5"
}

for run in "$runs"/official-*; do
  tag=${run##*/official-}
  digest=$(cat "$run/digest.txt" 2>/dev/null || echo "$images:$tag")
  store "official-$tag" "$images:$tag" "$digest" "clip-conformance --image $digest --model $tag" \
    "$run/report/image/report.json"
  store "reference-published-$tag" "the reference encoder, $tag, published weights" "this repository, at the commit in the report" \
    "clip-conformance --reference $tag --weights published" "$run/report/reference/report.json"
done
