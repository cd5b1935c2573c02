# make build   bin/tailbeam, one static binary
# make test    what the tests need, then all of them
# make bench   the figures, with their ratios to the floor
# make bench-page  the figures of the page in Chromium, beside what they shall be; BENCHPAGE=10s for less
# make stress  rotations of all kinds at 50,000 lines/s, beside GNU tail and nxadm/tail
# make bench-ssh   files of other hosts: speed, latency, 100 hosts, cuts and rotations
# make soak    ten minutes of viewers that come, lag and go; SOAK=1m for less
# make lint    gofmt, vet and staticcheck
# make page    type check and tests of the page's scripts (needs npm)

GO        ?= go
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null)
TESTFLAGS ?=
BENCHFLAGS ?=
BENCHPAGE  ?= 60s
STRESS     ?= 20s
SOAK       ?= 10m

.PHONY: build test tools bench bench-page bench-ssh stress soak lint fmt page clean

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/tailbeam .

test: tools
	$(GO) vet ./...
	$(GO) test $(TESTFLAGS) ./...

tools:
	@.ci/tools

bench:
	$(GO) run ./stream/internal/bench $(BENCHFLAGS)

bench-page:
	TAILBEAM_BENCH_PAGE=$(BENCHPAGE) $(GO) test -count=1 -timeout 60m -run 'TestPageFigures' -v . | grep -v '^ *\(=== \|--- PASS\)'

stress:
	TAILBEAM_STRESS=$(STRESS) $(GO) test -count=1 -timeout 60m -run 'TestStressBesideOthers' -v ./tailer/local

bench-ssh:
	TAILBEAM_FIGURES=1 $(GO) test -count=1 -timeout 20m -run '^TestFigures$$' ./tailer/remote -v
	TAILBEAM_FIGURES=1 $(GO) test -count=1 -timeout 20m -run '^TestHostFigures$$' . -v
	TAILBEAM_STRESS=60s $(GO) test -count=1 -timeout 20m -run '^(TestCutsAndRotations|TestSilentConnectionIsLeft)$$' ./tailer/remote -v

soak:
	TAILBEAM_SOAK=$(SOAK) $(GO) test -count=1 -timeout 60m -run 'TestSoak$$' -v .

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'make fmt formats these'; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

fmt:
	gofmt -w $$(git ls-files '*.go')

page:
	cd static && npm ci --no-audit --no-fund && npm run check && npm test

clean:
	rm -rf bin static/node_modules
