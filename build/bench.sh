#!/usr/bin/env bash
# Measures; writes bench/out/bench.md and bench.json. The data pack sof-r4-100 is used where it is at hand.
set -euo pipefail
cd "$(dirname "$0")/.."
make build
shared=${HELIOGRAPH_SHARED:-../shared}
packs=$(mktemp -d)
trap 'rm -rf "$packs"' EXIT
if [ -f "$shared/data/sof-r4-100.tar.zst" ]; then
  tar --zstd -xf "$shared/data/sof-r4-100.tar.zst" -C "$packs"
else
  echo "the data pack sof-r4-100 is not at hand: figures are of the project's own sample"
fi
go run ./e2e/bench -packs "$packs" "$@"
