# ip3dp: build, test, publish. `make help` lists what there is.
#
# Nothing here needs more than Go, git and GNU make, but for test-browser and
# screenshots (Chromium), test-engines (PostgreSQL, MariaDB) and echarts (Node.js).

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help

GO ?= go
# The version is stamped below, so Go need not ask git a second time: the same
# command works in a clone, a source archive and a container.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null)
# Without HTTP/2, which a few requests at a time gain nothing from: 0.6 MB.
BUILD := -tags nethttpomithttp2 -trimpath -buildvcs=false -ldflags '-s -w -buildid= -X main.version=$(VERSION) -X main.commit=$(COMMIT)'
# Linters live in their own module, so that the product's go.mod stays clean.
TOOL := $(GO) tool -modfile=.github/tools/go.mod
BENCH ?= .

GO_FOLDERS := cmd collect compute render templates
# $(call packages,PATTERN) is a shell command that prints the packages with a line
# like PATTERN in their tests.
packages = grep -rlE --include='*_test.go' --exclude-dir=node_modules '$(1)' $(GO_FOLDERS) | xargs -r dirname | sort -u | sed 's|^|./|'
browser_tag := ^//go:build .*\bbrowser\b
chromium = $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: help
help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do printf '  %-14s %s\n' "$$name" "$$what"; done

## Build and look

# Static, as releases are. Always asked, because Go knows better than timestamps what is out of date.
.PHONY: bin/ip3dp
bin/ip3dp:
	@CGO_ENABLED=0 $(GO) build $(BUILD) -o $@ ./cmd/ip3dp

.PHONY: site
site: bin/ip3dp ## build the example platform's site into public/
	@bin/ip3dp demo
	@bin/ip3dp build

.PHONY: example-small
example-small: bin/ip3dp ## build a small platform's site into examples/small/public/
	@bin/ip3dp demo --small --config examples/small/config.toml
	@bin/ip3dp build --config examples/small/config.toml

.PHONY: serve
serve: bin/ip3dp ## build the example's site, serve it, rebuild on every edit
	@bin/ip3dp demo
	@bin/ip3dp serve --templates templates

.PHONY: screenshots
screenshots: needs-chromium .github/tools/web/node_modules site ## take pictures of the example's pages into screenshots/
	@$(GO) test -tags=browser -count=1 -run '^TestPagesInBrowser$$' ./cmd/ip3dp -screenshots=$(CURDIR)/screenshots

.PHONY: echarts
echarts: ## rebuild the committed ECharts bundle (needs Node.js)
	@cd templates/assets-src/echarts && npm ci --no-audit --no-fund && npm run build

