#!/usr/bin/env bash
# Usage: set_version.sh v1.2.0: writes the version of a Git tag to pyproject.toml.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1#v}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+((a|b|rc)[0-9]+)?$ ]] || { echo "not a version: $1" >&2; exit 1; }
sed -i "s/^version = .*/version = \"$version\"/" pyproject.toml
grep -q "^version = \"$version\"$" pyproject.toml
