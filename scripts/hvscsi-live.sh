# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# Move one controller between the drivers while the machine runs: the part of
# hvscsi(8) that it reads for adopt and release, with its class, before, work,
# driver_of(), say() and die().
#
# A driver that is told to let go of a controller does so, whoever uses its disks.
# So it is looked for users first; who comes after that look has bad luck.
# shellcheck disable=SC2154

bus=/sys/bus/vmbus
# Tenths of a second that the disks may take to come back.
patience=1200
# Where users can be seen.
visible="mounts swaps_and_loops holders programs"

# Sets $id and $device.
find_controller() { # ID or its beginning
	case $1 in
	'' | *[!0-9a-f-]*) die "$1 is no id of a controller" ;;
	esac
	ids=
	for device in "$bus/devices/$1"*; do
		[ -e "$device" ] || die "there is no controller $1; hvscsi status names them"
		! grep -qs "$class" "$device/class_id" || ids="$ids ${device##*/}"
	done
	case ${ids# } in
	'') die "$1 is no SCSI controller; hvscsi status names them" ;;
	*' '*) die "$1 is the beginning of more than one controller:$ids" ;;
	esac
	id=${ids# }
	device=$bus/devices/$id
}

# Until udev has done what it has to do by now.
settle() {
	! command -v udevadm >/dev/null || udevadm settle || true
}

# All that programs may open of the disks, a line each: "b MAJOR:MINOR HEX:HEX NAME",
# or "c ..." for sg and its like.
nodes() {
	find "$device"/host*/ -name dev 2>/dev/null | while read -r file; do
		number=$(cat "$file")
		case $file in
		*/block/*) kind=b ;;
		*) kind=c ;;
		esac
		echo "$kind $number $(printf '%x:%x' "${number%:*}" "${number#*:}")" \
			"$(sed -n 's/^DEVNAME=//p' "${file%/dev}/uevent")"
	done
}

# "KIND HEX:HEX TEXT" to "NAME TEXT", for those that are among the nodes.
only_ours() {
	awk 'NR == FNR { name[$1 $3] = $4; next }
		$1 $2 in name { key = $1 $2; $1 = ""; $2 = name[key]; print substr($0, 2) }' \
		"$work/nodes" -
}

# In any namespace. What is not a file system of one disk is found by claimed().
mounts() {
	cat /proc/[0-9]*/mountinfo 2>/dev/null |
		awk 'NR == FNR { if ($1 == "b") name[$2] = $4; next }
			$3 in name { print name[$3], "is mounted on", $5 }' "$work/nodes" -
}

# By the kernel, which has paths of them.
swaps_and_loops() {
	{
		sed 1d /proc/swaps | while read -r path _; do
			echo "$path is used for swap"
		done
		for loop in /sys/block/*/loop; do
			[ ! -e "$loop" ] ||
				echo "$(cat "$loop/backing_file") is used by $(basename "${loop%/loop}")"
		done
	} | while read -r path text; do
		[ ! -b "$path" ] || stat -L -c "b %t:%T $text" "$path"
	done | only_ours
}

# dm, with LVM and multipath, and md.
holders() {
	find "$device"/host*/ -path '*/holders/*' 2>/dev/null | while read -r holder; do
		disk=${holder%/holders/*}
		holder=${holder##*/}
		name=$(cat "/sys/block/$holder/dm/name" 2>/dev/null) || true
		echo "${disk##*/} is used by $holder${name:+ ($name)}"
	done
}

# What is mapped stays open without a descriptor.
programs() {
	printf '%s\n' /proc/[0-9]*/task/[0-9]*/fd/* /proc/[0-9]*/map_files/* |
		xargs stat -L -c '%F %t:%T %n' 2>/dev/null |
		sed -n 's,^\([bc]\)[a-z]* special file \([^ ]*\) /proc/\([0-9]*\)/.*,\1 \2 \3,p' |
		only_ours | while read -r name process; do
		echo "$name is open in process $process ($(cat "/proc/$process/comm" 2>/dev/null))"
	done
}

# What is nowhere to be seen, such as a file system that is no longer mounted anywhere
# and still has users. This program opens disks exclusively, and writes nothing: there
# is no signature at that offset. But it could, so udev reads their partitions anew.
claimed() {
	for disk in "$device"/host*/target*/*/block/*; do
		disk=${disk##*/}
		said=$(wipefs --no-act --offset 1 "/dev/$disk" 2>&1) && continue
		case $said in
		*"resource busy"*) echo "$disk, or a part of it, is claimed by the kernel" ;;
		# A drive that is empty.
		*"No medium found"*) ;;
		*) echo "$disk may be claimed by the kernel: $(echo "$said" | head -n 1)" ;;
		esac
	done
	settle
}

