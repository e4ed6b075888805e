#!/bin/sh
# Process 1 of a node: builds its root, waits for its network, runs sshd, reaps orphans. Started by launch.ts inside new
# mount, uts, ipc, net and pid namespaces; says `born` and `net` on standard output, and reads `go` from standard input.
# Parameters: tag (how `down` finds the process), name, folder (with upper, work and root), IPv4/length, IPv6/length, and
# the mount points of the machine's other disks.
# All of it is one function, so that the shell has read everything before the root changes.

fail() { echo "failed $1"; exit 1; }

# Devices that programs expect, and those that fault injectors use where the machine has them.
make_dev() {
  mount -t tmpfs -o mode=755,nosuid,size=1m dev root/dev || return
  mkdir root/dev/pts root/dev/shm root/dev/net || return
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts root/dev/pts || return
  mount -t tmpfs -o mode=1777,nosuid,nodev shm root/dev/shm || return
  cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty root/dev/ || return
  if [ -e /dev/fuse ]; then cp -a /dev/fuse root/dev/; fi
  if [ -e /dev/net/tun ]; then cp -a /dev/net/tun root/dev/net/; fi
  ln -s pts/ptmx root/dev/ptmx
  ln -s /proc/self/fd root/dev/fd
  ln -s fd/0 root/dev/stdin
  ln -s fd/1 root/dev/stdout
  ln -s fd/2 root/dev/stderr
}

# Other disks of the machine, such as a /var of its own, are not seen through the overlay over /.
mount_others() {
  index=0
  for point; do
    index=$((index + 1))
    mkdir -p "others/$index/upper" "others/$index/work" || return
    chmod --reference="$point" "others/$index/upper"
    options="lowerdir=$point,upperdir=$PWD/others/$index/upper,workdir=$PWD/others/$index/work"
    mount -t overlay -o "$options" ordeal-node "root$point" || return
  done
}

make_root() {
  mount -t overlay -o "lowerdir=/,upperdir=$PWD/upper,workdir=$PWD/work" ordeal-node root || return
  mount_others "$@" || return
  mount -t proc -o nosuid,nodev,noexec proc root/proc || return
  mount -t sysfs -o ro,nosuid,nodev,noexec sysfs root/sys || return
  mount -t tmpfs -o mode=755,nosuid,nodev run root/run || return
  mount -t tmpfs -o mode=1777,nosuid,nodev tmp root/tmp || return
  make_dev || return
  mkdir root/run/sshd root/run/lock
}

# Settings of the machine's only kernel are not the node's to change, except those of its own network.
protect_kernel() {
  mount --bind /proc/sys /proc/sys &&
    mount --bind /proc/sys/net /proc/sys/net &&
    mount -o remount,bind,ro /proc/sys || return
  [ -e /proc/sysrq-trigger ] || return 0
  mount --bind /proc/sysrq-trigger /proc/sysrq-trigger &&
    mount -o remount,bind,ro /proc/sysrq-trigger
}

# What is logged in has every power over the node and none over the machine: not its clock, modules, ports or disks.
start_sshd() {
  exec setpriv --bounding-set=-sys_time,-sys_module,-sys_rawio,-mknod,-mac_admin,-mac_override \
    /usr/sbin/sshd -D -f /etc/ssh/ordeal/sshd_config -E /var/log/ordeal-sshd.log
}

make_network() {
  # Packets from outside the cluster's own network are not even looked at.
  echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter
  ip -batch - <<END
link set lo up
addr add $1 dev eth0
addr add $2 dev eth0 nodad
link set eth0 addrgenmode none
link set eth0 up
END
}

main() {
  name=$2 ipv4=$4 ipv6=$5
  cd "$3" || fail "no folder $3"
  shift 5
  echo born
  make_root "$@" || fail root
  cd root || fail root
  pivot_root . . && umount -l . || fail pivot_root
  cd /
  echo "$name" >/proc/sys/kernel/hostname
  protect_kernel || fail protect_kernel
  # The end of input instead: the maker died, and with this process goes everything it made.
  read -r go && [ "$go" = go ] || exit 1
  make_network "$ipv4" "$ipv6" || fail network
  start_sshd </dev/null >/dev/null 2>&1 &
  echo net
  exec </dev/null >/var/log/ordeal-init.log 2>&1
  # sshd may be killed by a fault; the node lives on. The shell reaps whatever is handed to process 1.
  while :; do
    sleep infinity &
    wait
  done
}

main "$@"
exit 1
