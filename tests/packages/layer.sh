# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# A system to be changed: a layer above the root folder that tests/packages/root made.
# For scripts that root starts, and that start themselves once more, by in_namespaces(),
# to have mounts of their own.
# shellcheck disable=SC2034,SC2154

# $work and what is mounted in it are gone when this returns.
in_namespaces() { # SERIES PROGRAM ARGUMENT...
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' INT TERM HUP
	"$top/tests/packages/root" "$1" >"$work/base"
	shift
	unshare --mount --pid --fork --kill-child "$@" inside "$work"
}

# Below $work. Sets $root, the only $kernel in it, its $image, and the program $hvscsi.
make_layer() {
	root=$work/root
	mkdir "$work/upper" "$work/layer" "$root"
	mount -t overlay -o "lowerdir=$(cat "$work/base"),upperdir=$work/upper,workdir=$work/layer" \
		overlay "$root"
	mount -t proc proc "$root/proc"
	mount --rbind /dev "$root/dev"
	kernel=$(basename "$root"/lib/modules/*)
	image=$root/boot/initrd.img-$kernel
	hvscsi=$root/usr/sbin/hvscsi
}

in_root() { # COMMAND...
	chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C \
		DEBIAN_FRONTEND=noninteractive "$@"
}

install_debs() { # FOLDER
	cp "$1"/*.deb "$root/tmp"
	in_root sh -c "dpkg -i /tmp/*.deb"
	rm "$root"/tmp/*.deb
}
