#!/usr/bin/env bash
# Measures; writes bench/out/bench.md and bench.json. The data packs sof-r4-100 and blaze-120 are used where they are at hand.
set -euo pipefail
cd "$(dirname "$0")/.."
make build
shared=${HELIOGRAPH_SHARED:-../shared}
packs=$(mktemp -d)
trap 'rm -rf "$packs"' EXIT
for pack in sof-r4-100 blaze-120; do
  if [ -f "$shared/data/$pack.tar.zst" ]; then
    tar --zstd -xf "$shared/data/$pack.tar.zst" -C "$packs"
  else
    echo "the data pack $pack is not at hand: figures are of the project's own sample"
  fi
done
go run ./e2e/bench -packs "$packs" "$@"
