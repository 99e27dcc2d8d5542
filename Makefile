# SPDX-License-Identifier: Apache-2.0
# The front door. Each target is one script in tools/; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup build run test bench format lint fuzz web clean

PRESET ?= dev
SECONDS_EACH ?= 60

help: ## This list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## Install the Debian packages that are missing (packages.txt)
	@tools/setup.sh

build: ## The release binary, at build/release/parley
	@tools/build.sh release

run: ## Build and start Parley with the demo documents (ARGS="--listen 127.0.0.1:8080" to add flags)
	@tools/run.sh $(ARGS)

test: ## Build and run every test (PRESET=tsan: the unit tests under ThreadSanitizer)
	@tools/test.sh $(PRESET)

bench: ## Measure one thing (NAME=voice, hearing, start, ...) and write build/bench/NAME.json
	@tools/bench.sh $(NAME)

format: ## Rewrite the C++ sources in the house format
	@tools/format.sh

lint: ## Format, layers, coroutines, files, documents and clang-tidy on what changed
	@tools/lint.sh

fuzz: ## Fuzz every parser for SECONDS_EACH=60 seconds
	@tools/fuzz.sh $(SECONDS_EACH)

web: ## The talk page, into web/dist
	@tools/build_web.sh

clean: ## Remove everything that was built
	@rm -rf build web/dist
