# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# What a case may use. It runs with "set -eux"; $1... are the addresses
# (C:T:L) of the disks that its header asks for. $DISK is the first of them and
# $DEV its device node; $DISK2, $DEV2 the second. With the driver "sender" there
# are no nodes.

say() {
	echo "$*" >&2
}

# The last line that a case says is the reason that the runner gives.
fail() {
	say "$*"
	exit 1
}

skip() {
	say "$*"
	exit 77
}

expect() { # WHAT = VALUE, WHAT -ge NUMBER: as test(1)
	[ -n "$1" ] || fail "nothing to compare: $*"
	[ "$@" ] || fail "expected: $*"
}

# A line for the reader of the results, shown even when the case passes.
note() {
	echo "note $*" >&3
}

# Asks the runner and prints the lines of the answer without the two blanks in
# front, and then what follows "ok".
ask() {
	: >/run/asking
	echo "ask $*" >&3
	while IFS= read -r answer <&3; do
		case $answer in
		"  "*) echo "${answer#  }" ;;
		ok) break ;;
		"ok "*)
			echo "${answer#ok }"
			break
			;;
		*)
			rm -f /run/asking
			fail "$*: $answer"
			;;
		esac
	done
	rm -f /run/asking
}

# A command on the host's console, such as "disk list".
host() {
	ask host "$@"
}

# The image file behind a file-backed disk, as the build machine sees it:
# "image crc C:T:L lba=N count=N".
image() {
	ask image "$@"
}

# One number of the host's "stats".
host_stat() {
	host stats | awk -v key="$1" '$1 == key { print $2 }'
}

# One number of a channel, by its relid, from the host's "channels".
host_channel() { # RELID KEY
	host channels | awk -v relid="$1" '$1 == relid' |
		tr ' ' '\n' | sed -n "s/^$2=//p"
}

# The same, of all channels together.
host_channels() { # KEY
	host channels | tr ' ' '\n' |
		awk -F= -v key="$1" '$1 == key { sum += $2 } END { print sum + 0 }'
}

# One number of a disk, from the host's "disk list".
host_disk() { # C:T:L KEY
	host disk list | awk -v disk="$1" '$1 == disk' |
		tr ' ' '\n' | sed -n "s/^$2=//p"
}

# Waits as long as the runner lets the case live.
wait_for() {
	say "waiting for: $*"
	until "$@" >/dev/null 2>&1; do
		sleep 0.1
	done
}

# Loads the kernel that runs, and this root, to be started next. With -p it waits
# in the memory of crashkernel= for a crash; a root with fio is too large for that.
# The words are for its command line.
load_kernel() { # -l|-p WORD...
	how=$1
	shift
	(cd / && find . -xdev ! -name vmlinuz ! -path './tmp/*' ! -path './run/*' |
		cpio -o -H newc) >/tmp/initramfs
	words=$(sed 's/ crashkernel=[^ ]*//' /proc/cmdline)
	kexec -s "$how" /vmlinuz --initrd=/tmp/initramfs \
		--command-line="$words $* AGAIN=\"$CASE\""
	rm /tmp/initramfs
}

# No line to the runner is torn by what ends this kernel.
fall_silent() {
	kill "$(cat /run/heartbeat)"
}

# The time in hundredths of a second.
now() {
	sed 's/^\([0-9]*\)\.\([0-9]*\) .*/\1\2/' /proc/uptime
}

# The folder in sysfs of the SCSI device at C:T:L.
scsi_device() {
	set -- /sys/bus/scsi/devices/*:"$1"
	[ -d "$1/block" ] || return 1
	echo "$1"
}

is_gone() { # C:T:L
	! scsi_device "$1"
}

disk_is_there() {
	device=$(scsi_device "$1") && [ -b "/dev/$(ls "$device/block")" ]
}

# The device node of the disk at C:T:L.
disk() {
	wait_for disk_is_there "$1" >&2
	echo "/dev/$(ls "$(scsi_device "$1")/block")"
}

has_size() { # /dev/NAME BYTES
	[ "$(cat "/sys/block/${1#/dev/}/size")" = $(($2 / 512)) ]
}

# A module that a case asks for, unless another case was first.
load_module() { # NAME
	[ -d "/sys/module/$1" ] || insmod "/modules/$1.ko"
}

# For modprobe, as a system has them.
install_modules() {
	mkdir -p "/lib/modules/$(uname -r)"
	cp /modules/*.ko "/lib/modules/$(uname -r)"
	depmod
}

# Through all channels: each CPU has one.
each_cpu() { # COMMAND...
	cpu=0
	while [ $cpu -lt "$CPUS" ]; do
		taskset -c $cpu "$@"
		cpu=$((cpu + 1))
	done
}

# The first megabyte of a disk, which the host and all channels then have to have.
new_data() { # C:T:L
	dd if=/dev/urandom of=/tmp/data bs=64k count=16 2>/dev/null
	dd if=/tmp/data of="$(disk "$1")" bs=64k oflag=direct 2>/dev/null
	expect_data "$1"
}

expect_data() { # C:T:L
	expect "$(host crc "$1" lba=0 count=2048)" = "$(crc32 /tmp/data | cut -d' ' -f1)"
	each_cpu sh -c "dd if=$(disk "$1") bs=64k count=16 iflag=direct 2>/dev/null | cmp - /tmp/data"
}

# Each channel to another CPU, where there are more than one.
move_channels() { # CONTROLLER, as controller_of() says it
	for channel in "$1"/channels/*; do
		cpu=$(cat "$channel/cpu")
		echo $((CPUS - 1 - cpu)) >"$channel/cpu"
		expect "$(cat "$channel/cpu")" = $((CPUS - 1 - cpu))
	done
}

# One partition over all of a disk that is empty; prints its device node.
partition() { # /dev/NAME gpt|dos
	echo start=1MiB | sfdisk -q --label "$2" "$1" >&2
	wait_for test -b "${1}1"
	echo "${1}1"
}

# A root of its own, with nothing in it that is not from there.
make_system() { # FOLDER
	mkdir -p "$1/bin" "$1/data" "$1/dev"
	mknod "$1/dev/null" c 1 3
	cp /bin/busybox "$1/bin/busybox"
	/bin/busybox --install -s "$1/bin"
}

# Runs commands with such a root and no other file system in sight, as what
# switch_root starts; not in the first process, which has to report.
in_system() { # FOLDER COMMANDS
	# shellcheck disable=SC2016 # meant for the shells inside
	unshare -m sh -c 'cd "$0" && mount -o move . / && exec chroot . sh -c "$1"' "$@"
}

# The processes whose root is on a file system. Some end while one looks.
processes_of() { # DEVICE, as stat -c %d says it
	stat -L -c '%d %n' /proc/[0-9]*/root 2>/dev/null |
		sed -n "s:^$1 /proc/\([0-9]*\)/root:\1:p"
}

