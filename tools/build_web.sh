#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the talk page into web/dist when its sources changed since the last time.
set -euo pipefail
cd "$(dirname "$0")/../web"

../tools/setup.sh
changed=$(find . \( -name node_modules -o -name dist -o -name '.test-out' \) -prune -o -type f -newer dist/index.html -print -quit 2>/dev/null || echo yes)
if [ -f dist/index.html ] && [ -z "$changed" ]; then exit 0; fi
../tools/npm_ci.sh .
npm run --silent build
# An output that came out the same keeps its time stamp; the comparison above needs the time of this build.
touch dist/index.html
