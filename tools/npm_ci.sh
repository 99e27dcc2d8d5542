#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/npm_ci.sh FOLDER: installs exactly what the folder's lock file names, unless that is already there.
set -euo pipefail
cd "${1:?usage: tools/npm_ci.sh FOLDER}"
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi
