# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# Who makes an image, what is in it, and which driver would be loaded. $root is the system, $image
# its image, $builder who makes it, $kernel the kernel, $work a folder of the caller.
# shellcheck disable=SC2154

# How the bus announces a SCSI controller.
alias_of_controllers=vmbus:d96361baa104294db60572e2ffb1dc7f

make_image() {
	if [ "$builder" = dracut ]; then
		in_root dracut --quiet --force "${image#"$root"}" "$kernel"
	else
		in_root update-initramfs -u -k "$kernel"
	fi
}

# Instead of what the system came with.
use_dracut() {
	in_root dpkg --force-depends --purge initramfs-tools initramfs-tools-core
	in_root sh -c "dpkg -i /var/local/*.deb"
	printf 'hostonly="yes"\ncompress="cat"\n' >"$root/etc/dracut.conf.d/test.conf"
	make_image
}

image_files() {
	if [ "$builder" = dracut ]; then
		in_root lsinitrd "${image#"$root"}" | sed 's/.* //'
	else
		in_root lsinitramfs "${image#"$root"}"
	fi
}

holds() { # PATTERN
	image_files | grep "$1"
}

holds_modules() {
	holds '/hvring\.ko' && holds '/hvscsi\.ko'
}

holds_none() {
	! holds '/hvring\.ko' && ! holds '/hvscsi\.ko'
}

holds_fallback() {
	holds '/hv_storvsc\.ko'
}

holds_policy() {
	holds 'etc/modprobe\.d/hvscsi\.conf$'
}

# The names of the modules that come when udev sees a controller in FOLDER's system.
loads() { # FOLDER
	chroot "$1" modprobe -S "$kernel" -b -n -v "$alias_of_controllers" |
		sed -n 's#^insmod .*/\([^/ ]*\)\.ko.*#\1#p'
}

loads_theirs() { # FOLDER
	loads "$1" >"$work/loads"
	cat "$work/loads"
	grep -qx hv_storvsc "$work/loads" && ! grep -qx 'hvscsi\|hvring' "$work/loads"
}

loads_ours() { # FOLDER
	loads "$1" | grep -x 'hvring\|hvscsi\|hv_storvsc' | awk '!seen[$0]++' | xargs \
		>"$work/loads"
	cat "$work/loads"
	[ "$(cat "$work/loads")" = "hvring hvscsi hv_storvsc" ]
}

# Unpacks it into $work/image.
unpack_image() {
	rm -rf "$root/tmp/image"
	mkdir -p "$root/tmp/image"
	if [ "$builder" = dracut ]; then
		in_root sh -c "cd /tmp/image && lsinitrd --unpack '${image#"$root"}'"
		unpacked=$root/tmp/image
	else
		in_root unmkinitramfs "${image#"$root"}" /tmp/image
		unpacked=$root/tmp/image
		[ ! -d "$unpacked/main" ] || unpacked=$unpacked/main
	fi
}

image_loads_ours() {
	unpack_image && loads_ours "$unpacked"
}

image_version_is() { # VERSION
	unpack_image
	for module in hvring hvscsi; do
		file=$(find "$unpacked" -name "$module.ko*")
		[ "$(modinfo -F version "$file")" = "$1" ] || return
	done
}
