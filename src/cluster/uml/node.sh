#!/bin/sh
# Becomes the kernel process of a node. Started by launch.ts inside the network namespace of the cluster's bridge and new
# mount, ipc and pid namespaces: the kernel is process 1 there, and with it dies all it started.
# Parameters: tag (how `down` finds the process), name, folder (holds disk.img), memory in MiB, MAC address, IPv4/length,
# IPv6/length, path of init.sh. What a node's root does, even with hostfs mounted anew, writes nothing but that folder.

fail() { echo "ordeal: failed $1"; exit 1; }

# Mounts that cannot be reached by their name (hidden below others) are out of the node's reach as well.
protect_machine() {
  mount --bind "$1" "$1" && cd "$1" || return
  while read -r _ _ _ _ point _; do
    point=$(printf '%b' "$point")
    [ "$point" = "$1" ] || mount -o remount,bind,ro "$point" 2>/dev/null
  done </proc/self/mountinfo
  [ ! -w / ] || return
  # The machine's processes are not the node's to see; the node's memory is a file that is gone when the node is.
  mount -t proc -o ro,nosuid,nodev,noexec proc /proc && mount -t tmpfs -o mode=700,nosuid,nodev memory /dev/shm
}

main() {
  tag=$1 name=$2 folder=$3 memory=$4 mac=$5 ipv4=$6 ipv6=$7 init=$8
  cd "$folder" || fail "no folder $folder"
  protect_machine "$folder" || fail protect_machine
  ulimit -c 0
  export TMPDIR=/dev/shm
  exec setpriv --bounding-set=-all,+dac_read_search --inh-caps=-all --no-new-privs \
    setarch -R /usr/bin/linux.uml "mem=${memory}M" root=/dev/root rootfstype=hostfs rootflags=/ ro "init=$init" \
    "umid=$name" uml_dir=/dev/shm con=null con0=null,fd:1 ssl=null "ubda=$folder/disk.img" \
    "vec0:transport=tap,ifname=$name,mac=$mac,depth=128" \
    "ORDEAL_NODE=$name" "ORDEAL_IPV4=$ipv4" "ORDEAL_IPV6=$ipv6" -- "$tag"
}

main "$@"
exit 1
