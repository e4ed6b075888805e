#!/bin/sh
# Holds the network namespace in which a cluster's bridge lives. Says `born`, reads `go`, then stays until it is killed.
# Parameter: tag (how `down` finds the process).

main() {
  echo born
  read -r go && [ "$go" = go ] || exit 1
  exec </dev/null >/dev/null 2>&1
  while :; do
    sleep infinity &
    wait
  done
}

main "$@"
exit 1
