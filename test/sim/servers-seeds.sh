#!/bin/bash
# Seeds of the scenario of several servers, two halves at once: `servers-seeds.sh COUNT [FIRST]`. A seed takes 0.25 s of
# a core that is otherwise idle. A seed that fails prints the line that repeats it.
set -u
cd "$(dirname "$0")/../.." || exit 1

count=${1:-500}
first=${2:-1}
half=$((count / 2))

npm run --silent sim -- --scenario servers --seeds "$half" --from "$first" &
other=$!
npm run --silent sim -- --scenario servers --seeds "$((count - half))" --from "$((first + half))"
code=$?
wait "$other" || code=1
exit "$code"
