#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/format.sh [--check]: rewrites the C++ sources in the house format, or says which are not in it.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=-i
[ "${1:-}" != --check ] || mode="--dry-run -Werror"
# shellcheck disable=SC2086
git ls-files -z '*.cpp' '*.hpp' | xargs -0 -r -n 16 -P "$(nproc)" clang-format-19 $mode
