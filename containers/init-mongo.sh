#!/bin/bash
# Runs init-mongo.js once mongod listens, with the options of mongosh that it gets.
set -euo pipefail
for ((tries = 0; tries < 600; tries++)); do
  if (</dev/tcp/localhost/27017) 2>/dev/null; then exec mongosh --quiet "$@" /init-mongo.js; fi
  sleep 0.2
done
echo "mongod has not listened on port 27017 for two minutes" >&2
exit 1
