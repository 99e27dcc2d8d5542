#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/bench.sh NAME: runs bench/NAME/run.* on the release build. It prints a table and writes build/bench/NAME.json.
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-}
run=
for candidate in bench/"$name"/run.*; do
  if [ -n "$name" ] && [ -x "$candidate" ]; then run=$candidate; fi
done
if [ -z "$run" ]; then
  [ -z "$name" ] || echo "bench: there is no bench/$name/run.*" >&2
  echo "usage: make bench NAME=$(find bench -mindepth 2 -maxdepth 2 -name 'run.*' -printf '%h\n' | sed 's#bench/##' | sort | paste -sd '|')" >&2
  exit 2
fi
tools/build.sh release
exec "$run"
