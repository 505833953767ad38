#!/bin/bash
# Seeds in virtual time under all faults, two at once: `virtual-seeds.sh COUNT [FIRST]`. Few users who talk a lot, so that
# what is lost, doubled or stale shows. A seed takes 0.7 s of a core that is otherwise idle.
set -u
cd "$(dirname "$0")/../.." || exit 1

often=(conversationsPerHour=60 manualPerHour=30 reconnect=uniform reconnectSeconds=10)
exec bin/meridian sim --virtual --quick --users 10 --set contacts=4 "${often[@]}" --measure 100 --faults \
  --seeds "${1:-500}" --seed "${2:-1}" --jobs 2
