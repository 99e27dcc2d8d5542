#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds Parley, offers the recommended models that are missing, and starts it over the demo documents; it proves itself
# with one spoken turn before it listens.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/build.sh release
tools/offer_models.py build/release/parley "$@"
exec build/release/parley serve --demo "$@"
