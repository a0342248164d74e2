#!/usr/bin/env bash
# Makes docs/report-light.png and docs/report-dark.png: the report on an endpoint that refuses palette
# images. Needs the environment of `make test` and Node. CHROMIUM names a browser on this machine; without it, the
# npm registry's is used, which lacks some characters and the monospaced font.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
npm install --silent --no-audit --no-fund --prefix "$scratch" @sparticuz/chromium puppeteer-core
.venv/bin/python -m tests.endpoints palette-refused --port 8097 &
server=$!
trap 'kill "$server"; rm -r "$scratch"' EXIT
.venv/bin/clip-conformance http://127.0.0.1:8097 --model sentence-transformers-clip-ViT-B-32-multilingual-v1 \
  --weights stand-in \
  --weaviate off --wait 60 --report "$scratch/report" || test $? = 1
cat > "$scratch/take.mjs" <<'JS'
import chromium from '@sparticuz/chromium';
import puppeteer from 'puppeteer-core';
const executablePath = process.env.CHROMIUM || (await chromium.executablePath());
const browser = await puppeteer.launch({ args: chromium.args, executablePath, headless: 'shell' });
const page = await browser.newPage();
await page.setViewport({ width: 1100, height: 560 });
for (const scheme of ['light', 'dark']) {
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(`file://${process.argv[2]}`);
  await page.screenshot({ path: `docs/report-${scheme}.png` });
}
await browser.close();
JS
# Chromium unpacks its libraries only where it takes the machine for a serverless one.
[ -n "${CHROMIUM:-}" ] || export AWS_EXECUTION_ENV=AWS_Lambda_nodejs20.x
node "$scratch/take.mjs" "$scratch/report/report.html"
