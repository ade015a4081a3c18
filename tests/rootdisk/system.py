# SPDX-License-Identifier: GPL-2.0
"""A Debian on the emulated host that boots from a medium, and a shell in it."""

import os
import pathlib
import re
import secrets
import select
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests/qemu"))

import cases as case_files          # noqa: E402 pylint: disable=wrong-import-position
from machine import Machine         # noqa: E402 pylint: disable=wrong-import-position

# Seconds of QEMU's processor time, not of the clock: a busy machine changes nothing.
# Nearly all of it goes to the compiler and to making an initramfs.
BOOT_LIMIT = 600
LIMIT = 3600
# How often QEMU may be found fast asleep, a second apart, while it is waited for.
ASLEEP_LIMIT = 300


class Failed(Exception):
    """What went wrong, in a line or more."""


class System:
    """One boot from @medium, one of media.py's."""

    def __init__(self, medium, folder, options="", host=()):
        """@options: more for the kernel's command line. @host: commands for the host
        before it starts the system."""
        self.medium = medium
        command_line = medium.load(folder)
        self.machine = Machine(
            folder, folder / "kernel", folder / "initramfs", 1,
            "mode=async strict=on subchannels=3", [medium.image],
            kernel_options=f"{command_line} {options}".strip())
        try:
            self._limit(BOOT_LIMIT)
            self._wait(lambda: "! ready" in self._said(), "the host does not start")
            for command in (f"disk add 0:0:0 file=0 {medium.attributes()}", *host, "boot"):
                self.host(command)
            self._shell()
        except BaseException:
            self.machine.kill()
            raise

    # ---- waiting ----

    def _limit(self, seconds):
        self._until = self.machine.cpu_seconds() + seconds
        self._asleep = 0

    def _said(self):
        return self.machine.console.lines

    def _wait(self, condition, what):
        """Receives until @condition() is true."""
        machine = self.machine
        while not condition():
            channels = [c for c in (machine.control, machine.console) if not c.closed]
            if not channels:
                raise Failed(f"{what}: QEMU ended {machine.complaint()}")
            ready = select.select(channels, [], [], machine.poll_seconds)[0]
            for channel in ready:
                channel.feed()
            self._asleep += not ready and machine.asleep()
            if machine.cpu_seconds() > self._until or self._asleep > ASLEEP_LIMIT:
                raise Failed(f"{what}: given up\n" + "\n".join(
                    machine.log().splitlines()[-40:] + machine.control.lines[-40:]))

    # ---- host and guest ----

    def host(self, command):
        """A command on the host's console; the lines of its answer."""
        self._said().clear()
        self.machine.console.send(command)
        self._wait(lambda: any(re.match("ok|error", line) for line in self._said()), command)
        if any(line.startswith("error") for line in self._said()):
            raise Failed(f"{command}: {self._said()}")
        return [line.strip() for line in self._said() if line.startswith("  ")]

    def _shell(self):
        """Until the shell on the second serial port answers, without echo or prompt."""
        hello = secrets.token_hex(4)
        control = self.machine.control

        def answered():
            if not any(line.endswith(f"={hello}") for line in control.lines):
                control.send(f"stty -echo; PS1=; PS2=; echo =''{hello}")
            return any(line.endswith(f"={hello}") for line in control.lines)

        self._wait(answered, "no shell")
        self.shell("dmesg -n 7")

    def shell(self, command, limit=LIMIT):
        """Runs @command as root; what it says. Fails if it does."""
        nonce = secrets.token_hex(4)
        control = self.machine.control
        end = re.compile(rf"(.*)={nonce} (\d+)$")
        self._limit(limit)
        control.lines.clear()
        control.send(f"{{ {command}; }} </dev/null 2>&1; echo =''{nonce} $?")
        self._wait(lambda: control.lines and end.match(control.lines[-1]), command)
        found = end.match(control.lines.pop())
        said = "\n".join(control.lines + [found[1]]).removesuffix("\n")
        if found[2] != "0":
            raise Failed(f"exit {found[2]}: {command}\n{said}")
        return said

    def wait_for_log(self, text):
        """Until the first serial port has said @text."""
        self._limit(BOOT_LIMIT)
        self._wait(lambda: text in self.machine.log(), text)

    @staticmethod
    def expect(what, wanted, name):
        """Fails unless both are the same."""
        if what != wanted:
            raise Failed(f"{name}: {what}, and not {wanted}")

    def driver(self, folder):
        """Of the controller of the disk or drive that is mounted on @folder."""
        return self.shell(f"disk=$(lsblk -snro KNAME $(findmnt -no SOURCE {folder}) | "
                          "tail -n 1); d=$(readlink -f /sys/block/$disk); "
                          "basename $(readlink ${d%/host*}/driver)")

    def power_off(self):
        """An orderly end; what is wrong with how it went."""
        stats = dict(line.split()[:2] for line in self.host("stats") if len(line.split()) > 1)
        if stats.get("violations") != "0":
            raise Failed(f"the host saw violations: {stats.get('violations')}")
        self._limit(BOOT_LIMIT)
        self.machine.control.send("systemctl poweroff")
        try:
            self._wait(lambda: self.machine.console.closed, "power-off")
        except Failed as failed:
            raise Failed(f"it does not go off: {failed}") from failed
        code = self.machine.exit_code(60)
        if code:
            raise Failed(f"QEMU ended with {code}: {self.machine.complaint()}")
        complaints = case_files.complaints(self.machine.log())
        if complaints:
            raise Failed("the kernel said: " + "\n".join(complaints))
        self.medium.check()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.machine.kill()
