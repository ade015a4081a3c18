# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# What hvscsi(8) refuses or only says, for tests/packages/system, which has all that
# is used here. Each is called with $status 0.
# shellcheck disable=SC2154

no_modules() {
	mv "$root/lib/modules/$kernel/updates" "$work/updates"
	refused 1 "nothing to switch on" on --root "$root" || status=1
	status_says "modules not installed" || status=1
	mv "$work/updates" "$root/lib/modules/$kernel/updates"
	return "$status"
}

built_in() {
	builtin=$root/lib/modules/$kernel/modules.builtin
	theirs=$(find "$root/lib/modules/$kernel" -name hv_storvsc.ko)
	mv "$theirs" "$work/theirs"
	echo kernel/drivers/scsi/hv_storvsc.ko >>"$builtin"
	refused 1 "built into it" on --root "$root" || status=1
	sed -i '$d' "$builtin"
	mv "$work/theirs" "$theirs"
	return "$status"
}

# A small /boot above the one that is there.
no_room() {
	cp -p "$image" "$work/image"
	mount -t tmpfs -o "size=$(($(du -k "$image" | cut -f1) + 4096))k" tmpfs "$root/boot"
	cp -p "$work/image" "$image"
	refused 1 "KiB are needed" on --root "$root" || status=1
	umount "$root/boot"
	return "$status"
}

foreign_file() {
	echo "options hvscsi ring_size=65536" >"$root/etc/modprobe.d/hvscsi.conf"
	refused 1 "is not of this program" on --root "$root" || status=1
	rm "$root/etc/modprobe.d/hvscsi.conf"
	return "$status"
}

nobody() {
	cp "$hvscsi" "$work/hvscsi"
	chmod 755 "$work"
	code=0
	setpriv --reuid=65534 --regid=65534 --clear-groups "$work/hvscsi" on \
		>"$work/why" 2>&1 || code=$?
	cat "$work/why"
	[ "$code" = 1 ] && grep -q "only root" "$work/why"
}

misuse() {
	refused 2 usage &&
		refused 2 "sideways is not known" sideways &&
		refused 2 "\-\-force is not known" on --force &&
		refused 2 "\-k wants a value" on -k &&
		refused 2 "status is of all kernels" status -k "$kernel" &&
		refused 2 "adopt is of one controller" adopt &&
		refused 1 "there is no controller 0" adopt 0 &&
		refused 1 "is not a folder" on --root "$root/nowhere" &&
		refused 1 "kernel 1.2 has no initramfs" on --root "$root" -k 1.2
}

spoil_images() { # LINE-OF-SHELL
	hook=$root/etc/initramfs-tools/hooks/zz-test
	printf '%s\n' '#!/bin/sh' "$1" >"$hook"
	chmod +x "$hook"
}

# What makes it says that all is well.
not_as_it_has_to_be() { # [FOLDER]
	# shellcheck disable=SC2016 # for the other shell
	spoil_images '[ "$1" = prereqs ] || rm "$DESTDIR/etc/modprobe.d/hvscsi.conf"'
	refused 1 "failed; .* images are as they were" on --root "${1-$root}" &&
		grep "making .*/initrd.img-$kernel" "$work/why" &&
		grep "is not as it has to be" "$work/why" || status=1
	rm "$hook"
	return "$status"
}

# What a run that ended in the middle left does not count; one that goes on does.
other_runs() {
	other=$root/boot/initrd.img-1.0
	echo now >"$other"
	echo older >"$other.hvscsi-undo"
	for command in on off; do
		code=0
		flock "$root/boot" "$hvscsi" "$command" --root "$root" >"$work/why" 2>&1 || code=$?
		cat "$work/why"
		[ "$code" = 1 ] && grep -q "another hvscsi is at work" "$work/why" &&
			[ -e "$other.hvscsi-undo" ] || status=1
	done
	spoil_images "exit 1"
	! "$hvscsi" on --root "$root" && [ ! -e "$other.hvscsi-undo" ] && grep -x now "$other" || status=1
	rm -f "$hook" "$other" "$other.hvscsi-undo"
	return "$status"
}

# A name with a blank, beside which something lies that has the first half of it.
blank() {
	mkdir "$work/a b" && echo keep >"$work/a"
	mount --rbind "$root" "$work/a b" || return
	not_as_it_has_to_be "$work/a b" || status=1
	umount -l "$work/a b"
	grep keep "$work/a" || status=1
	return "$status"
}

# Devices of a bus that this machine does not have.
controllers() {
	devices=$root/sys/bus/vmbus/devices
	mkdir -p "$devices/one" "$devices/two" "$devices/three" \
		"$root/sys/bus/vmbus/drivers/hv_storvsc"
	echo "{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}" |
		tee "$devices/one/class_id" >"$devices/two/class_id"
	echo "{f8615163-df3e-46c5-913f-f2d2f965ed0e}" >"$devices/three/class_id"
	ln -s ../../drivers/hv_storvsc "$devices/one/driver"
	status_says "^controller one: hv_storvsc$" "^controller two: none$" &&
		! grep three "$work/status" || status=1
	rm -r "$root/sys/bus"
	return "$status"
}

for refusal in "no modules:no_modules" "a kernel with hv_storvsc built in:built_in" \
	"on without hv_storvsc:no_fallback on nothing.to.switch" \
	"no room in /boot:no_room" \
	"a file of somebody else's:foreign_file" "nobody may:nobody" \
	"the command line is not understood:misuse" \
	"an image that is not as it has to be:not_as_it_has_to_be" "other runs, over or not:other_runs" \
	"an image in a folder with a blank in its name:blank" \
	"on without /boot:no_boot on off"; do
	status=0
	# shellcheck disable=SC2086 # words
	try "refused: ${refusal%:*}" ${refusal#*:}
done
status=0
try "status: which driver has which controller" controllers