refuse_if_used() { # WHERE-TO-LOOK...
	nodes >"$work/nodes"
	[ -s "$work/nodes" ] || return 0
	for look; do
		$look >"$work/users"
		if read -r user <"$work/users"; then
			die "$user; controller $id stays with $owner"
		fi
	done
}

known_to_udev() { # FOLDER
	command -v udevadm >/dev/null &&
		udevadm info --query=property --path="$1" 2>/dev/null | grep -q ^USEC_INITIALIZED=
}

# What is on the controller, whatever its names: a line for each device, disk and
# partition, and one more where udev has looked at it.
places() {
	for unit in "$device"/host*/target*/*:*:*:*; do
		[ -e "$unit" ] || continue
		address=${unit##*/}
		echo "${address#*:}"
		find "$unit/block" -name dev 2>/dev/null | while read -r file; do
			part=$(cat "${file%/dev}/partition" 2>/dev/null) || true
			echo "${address#*:} disk${part:+ partition $part}"
			! known_to_udev "${file%/dev}" ||
				echo "${address#*:} disk${part:+ partition $part} in udev"
		done
	done
}

# The driver has the controller before it has its disks. Sets $missing.
wait_for_places() {
	for _ in $(seq $patience); do
		places >"$work/now"
		missing=$(sort "$work/before" "$work/now" "$work/now" | uniq -u | head -n 1)
		[ "$missing" ] || break
		sleep 0.1
	done
	settle
	[ -z "$missing" ]
}

give_to() { # DRIVER
	echo "$1" >"$device/driver_override"
	[ ! -e "$device/driver" ] || echo "$id" >"$device/driver/unbind"
	{ echo "$id" >"$bus/drivers/$1/bind"; } 2>/dev/null
	[ "$(driver_of "$device")" = "$1" ]
}

give_back() { # OVERRIDE
	if [ "$owner" = none ]; then
		result="it has no driver, as before"
	elif ! give_to "$owner"; then
		result="$owner does not take it back, and it has none now"
	elif wait_for_places; then
		result="it is with $owner again"
	else
		result="it is with $owner again, but not all of its disks are back: $missing"
	fi
	echo "$1" >"$device/driver_override"
	die "$wanted does not take controller $id, see dmesg; $result"
}

# With what it needs, which is loaded even when it is not, and without what modprobe
# would take away beside: with "hvscsi on" that would be hvscsi for hv_storvsc.
unload() { # DRIVER
	for module in "$1" $(modinfo -F depends "$1" | tr , ' '); do
		rmmod "$module" 2>/dev/null || true
	done
}

# Not before it has to be: it takes each controller that has no driver, and gives
# them up when this program gives up.
load() { # DRIVER
	[ ! -d "$bus/drivers/$1" ] || return 0
	trap 'unload "$wanted"; rm -rf "$work"' EXIT
	modprobe "$1" || die "$1 cannot be loaded; controller $id is as it was"
}

move() { # CONTROLLER DRIVER
	find_controller "$1"
	wanted=$2
	owner=$(driver_of "$device")
	case $owner in
	"$wanted")
		say "controller $id is with $wanted already"
		return
		;;
	hvscsi | hv_storvsc | none) ;;
	*) die "controller $id is with $owner, and stays there" ;;
	esac
	command -v wipefs >/dev/null || die "wipefs, of util-linux, is needed to see who uses the disks"
	settle
	# shellcheck disable=SC2086 # words
	refuse_if_used $visible claimed
	load "$wanted"
	places >"$work/before"
	# That took its time.
	# shellcheck disable=SC2086 # words
	refuse_if_used $visible
	override=$(cat "$device/driver_override")
	[ "$override" != "(null)" ] || override=
	trap '' INT TERM HUP
	give_to "$wanted" || give_back "$override"
	trap 'rm -rf "$work"' EXIT
	# A driver that is asked for by name is not needed for what there was before.
	[ "$wanted" = hvscsi ] || echo >"$device/driver_override"
	trap 'exit 1' INT TERM HUP
	wait_for_places ||
		die "controller $id is with $wanted now, but not all of its disks are back: $missing"
	case $wanted-$before in
	hvscsi-off | hv_storvsc-on) until=", until the next boot: hvscsi is $before" ;;
	*) until= ;;
	esac
	say "controller $id is with $wanted now$until"
}

adopt() { # CONTROLLER
	move "$1" hvscsi
}

release() { # CONTROLLER
	move "$1" hv_storvsc
}
