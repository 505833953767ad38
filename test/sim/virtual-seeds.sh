#!/bin/bash
# Seeds in virtual time under all faults, two at once: `virtual-seeds.sh COUNT [FIRST]`. Few users who talk a lot, so that
# what is lost, doubled or stale shows. A seed takes 0.7 s of a core that is otherwise idle.
set -u
cd "$(dirname "$0")/../.." || exit 1

# Known and left open (docs/status.md): left out, so that others are seen.
open=(301)

often=(conversationsPerHour=60 manualPerHour=30 reconnect=uniform reconnectSeconds=10)
failed=0

# run FIRST LAST
run() {
  [ "$1" -le "$2" ] || return 0
  bin/meridian sim --virtual --quick --users 10 --set contacts=4 "${often[@]}" --measure 100 --faults \
    --seeds $(($2 - $1 + 1)) --seed "$1" --jobs 2 || failed=1
}

first=${2:-1}
last=$((first + ${1:-500} - 1))
for seed in "${open[@]}"; do
  if [ "$seed" -ge "$first" ] && [ "$seed" -le "$last" ]; then
    run "$first" $((seed - 1))
    first=$((seed + 1))
  fi
done
run "$first" "$last"
exit "$failed"
