# SPDX-License-Identifier: GPL-2.0
"""What a boot is put together from: kernel, modules and disks."""

import hashlib
import os
import pathlib
import shutil
import subprocess

import initramfs
import machine

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPTS = TOP / "scripts"

ISO_DATA = 8 << 20


def script(name, *words):
    """What one of the project's scripts prints."""
    done = subprocess.run([SCRIPTS / name, *words], stdout=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode:
        raise initramfs.Missing(f"scripts/{name} {' '.join(words)} failed")
    return done.stdout.strip()


def kernel_of(series):
    """(folder of the unpacked image package, release)"""
    return (pathlib.Path(script("kernel", "image", series)),
            script("kernel", "release", series))


def kernel_file(image, release):
    """The bootable file in it."""
    return image / "boot" / f"vmlinuz-{release}"


def package_files(cases):
    """What cases want of Debian's packages, place to file. Packages still have
    what is theirs outside of /usr, where it is in every system."""
    wanted = {tuple(package) for case in cases for package in case.packages}
    files = {}
    for name, *paths in sorted(wanted):
        root = pathlib.Path(script("package", name))
        for path in paths:
            found = [file for file in (root / path, *(root / path).rglob("*"))
                     if file.is_file()]
            if not found:
                raise initramfs.Missing(f"there is no {path} in {name}")
            for file in found:
                place = str(file.relative_to(root))
                files["usr/" + place.removeprefix("usr/")] = file
    return files


def installed_files(cases, folder):
    """What cases want of our own, as packages have it, place to file."""
    targets = sorted({f"install-{what}" for case in cases for what in case.install})
    if targets:
        subprocess.run(["make", "-s", "-C", TOP, f"DESTDIR={folder}", *targets], check=True)
    return {str(file.relative_to(folder)): file
            for file in folder.rglob("*") if file.is_file()}


def own_modules(series, driver, cases):
    """The project's modules for a kernel, name to file."""
    wanted = {module for case in cases for module in case.modules}
    if driver == "hv_storvsc" and not wanted & {"hvring", "hvscsi"}:
        return {}
    tests = ["kunit"] if "hvscsi_kunit" in wanted else []
    built = pathlib.Path(script("modules", series, *tests))
    return {initramfs.module_name(ko): ko for ko in built.rglob("*.ko")}


def make_iso(image, folder):
    """A file system of ISO 9660 with a file and a few programs, and checksums."""
    (folder / "bin").mkdir(parents=True)
    busybox = pathlib.Path(initramfs.find_tool("busybox")).read_bytes()
    (folder / "bin/busybox").write_bytes(busybox)
    (folder / "bin/busybox").chmod(0o755)
    for applet in ("sh", "sha256sum", "sleep"):
        (folder / "bin" / applet).symlink_to("busybox")
    data = os.urandom(ISO_DATA)
    (folder / "data").write_bytes(data)
    (folder / "sums").write_text(
        f"{hashlib.sha256(data).hexdigest()}  data\n"
        f"{hashlib.sha256(busybox).hexdigest()}  bin/busybox\n")
    done = subprocess.run([initramfs.find_tool("xorriso"), "-as", "mkisofs",
                           "-quiet", "-r", "-o", image, folder], stderr=subprocess.PIPE,
                          text=True, check=False)
    shutil.rmtree(folder)
    if done.returncode:
        raise initramfs.Missing(f"xorriso failed: {done.stderr}")


def assign_disks(cases, folder):
    """Gives every disk that a case asks for an address of its own.

    Returns (console arguments, [(case, addresses)], {address: image file}).
    """
    arguments, assigned, images = [], [], {}
    for case in cases:
        addresses = []
        for disk in case.disks:
            address = f"0:0:{len(arguments)}"
            kind, size = disk.split()[0].split("=")
            if kind in ("file", "iso"):
                image = folder / f"image{len(images)}"
                if kind == "iso":
                    make_iso(image, folder / "iso")
                with open(image, "ab") as file:
                    file.truncate(machine.parse_size(size))
                disk = disk.replace(f"{kind}={size}", f"file={len(images)}")
                images[address] = image
            arguments.append(f"{address} {disk}")
            addresses.append(address)
        assigned.append((case, addresses))
    return arguments, assigned, images
