#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Type-checks the talk page and runs its unit tests; the page in a browser is tests/functional/page.test.mjs.
set -euo pipefail
cd "$(dirname "$0")/../web"

../tools/npm_ci.sh .
npm run --silent check
npm test --silent
