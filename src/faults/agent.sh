#!/bin/sh
# The node's half of fault injection: keeps the undo of every fault of a run and carries it out when the lease is out.
#
# usage: sh agent DIR COMMAND [ARGUMENT ...]      DIR is /run/ordeal/<run>: a tmpfs, so a reboot leaves nothing
#   prepare SECONDS OWNER   takes the node for this run: lease, watchdog; refuses while another run's lease is running
#   renew SECONDS [ID ...]  renews the lease, undoes the faults named, prints the armed ones
#   inject SECONDS ID       reads a plan (below), stores its undo, renews the lease, strikes; undoes it if that fails
#   heal [ID ...]           undoes these faults, or all of them, newest first
#   status                  prints owner, seconds left of the lease, armed faults
#   close                   undoes everything and gives the node back, removing every file
#   sweep [force]           closes every run whose lease is out (force: every run); DIR is any name below /run/ordeal
#   ping [SECONDS ADDRESS ...]  pings all at once, each for so long; prints "ADDRESS answers" or "ADDRESS silent"
#   watch                   the watchdog (started by prepare, lives in a session of its own)
#
# A plan is lines: for each command the word `heal` or `inject`, the number of arguments, one line an argument, one line
# of standard input in base64 (may be empty); after the last command the word `end`. Nothing of it is read as shell.
# The lease is a moment of the node's uptime: faults may move its wall clock, and nothing moves uptime.
# Exit: 0 done, 1 something failed (said on stderr), 3 the run has lost this node, 4 another run holds it.
set -u
umask 077
PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin
export PATH
trap '' HUP PIPE # whoever asked may be gone before the answer
dir=$1
command=$2
shift 2
base=${dir%/*}

now() { # sets $up to whole seconds of uptime
  read -r up _ </proc/uptime
  up=${up%%.*}
}

lock() { # one agent at a time on this node, whatever the run; the folder may be removed while we wait for it
  while :; do
    mkdir -p "$base"
    if exec 9<"$base" && flock -w 60 9 && [ /proc/self/fd/9 -ef "$base" ]; then return; fi
    exec 9<&-
  done
}

left() { # sets $left to the seconds left of the lease of run folder $1, 0 when it is out or there is none
  left=0
  until=0
  [ -f "$1/lease" ] && read -r until <"$1/lease"
  now
  [ "${until:-0}" -gt "$up" ] && left=$((until - up))
  return 0
}

lease() { # lease SECONDS: only under the lock, so nobody sees a half-written one
  now
  echo $((up + $1)) >"$dir/lease"
  flock -n "$dir/watchdog" true || return 0 # held: a watchdog is there
  setsid sh "$dir/agent" "$dir" watch </dev/null >/dev/null 2>&1 9<&- &
}

held() { # ends when this run has lost the node: its lease ran out and the watchdog gave the node back
  [ -f "$dir/lease" ] && return
  echo "the lease of this run is out and the node is given back" >&2
  exit 3
}

run() { # run SECONDS COMMAND [ARGUMENT ...]: with $input decoded as its standard input
  if [ -z "$input" ]; then
    timeout -k 1 "$@" </dev/null 3<&- 9<&- >&2
  else
    printf %s "$input" | base64 -d | timeout -k 1 "$@" 3<&- 9<&- >&2
  fi
}

plan() { # plan KIND FILE SECONDS: runs the commands of that kind, each for SECONDS at most; heals go on past failures
  wanted=$1 file=$2 limit=$3 failures=0
  while IFS= read -r kind <&3 && [ "$kind" != end ]; do
    read -r count <&3
    set --
    while [ $# -lt "$count" ]; do
      IFS= read -r word <&3
      set -- "$@" "$word"
    done
    IFS= read -r input <&3
    [ "$kind" = "$wanted" ] || continue
    if [ "$wanted" = inject ]; then
      left "$dir" # nothing strikes after the lease is out, and nothing keeps the watchdog waiting
      limit=$left
      [ "$limit" -gt 0 ] || { echo "the lease ran out before $1" >&2 && return 1; }
    fi
    if run "$limit" "$@"; then continue; fi
    printf '%s failed: %s\n' "$wanted" "$*" >&2
    failures=1
    [ "$wanted" = heal ] || return 1
  done 3<"$file"
  return "$failures"
}

undo() { # undo FILE: heals and forgets one fault; one that is not there is healed already
  [ -f "$1" ] || return 0
  plan heal "$1" 10 && rm -f "$1"
}

undo_all() { # of run folder $1, newest first (ids sort by age)
  newest=
  failed=0
  for armed in "$1"/*.plan; do newest="$armed
$newest"; done
  while IFS= read -r armed; do
    [ -z "$armed" ] || undo "$armed" || failed=1
  done <<LIST
$newest
LIST
  return "$failed"
}

give_back() { # give_back RUNFOLDER: only what we made; the lease last, so that a half-done one is still ours to finish
  rm -f "$1"/*.plan "$1"/*.new "$1/owner" "$1/watchdog" "$1/agent" "$1/lease"
  rmdir "$1" 2>/dev/null
  rmdir "$base" 2>/dev/null
  return 0
}

case $command in
prepare)
  lock
  for other in "$base"/*/; do
    other=${other%/}
    [ "$other" != "$dir" ] && [ -f "$other/lease" ] || continue
    left "$other"
    owner=unknown
    [ -f "$other/owner" ] && read -r owner <"$other/owner"
    if [ "$left" -gt 0 ]; then
      [ -f "$dir/lease" ] || give_back "$dir"
      echo "$owner" >&2
      exit 4
    fi
    undo_all "$other" && give_back "$other" && continue
    echo "what the dead run ${other##*/} left on this node cannot be undone" >&2
    exit 1
  done
  mkdir -p "$dir"
  printf '%s\n' "$2" >"$dir/owner"
  lease "$1"
  ;;
renew)
  seconds=$1
  shift
  lock
  held
  for id; do undo "$dir/$id.plan"; done
  lease "$seconds"
  for armed in "$dir"/*.plan; do
    [ -f "$armed" ] || continue
    armed=${armed##*/}
    echo "${armed%.plan}"
  done
  ;;
