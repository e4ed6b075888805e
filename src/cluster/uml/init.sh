#!/bin/sh
# Process 1 inside a node's own kernel: builds the node's root, sets up its network, runs sshd, reaps orphans. What it says
# is the console log. Environment, from the kernel's arguments: ORDEAL_NODE, ORDEAL_IPV4, ORDEAL_IPV6 (with lengths).
# The first root is the machine's own files (hostfs), read-only; the disk has the folders upper, work and root.
# All of it is one function, so that the shell has read everything before the root changes.

# Without process 1 the kernel would panic; so it ends in order, and launch.ts sees the process end.
fail() {
  echo "ordeal: failed $1"
  echo o >/proc/sysrq-trigger
  sleep 60
}

# Modules of this kernel, for the time before the root has them in their usual place.
load_modules() {
  mkdir -p /run/boot/lib/modules &&
    ln -s "/usr/lib/uml/modules/$(uname -r)" /run/boot/lib/modules/ &&
    modprobe -d /run/boot -a overlay ipv6
}

make_dev() {
  mount -t devtmpfs -o mode=755,nosuid dev root/dev || return
  mkdir -p root/dev/pts root/dev/shm root/dev/net || return
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts root/dev/pts || return
  mount -t tmpfs -o mode=1777,nosuid,nodev shm root/dev/shm || return
  ln -sf /proc/self/fd root/dev/fd
  ln -sf fd/0 root/dev/stdin
  ln -sf fd/1 root/dev/stdout
  ln -sf fd/2 root/dev/stderr
}

make_root() {
  mount -t overlay -o "lowerdir=/,upperdir=$PWD/upper,workdir=$PWD/work" ordeal-node root || return
  mount -t proc -o nosuid,nodev,noexec proc root/proc || return
  mount -t sysfs -o nosuid,nodev,noexec sysfs root/sys || return
  mount -t tmpfs -o mode=755,nosuid,nodev run root/run || return
  mount -t tmpfs -o mode=1777,nosuid,nodev tmp root/tmp || return
  make_dev || return
  mkdir root/run/sshd root/run/lock
}

# From here on the kernel loads what it misses by itself.
settle_in() {
  echo "$ORDEAL_NODE" >/proc/sys/kernel/hostname
  echo "$ORDEAL_NODE" >/etc/hostname
  mkdir -p /lib/modules && ln -sfn "/usr/lib/uml/modules/$(uname -r)" "/lib/modules/$(uname -r)"
}

make_network() {
  echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter
  ip -batch - <<END
link set lo up
link set vec0 name eth0 addrgenmode none
addr add $ORDEAL_IPV4 dev eth0
addr add $ORDEAL_IPV6 dev eth0 nodad
link set eth0 up
END
}

main() {
  export PATH=/usr/sbin:/usr/bin:/sbin:/bin
  unset TMPDIR mem umid uml_dir
  mount -t proc proc /proc
  mount -t tmpfs -o mode=755 run /run || fail run
  load_modules || fail modules
  mkdir /run/disk && mount -t ext4 /dev/ubda /run/disk || fail disk
  cd /run/disk || fail disk
  make_root || fail root
  cd root && pivot_root . . && umount -l . || fail pivot_root
  cd /
  settle_in || fail settle_in
  make_network || fail network
  env -i "PATH=$PATH" HOME=/root TERM=linux \
    /usr/sbin/sshd -D -f /etc/ssh/ordeal/sshd_config -E /var/log/ordeal-sshd.log </dev/null >/dev/null 2>&1 &
  echo 'ordeal: ready'
  # sshd may be killed by a fault; the node lives on. The shell reaps whatever is handed to process 1.
  while :; do
    sleep infinity &
    wait
  done
}

main "$@"
