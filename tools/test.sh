#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/test.sh [PRESET]: builds and runs the tests. With `dev`, everything: the unit tests under
# AddressSanitizer and the functional suite on the release binary. With any other preset, the unit tests.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-dev}

chosen=(-L unit)
if [ "$preset" = dev ]; then
  chosen=()
  tools/build.sh release
  tools/npm_ci.sh web
  tools/npm_ci.sh tests/functional
  tools/npm_ci.sh tests/models
fi
tools/build.sh "$preset"

# Stacks of the sanitizers in words.
symbolizer=$(command -v llvm-symbolizer-19 || true)
export ASAN_SYMBOLIZER_PATH=${ASAN_SYMBOLIZER_PATH:-$symbolizer}
export TSAN_OPTIONS="external_symbolizer_path=$symbolizer suppressions=$PWD/tools/tsan_suppressions.txt ${TSAN_OPTIONS:-}"
log=build/$preset/ctest.log
status=0
ctest --test-dir "build/$preset" "${chosen[@]}" --parallel $((2 * $(nproc))) \
  --resource-spec-file "$PWD/tests/functional/listeners.json" --output-on-failure --no-tests=error |
  tee "$log" || status=$?
tools/skipped.sh "build/$preset"
# The closing line once more, below what was skipped.
grep -E '^[0-9]+% tests passed' "$log" || true
exit "$status"