# The same commit gives the same bytes on any machine and path: times and owners
# are the commit's and root's. Releases are made of the same by .goreleaser.yaml.
PLATFORMS := linux_amd64 linux_arm64 darwin_amd64 darwin_arm64
.PHONY: dist
dist: ## build the release archives of four platforms and their checksums into dist/
	@rm -rf dist && mkdir -p dist
	@when=$$(git log -1 --format=%ct); version=$(VERSION); \
	for platform in $(PLATFORMS); do \
		folder=dist/$$platform; mkdir -p $$folder && cp LICENSE README.md $$folder/; \
		CGO_ENABLED=0 GOOS=$${platform%_*} GOARCH=$${platform#*_} $(GO) build $(BUILD) -o $$folder/ip3dp ./cmd/ip3dp; \
		chmod 755 $$folder/ip3dp && chmod 644 $$folder/LICENSE $$folder/README.md; \
		tar --sort=name --owner=root:0 --group=root:0 --mtime=@$$when -C $$folder -cf - LICENSE README.md ip3dp | gzip -n -9 > dist/ip3dp_$${version#v}_$$platform.tar.gz; \
		rm -r $$folder; \
	done
	@cd dist && sha256sum *.tar.gz > checksums.txt && cat checksums.txt

# In a clone elsewhere, so that no path of this one can get into the bytes.
.PHONY: dist-twice
dist-twice: dist ## build them again in a clone elsewhere, and compare the checksums
	@elsewhere=$$(mktemp -d)/another/path; git clone -q . "$$elsewhere"; \
	$(MAKE) --no-print-directory -C "$$elsewhere" dist VERSION=$(VERSION) COMMIT=$(COMMIT) > /dev/null; \
	diff dist/checksums.txt "$$elsewhere/dist/checksums.txt" && echo "the same bytes twice"; rm -rf "$${elsewhere%/another/path}"

## Test

# Without cgo, as the program is built that tests start: otherwise every package is
# compiled twice. check-vet has vetted the code, so that Go need not do it again.
.PHONY: test
test: ## run all tests that need no browser
	@CGO_ENABLED=0 $(GO) test -vet=off -timeout 20m ./...

WEB := .github/tools/web
# Test files that need a browser begin with "//go:build browser". Only the tests in
# them run here: the others of their packages have run in "test" already. Some look
# at the example's site.
.PHONY: test-browser
test-browser: needs-chromium $(WEB)/node_modules site ## run the tests that drive Chromium
	@files=$$(grep -rlE --include='*_test.go' --exclude-dir=node_modules '$(browser_tag)' $(GO_FOLDERS)); \
	tests=$$(sed -nE 's/^func (Test[A-Za-z0-9_]+).*/\1/p' $$files | sort -u | paste -sd '|'); \
	$(GO) test -tags=browser -count=1 -run "^($$tests)$$" $$($(call packages,$(browser_tag)))

# Test files that need database servers begin with "//go:build engines". The servers run in
# temporary folders, and end with the test.
engines_tag := ^//go:build .*\bengines\b
.PHONY: test-engines
test-engines: ## run the tests that start a PostgreSQL and a MariaDB
	@files=$$(grep -rlE --include='*_test.go' --exclude-dir=node_modules '$(engines_tag)' $(GO_FOLDERS)); \
	tests=$$(sed -nE 's/^func (Test[A-Za-z0-9_]+).*/\1/p' $$files | sort -u | paste -sd '|'); \
	$(GO) test -tags=engines -count=1 -run "^($$tests)$$" $$(dirname $$files | sort -u | sed 's|^|./|')

# The rules of accessibility come from npm, at the locked version.
$(WEB)/node_modules: $(WEB)/package-lock.json
	@command -v npm > /dev/null || { echo "npm is not installed. On Debian: apt-get install npm" >&2; exit 1; }
	@npm ci --prefix $(WEB) --no-audit --no-fund --silent && touch $@

# One site for each state that a platform may be in, with pictures in states/pictures.
.PHONY: states
states: needs-chromium $(WEB)/node_modules bin/ip3dp ## build the gallery of states into states/
	@$(GO) test -count=1 -run '^TestStates$$' ./cmd/ip3dp -states=$(CURDIR)/states -timeout 30m
	@for site in states/*/index.html; do \
		name=$$(basename $$(dirname $$site)); \
		$(GO) test -tags=browser -count=1 -run '^TestPagesInBrowser$$' ./cmd/ip3dp -site=$(CURDIR)/states/$$name \
			-screenshots=$(CURDIR)/states/pictures/$$name || exit 1; \
	done

.PHONY: needs-chromium
needs-chromium:
	@test -n "$(chromium)" || { echo "Chromium is not installed. On Debian: apt-get install chromium" >&2; exit 1; }

# Packages with golden files are those whose tests know the flag -update.
.PHONY: golden
golden: ## rewrite the golden files; look at the difference before committing it
	@$(GO) test $$($(call packages,flag.Bool."update")) -update
	@git status --short

.PHONY: bench
bench: ## run the benchmarks; BENCH=regexp chooses
	@$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...

.PHONY: bench-import
bench-import: ## compare the import of every kind of export with encoding/csv
	@$(GO) test ./collect/proof -run '^$$' -bench '^BenchmarkImport$$' -benchtime 500000x

.PHONY: bench-forge
bench-forge: bin/ip3dp ## measure collecting from a large organisation: requests, time, memory
	@$(GO) test ./collect/proof -count=1 -v -run '^TestSize$$' -size -timeout 30m -binary $(CURDIR)/bin/ip3dp

# What the tests sample, in full: a package, a test and a number for each part.
PROOFS := collect attribution ablation mutation hostile requests history state publish privacy goals outlook impact looks decisions inputs steps themes pages usage
proof_collect := ./collect/proof -v -every -timeout 3h -binary $(CURDIR)/bin/ip3dp
proof_attribution := ./compute/dora -run '^TestAttributionOfStories$$' -stories 10000 -timeout 1h && $(GO) test -count=1 ./collect/proof -run '^TestSameMapFromEverySource$$' -every -timeout 1h
proof_ablation := ./compute -run '^TestEvidenceAblation$$' -worlds 3000 -timeout 1h
proof_state := ./cmd/ip3dp -v -run '^TestNoDamage' -damages 1000 -timeout 1h
proof_mutation := ./cmd/internal/sources -v -run '^TestNoMutationOfAnExportIsSilent$$' -mutations 10000 -timeout 1h && $(GO) test -count=1 ./cmd/ip3dp -run '^TestNoMutationIsSilent$$' -whole-example -timeout 1h
proof_privacy := ./compute -v -run '^TestNoSequenceOfBuildsTellsOfFewerThanFive$$' -sequences 10000 -timeout 1h
proof_history := ./cmd/internal/history -v -run '^TestRandomHistories$$' -sequences 2000 -timeout 1h
proof_hostile := ./cmd/ip3dp -v -run '^TestHostileRepositories$$' -repositories 400 -timeout 1h
proof_requests := ./cmd/ip3dp -v -run '^Test(Scenarios|RandomRequests)$$' -requests 1000 -timeout 1h
proof_publish := ./cmd/internal/publish -v -run '^Test(Layouts|PowerCuts|FullDisk|KilledAnywhere|RunsAtOnce)$$' -every -timeout 1h
proof_goals := ./compute/goals -v -run '^TestOnTrackIsReached$$' -proof -timeout 1h
proof_outlook := ./compute/adoption -v -run '^TestFanCovers$$' -proof -timeout 1h
proof_impact := ./compute/impact -v -run '^(TestRates|TestPlansAreTrue|TestTradeOff)$$' -panels 250 -timeout 1h
proof_looks := ./compute/dora -v -run '^(TestNothingChangedNothingMarked|TestYearOfLooks|TestArrowsAreFound)$$' -platforms 500 -years 100 -timeout 2h
proof_decisions := ./compute/decision -v -run '^(TestLikedAndDisliked|TestWhatIfIsTheTree)$$' -worlds 2000 -every-limit -timeout 1h && $(GO) test -count=1 ./compute -v -run '^TestSmallPlatformLeans$$' -platforms 400 -timeout 2h
proof_inputs := ./compute/diff -v -run '^TestNumbersOfInputs$$' -inputs 1000 -timeout 2h
proof_steps := ./compute/step -v -run '^Test(PagesWithoutAStep|StepsAreFound)$$' -pages 1000 -timeout 1h
proof_themes := ./compute/support -v -run '^Test(NothingChanged|Power)$$' -worlds 2000 -timeout 1h
proof_pages := ./cmd/ip3dp -run '^TestStates$$/^(crowded|300-teams)$$' -states=$(CURDIR)/states -timeout 1h && $(MAKE) --no-print-directory site $(WEB)/node_modules && for site in public states/crowded states/300-teams; do $(GO) test -tags=browser -count=1 -run '^TestPagesInBrowser$$' ./cmd/ip3dp -site=$(CURDIR)/$$site -every-look -timeout 1h || exit 1; done
proof_usage := ./collect/usage -v -run '^TestSumsEqualRows$$' -logs 10000 -timeout 1h
PART ?= $(PROOFS)
.PHONY: proof
proof: bin/ip3dp ## hold collecting and counting to every case, not a sample; PART=name chooses
	@$(foreach part,$(PART),$(if $(proof_$(part)),$(GO) test -count=1 $(proof_$(part)) &&,$(error the proof has no part $(part); it has $(PROOFS)))) true

# A number of inputs and not a time: some targets are slow. Minimising is what ate the
# time of others.
FUZZ ?= 1000
.PHONY: fuzz
fuzz: ## give every fuzz target new inputs; FUZZ=1000 is how many
	@for package in $$($(call packages,^func Fuzz)); do \
		for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$package/*_test.go | cut -c6-); do \
			out=$$($(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZ)x -fuzzminimizetime=1x $$package 2>&1) || { echo "$$out" >&2; exit 1; }; \
			inputs=$$(sed -nE 's/.*execs: ([0-9]+).*/\1/p' <<< "$$out" | tail -1); \
			printf '%-24s %-24s %s inputs\n' "$$package" "$$target" "$$inputs"; \
			test "$$inputs" -ge $(FUZZ) || { echo "$$target had fewer than $(FUZZ) inputs" >&2; exit 1; }; \
		done; \
	done

# Without the packages that drive the binary, a fake forge or the whole example.
.PHONY: quick
quick: ## vet, and the tests that take seconds
	@$(GO) vet ./...
	@$(GO) test $$($(GO) list ./... | grep -vE '/(cmd/.*|collect/(proof|demo|git|github|gitlab|store)|compute|compute/(dora|impact)|render)$$')

## Check

quick_checks := check-format check-vet check-lint check-dead check-tidy check-commits check-workflows check-static
.PHONY: check
check: check-quick check-race ## all checks of CI beside test and test-browser

.PHONY: check-quick
check-quick: ## the same without the race detector
	@for part in $(quick_checks); do \
		start=$$SECONDS; $(MAKE) --no-print-directory $$part; echo "$$part: $$((SECONDS - start)) s"; \
	done

.PHONY: check-format
check-format:
	@out=$$($(TOOL) gofumpt -l .); test -z "$$out" || { printf 'not formatted, run make fmt:\n%s\n' "$$out" >&2; exit 1; }

.PHONY: fmt
fmt: ## format the Go code
	@$(TOOL) gofumpt -w .

.PHONY: check-vet
check-vet:
	@$(GO) vet ./...
	@$(GO) vet -tags=browser,engines ./...

# With the tag, because that only ever adds files.
.PHONY: check-lint
check-lint:
	@$(TOOL) staticcheck -tags=browser,engines ./...

# Tests count as callers: the functions of compute/stat, compute/impact and
# compute/rice are a contract that programs outside this module call, and their
# tests are what holds them. deadcode exits 0 whatever it finds.
.PHONY: check-dead
check-dead:
	@out=$$($(TOOL) deadcode -test -tags=browser,engines ./...); test -z "$$out" || { printf 'unreachable, delete it:\n%s\n' "$$out" >&2; exit 1; }

.PHONY: check-tidy
check-tidy:
	@$(GO) mod tidy -diff
	@cd .github/tools && $(GO) mod tidy -diff

# Commits after this one have a subject of at most 72 characters and a body. A clone
# without it (shallow, or of a fork) checks its newest commit.
commits_after := a9a82e1b728fb36b9543f4b6084d06ad2d611c3f
.PHONY: check-commits
check-commits:
	@range=-1; if git merge-base --is-ancestor $(commits_after) HEAD 2>/dev/null; then range=$(commits_after)..HEAD; fi; \
	git log --no-merges --format='%h%x09%s%x09%b%x00' $$range | awk 'BEGIN { RS = "\0"; FS = "\t" } { sub(/^\n/, "", $$1) } \
		length($$2) > 72 { print $$1 ": the subject has " length($$2) " characters, at most 72"; bad = 1 } \
		$$1 != "" && $$3 == "" { print $$1 ": the body lacks a reason: " $$2; bad = 1 } END { exit bad }' >&2

# Also those that init writes, with and without a release to install.
.PHONY: check-workflows
check-workflows:
	@$(TOOL) actionlint
	@for version in v1.2.3 devel; do \
		folder=$$(mktemp -d); git init -q "$$folder"; \
		$(GO) run -ldflags "-X main.version=$$version" ./cmd/ip3dp init --yes --ci github "$$folder" > /dev/null; \
		$(TOOL) actionlint "$$folder"/.github/workflows/*.yml; rm -rf "$$folder"; \
	done

.PHONY: check-static
check-static: bin/ip3dp
	@$(GO) test -count=1 ./collect/proof -run '^TestStatic$$' -binary $(CURDIR)/bin/ip3dp

# The packages with goroutines, and compute and render, which use them. Simulations and
# sweeps repeat other tests thousands of times: make test runs them. Of the tests and
# scripts of cmd/ip3dp, those run here that read sources at once, are interrupted, lock,
# serve or write a site. collect/proof drives the binary, where the detector is not built in.
concurrent = grep -rlE --include='*.go' --exclude='*_test.go' '^\s*go (func|[a-z])|"golang.org/x/sync/errgroup"|"sync(/atomic)?"' $(GO_FOLDERS) | xargs dirname | sort -u | grep -v '^cmd/ip3dp$$' | sed 's|^|./|'
repeats := TestEvidenceAblation|TestNothingChanged|TestPower|TestSumsEqualRows|TestNoMutationOfAnExportIsSilent|TestAccount|TestNoNumberFromABiasedRest|TestRandomHistories|TestAttributionOfStories|TestRangesCoverTheTruth|TestBoundsAreTrue|TestLongRateIsUsefulAndCovers|TestPrintedCovers|TestSplitExports|TestNoSequenceOfBuildsTellsOfFewerThanFive|TestRates|TestPlansAreTrue|TestTradeOff|TestSimulatedWorlds|TestOpenWavesTellNothing|TestOnTrackIsReached|TestFanCovers|TestLikedAndDisliked|TestSmallPlatform.*|TestLayouts|TestFullDisk|TestKilledAnywhere|TestRunsAtOnce|TestPowerCuts|TestDamagedLists|TestNothingChangedNothingMarked|TestYearOfLooks|TestArrowsAreFound
.PHONY: check-race
check-race:
	@$(GO) test -race -skip '^($(repeats))$$' $$($(concurrent)) ./collect/git ./collect/demo
	@$(GO) test -race -run '^Test(Forge.*|Interrupted|Serve.*|WorkshopKeeps|LiveSite|Notify.*)$$|^TestScripts$$/^(build_events|forge|forge_budget|interrupt|keep|lock|partial|tar)$$' ./cmd/ip3dp

.PHONY: clean
clean: ## remove everything that make and ip3dp wrote
	@rm -rf bin dist public .ip3dp .cache screenshots states
