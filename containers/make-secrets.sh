#!/bin/bash
# Makes the pipeline's secrets at the first start and keeps them at later ones; `down -v` forgets them with the data.
# A file is readable by the one user that needs it: 999 is mongod and its shell, 65532 are our services.
set -euo pipefail
umask 077
cd /secrets

# put FILE USER [MODE]: standard input becomes the file's content
put() {
  cat >"$1.new"
  chmod "${3:-440}" "$1.new"
  chown "$2:0" "$1.new"
  mv "$1.new" "$1"
}

# keep FILE USER [MODE]: 48 random characters, once
keep() { [ -s "$1" ] || head -c 36 /dev/urandom | base64 --wrap=0 | tr '/+' 'ab' | put "$@"; }

# mongod refuses a key that its group can read.
keep mongo-keyfile 999 400
keep mongo-root-password 999
keep mongo-password 999

login="pipeline:$(cat mongo-password)"
options="authSource=admin${MONGO_OPTIONS:+&$MONGO_OPTIONS}"
printf 'mongodb://%s@%s/?replicaSet=rs0&%s' "$login" "$MONGO_MEMBERS" "$options" | put mongo-uri 65532
# For programs on this machine, which know neither the other members nor their names.
printf 'mongodb://%s@localhost:%s/?directConnection=true&%s\n' "$login" "$MONGO_PORT" "$options" | put mongo-uri-localhost 999
