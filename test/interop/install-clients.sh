#!/bin/sh
# Installs the clients of the interop tests from Debian 12, and one line of /etc/hosts; does nothing where all is there already. Needs root.
# Samba is the Active Directory of its tests.
# systemd and Python are for the tests of how it is installed as a service, prometheus for its promtool.
# libpurple-dev and the C compiler are for the small program that speaks through Pidgin's library.
set -eu

packages='tcpdump iproute2 sip-tester sipsak baresip-core linphone-cli twinkle-console libpurple0 libpurple-dev chromium openssl gcc libc6-dev pkg-config systemd python3 prometheus samba samba-ad-dc samba-ad-provision samba-dsdb-modules samba-common-bin python3-samba python3-ldb ldap-utils'

# sipsak has no setting for a proxy that spares it the name: it looks the domain up before it sends anything. example.test is
# reserved for tests (RFC 6761), so no real host is hidden.
grep -q '[[:space:]]example\.test$' /etc/hosts || echo '127.0.0.1 example.test' >>/etc/hosts

absent=
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || absent="$absent $package"
done
[ -n "$absent" ] || exit 0

# Samba's services are not wanted: the tests start their own.
policy=/usr/sbin/policy-rc.d
made=
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  made=$policy
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
log=$(mktemp)
# Unquoted: nothing, where it was there before.
# shellcheck disable=SC2086,SC2064
trap 'rm -f "$log" $made' EXIT
# Unquoted: a list. What dpkg has to say is shown only when it fails.
# shellcheck disable=SC2086
apt-get install -qq --no-install-recommends $absent >"$log" 2>&1 || {
  cat "$log"
  exit 1
}
