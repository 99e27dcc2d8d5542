#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/fuzz.sh SECONDS [NAME...]: replays the saved inputs of each fuzz target, then fuzzes it for that long.
# FUZZ_SEED=N tries the same inputs in the same order each time; otherwise each run tries others.
# What breaks a parser is left in build/fuzz/found; mend the parser and move the input to tests/fuzz/corpus/NAME.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?usage: tools/fuzz.sh SECONDS [NAME...]}
shift
tools/build.sh fuzz fuzzers
if [ $# -eq 0 ]; then
  for program in build/fuzz/bin/*_fuzz; do set -- "$@" "$(basename "$program" _fuzz)"; done
fi

export ASAN_SYMBOLIZER_PATH=${ASAN_SYMBOLIZER_PATH:-$(command -v llvm-symbolizer-19 || true)}
export UBSAN_OPTIONS=print_stacktrace=1
mkdir -p build/fuzz/found
fuzz_one() {
  local name=$1 saved=tests/fuzz/corpus/$1 grown=build/fuzz/corpus/$1 log=build/fuzz/$1.log
  mkdir -p "$grown"
  local folders=("$grown")
  [ ! -d "$saved" ] || folders+=("$saved")
  local dictionary=()
  [ ! -f "tests/fuzz/$name.dict" ] || dictionary=("-dict=tests/fuzz/$name.dict")
  if build/fuzz/bin/"${name}"_fuzz "${dictionary[@]}" -max_total_time="$2" \
    -seed="${FUZZ_SEED:-0}" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="build/fuzz/found/$name-" -print_final_stats=1 "${folders[@]}" >"$log" 2>&1; then
    printf '%-20s %s inputs tried, nothing found\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
  else
    printf '%-20s FAILED\n' "$name"
    tail -60 "$log"
    return 1
  fi
}
export -f fuzz_one
printf '%s\n' "$@" | xargs -P "$(nproc)" -I '{}' bash -c 'fuzz_one "$1" "$2"' _ '{}' "$seconds"
