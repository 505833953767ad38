#!/bin/bash
# Starts a throw-away Active Directory (Samba) on a loopback address, with the schema and topology of deploy/ad.
# start.sh FOLDER ADDRESS; needs root, since LDAP has low ports. The folder is new and short: its sockets have long names.
# It writes ca.pem and samba.pid there and ends when the directory answers. Whoever started it ends that process group.
set -euo pipefail
folder=$1 address=$2
here=$(cd "$(dirname "$0")" && pwd)
domain=corp.example base=DC=corp,DC=example
config=$folder/etc/smb.conf
# A resolver, Kerberos and the like of this machine stay as they are.
export KRB5_CONFIG=$folder/etc/krb5.conf
# Nothing here needs to outlive a power cut, and flushes are most of the time.
export TDB_NO_FSYNC=1
mkdir -p "$folder"/{etc,run,cache,ncalrpc,ntp,log,tls}
printf '[global]\n' >"$folder/etc/empty.conf"
printf '[libdefaults]\ndefault_realm = CORP.EXAMPLE\ndns_lookup_kdc = false\n' >"$KRB5_CONFIG"

samba-tool domain provision --configfile="$folder/etc/empty.conf" --targetdir="$folder/dc" --realm=CORP.EXAMPLE \
  --domain=CORP --server-role=dc --dns-backend=NONE --adminpass='Passw0rd!admin' --host-name=dc1 --host-ip="$address" \
  --option="interfaces=$address/8" --option='bind interfaces only=yes' --option="log file=$folder/log/log.%m" \
  --option='vfs objects=dfs_samba4 acl_xattr xattr_tdb' >"$folder/log/provision.log" 2>&1 || {
  tail -20 "$folder/log/provision.log" >&2
  exit 1
}

cd "$folder/tls"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ../ca.pem -days 2 \
  -subj '/CN=directory test authority' -addext 'keyUsage=critical,keyCertSign' 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout dc.key -out dc.csr \
  -subj "/CN=dc1.$domain" 2>/dev/null
openssl x509 -req -in dc.csr -CA ../ca.pem -CAkey ca.key -CAcreateserial -days 2 -out dc.pem 2>/dev/null \
  -extfile <(printf 'subjectAltName=DNS:dc1.%s,IP:%s\nextendedKeyUsage=serverAuth\n' "$domain" "$address")
chmod 600 ca.key dc.key
cd /

cat >"$config" <<EOF
[global]
	netbios name = DC1
	workgroup = CORP
	realm = CORP.EXAMPLE
	server role = active directory domain controller
	server services = ldap
	interfaces = $address/8
	bind interfaces only = yes
	log file = $folder/log/log.%m
	lock directory = $folder/dc
	state directory = $folder/dc/state
	cache directory = $folder/cache
	private dir = $folder/dc/private
	pid directory = $folder/run
	ncalrpc dir = $folder/ncalrpc
	winbindd socket directory = $folder/run/winbindd
	ntp signd socket directory = $folder/ntp
	prefork children = 1
	tls certfile = $folder/tls/dc.pem
	tls keyfile = $folder/tls/dc.key
	tls cafile = $folder/ca.pem
	dsdb:schema update allowed = true
EOF

"$here/load.py" "$config" "$here"/../../../deploy/ad/{1-attributes,2-classes,3-users,4-topology}.ldif \
  "$here/accounts.ldif" >"$folder/log/load.log" 2>&1 || { tail -20 "$folder/log/load.log" >&2; exit 1; }

setsid samba --configfile="$config" -F -M prefork --debug-stdout </dev/null >"$folder/log/samba.log" 2>&1 &
echo $! >"$folder/samba.pid"
for _ in $(seq 100); do
  if openssl s_client -connect "$address:3269" -CAfile "$folder/ca.pem" -verify_return_error </dev/null >/dev/null 2>&1; then
    exit 0
  fi
  kill -0 "$(cat "$folder/samba.pid")" || break
  sleep 0.2
done
tail -20 "$folder/log/samba.log" >&2
exit 1
