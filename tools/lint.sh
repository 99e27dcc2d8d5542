#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every check that is not a test.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh
tools/format.sh --check
tools/check_layers.py
tools/check_coroutines.py
tools/check_files.py
tools/build.sh release
tools/check_readme.py
tools/tidy_changed.py