have_none() { # DEVICE
	[ -z "$(processes_of "$1")" ]
}

# Whoever is left would keep the case from ending.
kill_processes_of() { # DEVICE
	processes_of "$1" | xargs -r kill -9 2>/dev/null || true
	wait_for have_none "$1"
}

# Four programs in such a root that copy their own file over and over, each copy
# in the place of the last one when it is on the disk, until /data/stop is there;
# and one that only waits.
run_system() { # FOLDER
	# shellcheck disable=SC2016
	in_system "$1" '
		cd /data
		for writer in 1 2 3 4; do
			until [ -e stop ]; do
				dd if=/bin/busybox of=$writer.new bs=64k conv=fsync &&
					mv $writer.new $writer && echo >>$writer.count || exit
			done 2>/dev/null &
		done
		while [ ! -e stop ]; do sleep 1; done
		wait'
}

# The folder in sysfs of the VMBus device that the disk at C:T:L hangs on.
controller_of() {
	device=$(readlink -f "$(scsi_device "$1")")
	echo "${device%/host*}"
}

# Hardware queues of a disk.
queues() { # /dev/NAME
	find "/sys/block/${1#/dev/}/mq" -mindepth 1 -maxdepth 1 | wc -l
}

# Name of the driver that the disk's controller is bound to.
driver_of() {
	basename "$(readlink -f "$(controller_of "$1")/driver")"
}

# Of what kernels allocate in pieces: objects in use and not the slabs that hold
# them, nor tasks and inodes, which come and go by themselves. Whole pages, such
# as rings, are in none of this, see free_memory(). Without what is only kept for
# later: RCU frees some in batches, and what that frees holds more in turn.
memory() { # kB
	for _ in 1 2; do
		echo 3 >/proc/sys/vm/drop_caches
		sleep 3
		for cache in /sys/kernel/slab/*/shrink; do
			echo 1 >"$cache"
		done
	done
	awk '/^kmalloc/ { sum += $2 * $4 / 1024 } /^(VmallocUsed|Percpu):/ { sum += $2 }
		END { print int(sum) }' /proc/slabinfo /proc/meminfo
}

free_memory() { # kB, to be asked after memory()
	awk '/^MemFree:/ { print $2 }' /proc/meminfo
}

# The counters of the one channel that there is, and one of them.
counters() {
	cat /sys/kernel/debug/hvring/*
}

counter() { # KEY
	counters | awk -v key="$1" '$1 == key { print $2 }'
}

# Opens "sender"'s channel anew, with rings of this size; counters go on.
ring() { # BYTES
	echo "$1" >/sys/module/sender/parameters/ring
	echo 1 >/sys/kernel/debug/sender/reopen
}

# Makes "sender" run a load on $DISK; got() then knows what it found, and by how
# much each counter has grown meanwhile.
load() { # WORDS of tests/sender
	counters >/run/before
	echo "lun=${DISK##*:} $*" >/sys/kernel/debug/sender/load || {
		cat /sys/kernel/debug/sender/load
		fail "the load failed: $*"
	}
	cat /sys/kernel/debug/sender/load >/run/load
	counters | awk 'NR == FNR { before[$1] = $2; next }
		{ print $1, $2 - before[$1] }' /run/before - >>/run/load
	expect "$(got failed)" = 0
	expect "$(got bad_data)" = 0
	expect "$(got empty_wakes)" = 0
	expect "$(got gave_up)" = 0
	expect "$(got completed)" = "$(got submitted)"
	expect "$(got wakes)" = "$(got stops)"
	expect "$(got stops)" = "$(got ring_full)"
}

got() { # KEY
	awk -v key="$1" '$1 == key { print $2 }' /run/load
}

# The relid of the one channel that is open.
relid() {
	host channels | awk '$4 == "open" { print $1 }'
}

# shellcheck disable=SC2034 # for the case
set_disks() { # ADDRESS...
	[ $# -ge 1 ] || return 0
	DISK=$1
	[ "$DRIVER" = sender ] || DEV=$(disk "$DISK")
	[ $# -ge 2 ] || return 0
	DISK2=$2
	[ "$DRIVER" = sender ] || DEV2=$(disk "$DISK2")
}

# No case finds the ring that another one has left.
[ "$DRIVER" != sender ] || ring 131072
set_disks "$@"
