#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/skipped.sh BUILD: why tests of the last run were skipped, each reason once with its count.
set -euo pipefail
log=${1:?usage: tools/skipped.sh BUILD}/Testing/Temporary/LastTest.log
[ -f "$log" ] || exit 0
reasons=$(awk '/: Skipped$/ { getline; if ($0 != "") print; next } match($0, /# SKIP .*/) { print substr($0, RSTART + 7) }' "$log" |
  sort | uniq -c | sort -rn)
if [ -n "$reasons" ]; then printf 'Skipped, and why:\n%s\n' "$reasons"; fi
