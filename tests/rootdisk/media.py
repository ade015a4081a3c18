# SPDX-License-Identifier: GPL-2.0
"""What a Debian boots from: the images that tests/rootdisk/image makes.

There is no firmware: kernel and initramfs are read out of the image, as the system has
left them there, and started with the command line that a boot loader would give.
"""

import os
import re
import subprocess

from system import Failed, System

PARTITION = 1 << 20
UUID = re.compile(r"^UUID=(\S+) / ", re.M)


class Medium:
    """A drive at 0:0:0, and the boots from it."""

    # Where what is on it is mounted.
    mounted = "/"

    def __init__(self, image):
        self.image, self.boots = image, 0

    def boot(self, driver, **how):
        """Boots, and sees who drives what it has booted from."""
        self.boots += 1
        folder = self.image.with_name(f"{self.image.name}-boot{self.boots}")
        folder.mkdir()
        machine = System(self, folder, **how)
        try:
            machine.expect(machine.driver(self.mounted), driver, "the driver of what it boots")
            machine.expect(machine.shell("systemctl --failed --no-legend"), "", "failed units")
        except BaseException:
            machine.machine.kill()
            raise
        return machine


class Disk(Medium):
    """@megabytes of the image are the disk."""

    def __init__(self, image, megabytes):
        super().__init__(image)
        self.size = megabytes

    def attributes(self):
        """For the host."""
        return f"size={self.size}M"

    def _debugfs(self, request):
        done = subprocess.run(["debugfs", "-R", request, f"{self.image}?offset={PARTITION}"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        return done.stdout

    def load(self, folder):
        """Puts "kernel" and "initramfs" into @folder; the kernel's command line."""
        for link, file in (("/vmlinuz", "kernel"), ("/initrd.img", "initramfs")):
            said = self._debugfs(f"stat {link}")
            target = re.search(r'Fast link dest: "(\S+)"', said)
            if not target:
                raise Failed(f"the image has no {link}: {said}")
            self._debugfs(f"dump /{target[1].lstrip('/')} {folder / file}")
        return f"root=UUID={UUID.search(self._debugfs('cat /etc/fstab'))[1]} ro"

    def check(self):
        """Fails if the file system of the image is not clean."""
        done = subprocess.run(["e2fsck", "-fn", f"{self.image}?offset={PARTITION}"],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"e2fsck: {done.stdout}")


class Dvd(Medium):
    """A drive with a live system in it."""

    mounted = "/run/live/medium"

    def __init__(self, image):
        super().__init__(image)
        self.bytes = image.read_bytes()
        # As the emulator wants it.
        os.truncate(image, 1 << (len(self.bytes) - 1).bit_length())

    def attributes(self):
        """For the host."""
        return f"dvd=on size={len(self.bytes)}"

    def load(self, folder):
        """Puts "kernel" and "initramfs" into @folder; the kernel's command line."""
        done = subprocess.run(
            ["xorriso", "-osirrox", "on", "-indev", f"stdio:{self.image}",
             "-extract", "/live/vmlinuz", folder / "kernel",
             "-extract", "/live/initrd.img", folder / "initramfs"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise Failed(done.stdout)
        return "boot=live"

    def check(self):
        """Fails if anything in the image has changed."""
        if not self.image.read_bytes().startswith(self.bytes):
            raise Failed("the DVD is not what it was")
