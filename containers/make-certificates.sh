#!/bin/bash
# Makes a certificate authority and one certificate per server, once, for compose.secure.yml. The authority's key is
# thrown away: nobody can make another certificate that these services would trust.
set -euo pipefail
umask 077
cd /secrets
[ -s ca.pem ] && exit 0
work=$(mktemp -d)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=transactions pipeline" \
  -addext keyUsage=critical,keyCertSign,cRLSign -keyout "$work/ca.key" -out "$work/ca.pem"

# certificate SERVER USER: SERVER.pem holds the key and the certificates, as MongoDB and Kafka both read it
certificate() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.csr"
  openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 3650 \
    -extfile <(printf 'subjectAltName=DNS:%s,DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n' "$1") \
    -out "$work/$1.crt"
  cat "$work/$1.key" "$work/$1.crt" "$work/ca.pem" >"$1.pem"
  chmod 440 "$1.pem"
  chown "$2:0" "$1.pem"
}

certificate mongo 999
certificate kafka 1000
# secret FILE USER GROUP
secret() {
  head -c 36 /dev/urandom | base64 --wrap=0 | tr '/+' 'ab' >"$1"
  chmod 440 "$1"
  chown "$2:$3" "$1"
}
# Our services (65532) log in to Kafka with the first, which makes the user (1000), and want the second from callers;
# in the container `mongo` (999) a person can read it.
secret kafka-password 65532 1000
secret api-token 65532 999

cp "$work/ca.pem" ca.pem.new
chmod 444 ca.pem.new
mv ca.pem.new ca.pem
rm -rf "$work"
