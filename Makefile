# make          builds the release
# make demo     installs what is missing, builds, and opens the explorer on samples/
# make test     installs what is missing, builds and runs all tests
# make bench    measures; see Benchmarks/README.md
# make install  PREFIX=/usr/local

PREFIX ?= /usr/local
SWIFT ?= swift
# The Swift runtime is linked in: the program starts sooner, and runs where no toolchain is.
RELEASE = -c release --static-swift-stdlib
SOURCES = Package.swift Sources Tests themes

.PHONY: all build demo test bench format lint clean install toolchain libraries tmux

all: build

build: toolchain libraries
	$(SWIFT) build $(RELEASE) --product vestige

demo: build
	$$($(SWIFT) build $(RELEASE) --show-bin-path)/vestige samples

test: toolchain libraries tmux
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

bench: build
	Benchmarks/run.py

format:
	$(SWIFT) format -i -r $(SOURCES)

lint:
	$(SWIFT) format lint --strict -r $(SOURCES)

clean:
	$(SWIFT) package clean

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/vestige
	install -s -m 755 $$($(SWIFT) build $(RELEASE) --show-bin-path)/vestige $(DESTDIR)$(PREFIX)/bin/vestige
	cp -R samples $(DESTDIR)$(PREFIX)/share/vestige/

toolchain:
	@command -v $(SWIFT) >/dev/null || { \
	  echo "vestige is written in Swift 6.3: install a toolchain from https://www.swift.org/install" >&2; \
	  exit 1; }

libraries:
	$(call provide,$(call library,curses.h,ncursesw),libncursesw5-dev)
	$(call provide,$(call library,zlib.h,z),zlib1g-dev)
	$(call provide,$(call library,zstd.h,zstd),libzstd-dev)
	$(call provide,$(call library,expat.h,expat),libexpat1-dev)
	$(call provide,$(call library,yaml.h,yaml),libyaml-dev)

tmux:
	$(call provide,command -v tmux,tmux)

# $(call present,PATTERNS): true when a file matches.
present = ls $(1) 2>/dev/null | grep -q .

# $(call library,HEADER,NAME): true when programs can be built with a library.
library = $(call present,/usr/include/$(1)) && $(call present,/usr/lib/*/lib$(2).so /usr/lib*/lib$(2).so)

# $(call provide,TEST,PACKAGE): installs a Debian package when TEST fails.
define provide
@{ $(1); } >/dev/null 2>&1 || { \
  command -v apt-get >/dev/null || { \
    echo "$(2) is missing, and there is no apt-get: install what your system calls it" >&2; exit 1; }; \
  if [ "$$(id -u)" = 0 ]; then as=; elif command -v sudo >/dev/null; then as=sudo; else \
    echo "$(2) is missing: run 'apt-get install $(2)' as root" >&2; exit 1; fi; \
  echo "installing $(2)" >&2; \
  $$as apt-get update -q >&2 && $$as apt-get install -y -q --no-install-recommends $(2) >&2; }
endef