inject)
  seconds=$1 id=$2
  [ -d "$dir" ] || held
  cat >"$dir/$id.new" # before the lock: a controller that stalls here keeps nobody waiting
  lock
  held
  if [ "$(tail -n 1 "$dir/$id.new")" != end ]; then
    rm -f "$dir/$id.new"
    echo "the plan is torn: nothing was done" >&2
    exit 1
  fi
  mv "$dir/$id.new" "$dir/$id.plan"
  lease "$seconds"
  plan inject "$dir/$id.plan" 0 && exit 0
  undo "$dir/$id.plan"
  exit 1
  ;;
heal)
  lock
  if [ $# -eq 0 ]; then
    undo_all "$dir"
    exit
  fi
  failed=0
  for id; do undo "$dir/$id.plan" || failed=1; done
  exit "$failed"
  ;;
status)
  held
  left "$dir"
  read -r owner <"$dir/owner"
  echo "owner $owner"
  echo "left $left"
  for armed in "$dir"/*.plan; do
    armed=${armed##*/}
    [ "$armed" = '*.plan' ] || echo "armed ${armed%.plan}"
  done
  ;;
close)
  [ -d "$dir" ] || exit 0
  lock
  for armed in "$dir"/*.plan; do
    armed=${armed##*/}
    [ "$armed" = '*.plan' ] || echo "${armed%.plan}"
  done
  undo_all "$dir" && give_back "$dir"
  ;;
sweep)
  [ -d "$base" ] || exit 0
  lock
  failed=0
  for run in "$base"/*/; do
    run=${run%/}
    [ -d "$run" ] || continue
    left "$run"
    if [ "$left" -gt 0 ] && [ "${1:-}" != force ]; then
      echo "live ${run##*/}"
      continue
    fi
    undo_all "$run" && give_back "$run" && echo "swept ${run##*/}" || failed=1
  done
  rmdir "$base" 2>/dev/null
  exit "$failed"
  ;;
ping)
  command -v ping >/dev/null || { echo "there is no ping on this node" >&2 && exit 1; }
  # A ping that cannot even reach itself would call everybody silent.
  ping -n -q -c 1 -w 2 127.0.0.1 >/dev/null 2>&1 || { echo "ping does not work on this node" >&2 && exit 1; }
  while [ $# -gt 1 ]; do
    # -w, not -W: asks again every second until then, so that one lost answer does not make a living pair silent
    { ping -n -q -c 1 -w "$1" "$2" >/dev/null 2>&1 && echo "$2 answers" || echo "$2 silent"; } &
    shift 2
  done
  wait
  ;;
watch)
  exec 8>"$dir/watchdog"
  flock -n 8 || exit 0
  while sleep 1 8>&-; do
    [ -f "$dir/lease" ] || exit 0
    left "$dir"
    [ "$left" -gt 0 ] && continue
    lock
    left "$dir" # again, now that nobody can renew it
    if [ "$left" -eq 0 ] && undo_all "$dir"; then
      give_back "$dir"
      exit 0
    fi
    exec 9<&-
  done
  ;;
*)
  echo "no such command: $command" >&2
  exit 1
  ;;
esac
