#!/usr/bin/env bash
# Generates docs/report-light.png and docs/report-dark.png: screenshots of the report on an endpoint that
# rejects palette images. Needs the environment of `make test`, and Chromium (or another browser, named in
# CHROMIUM).
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
.venv/bin/python -m tests.endpoints palette-refused --port 8097 &
server=$!
trap 'kill "$server"; rm -r "$scratch"' EXIT
.venv/bin/clip-conformance http://127.0.0.1:8097 --model sentence-transformers-clip-ViT-B-32-multilingual-v1 \
  --weights stand-in --weaviate off --wait 60 --report "$scratch/report" || test $? = 1

# picture NAME SCHEME, where Chromium's scheme 0 is dark and 1 is light. 64 colors make the file a third as large.
picture() {
  "${CHROMIUM:-chromium}" --headless --no-sandbox --hide-scrollbars --window-size=1100,402 \
    --blink-settings="preferredColorScheme=$2" --user-data-dir="$scratch/profile" \
    --screenshot="docs/report-$1.png" "file://$scratch/report/report.html"
  .venv/bin/python -c "from PIL import Image; name = 'docs/report-$1.png'; \
Image.open(name).convert('RGB').quantize(64, dither=Image.Dither.NONE).save(name, optimize=True)"
}
picture light 1
picture dark 0
