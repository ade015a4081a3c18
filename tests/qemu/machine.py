# SPDX-License-Identifier: GPL-2.0
"""One QEMU with minihv in it: the process, its monitor and its serial ports.

    first port    the guest kernel's console, written to a file
    second port   "control", between the runner and the guest's init
    third port    "console" of the host, between the runner and minihv
"""

import os
import pathlib
import select
import socket
import subprocess

from initramfs import find_tool

MINIHV = pathlib.Path(__file__).resolve().parent.parent / "minihv"

# The host's program ends below this, and all programs of the guest begin above.
HOST_END = 4 << 20

# MiB. The pool is where thin disks live.
GUEST_MEMORY = 1024
HOST_POOL = 1024

# Only the emulation's slowness would trip the stall detectors; hung_task and
# all else stay on. panic=-1 with -no-reboot ends QEMU when the guest panics, which
# it does with the first Oops: nothing that comes after one is worth judging.
KERNEL_OPTIONS = ("console=ttyS0 loglevel=7 nokaslr mitigations=off "
                  "random.trust_cpu=on oops=panic panic=-1 nowatchdog "
                  "rcupdate.rcu_cpu_stall_suppress=1")

SECTOR = 512


class Channel:
    """Lines over a serial port. A closed peer gives .closed, never an error."""

    def __init__(self, sock):
        self.socket = sock
        self.closed = False
        self.lines = []
        self._rest = b""

    def fileno(self):
        """For select()."""
        return self.socket.fileno()

    def feed(self):
        """Reads what is there and keeps the complete lines."""
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            self.closed = True
            return
        *whole, self._rest = (self._rest + data).split(b"\n")
        self.lines += [line.decode(errors="replace").rstrip("\r")
                       for line in whole]

    def send(self, line):
        """One line; what a dead peer would have read is lost."""
        try:
            self.socket.sendall(line.encode() + b"\n")
        except OSError:
            self.closed = True


def parse_size(text):
    """Bytes of "64M"."""
    factor = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(text[-1], 0)
    return int(text[:-1]) * factor if factor else int(text)


class Machine:
    """A running QEMU. @folder receives the logs and image files."""

    poll_seconds = 1

    def __init__(self, folder, kernel, initramfs, cpus, host_options, images=(),
                 icount=False, kernel_options="", more=()):
        """@images: paths of files that become file-backed disks, in order.
        @more: options of QEMU besides."""
        self.folder = pathlib.Path(folder)
        self.log_path = self.folder / "guest.log"
        control, control_peer = socket.socketpair()
        console, console_peer = socket.socketpair()
        monitor, monitor_peer = socket.socketpair()
        self.control, self.console = Channel(control), Channel(console)
        self.monitor = Channel(monitor)
        command = self._command(kernel, initramfs, cpus, host_options, images,
                                icount, kernel_options) + list(more)
        command += ["-serial", f"file:{self.log_path}"]
        for name, peer in (("control", control_peer), ("console", console_peer)):
            command += ["-chardev", f"socket,id={name},fd={peer.fileno()}",
                        "-serial", f"chardev:{name}"]
        command += ["-chardev", f"socket,id=monitor,fd={monitor_peer.fileno()}",
                    "-mon", "chardev=monitor"]
        (self.folder / "command").write_text(" ".join(command) + "\n")
        with open(self.folder / "qemu.log", "wb") as errors:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                pass_fds=[peer.fileno() for peer in (control_peer, console_peer,
                                                     monitor_peer)])
        for peer in (control_peer, console_peer, monitor_peer):
            peer.close()

    @staticmethod
    def _command(kernel, initramfs, cpus, host_options, images, icount,
                 kernel_options):
        options = f"{KERNEL_OPTIONS} {kernel_options}".strip()
        command = [
            find_tool("qemu-system-x86_64"), "-accel", "tcg", "-machine", "pc",
            # Strings are copied by the same instructions everywhere.
            "-cpu", "max,-erms,-fsrm", "-smp", str(cpus + 1),
            "-m", str(GUEST_MEMORY + HOST_POOL),
            "-nodefaults", "-display", "none", "-no-reboot",
            "-kernel", str(MINIHV / "minihv.elf"),
            "-append", f"memory={GUEST_MEMORY} {host_options}".strip(),
            # A comma separates modules; a doubled one is a comma.
            "-initrd", f"{kernel} {options.replace(',', ',,')},{initramfs}",
            "-acpitable", f"file={MINIHV / 'vmbus.aml'}"]
        if icount:
            command += ["-icount", "shift=0,sleep=off", "-seed", "42",
                        "-rtc", "base=2026-01-01,clock=vm"]
        for number, image in enumerate(images):
            size = os.path.getsize(image)
            command += ["-object", f"memory-backend-file,id=f{number},"
                        f"mem-path={image},size={size},share=on",
                        "-device", f"ivshmem-plain,memdev=f{number}"]
        return command

    def log(self):
        """All that the guest's kernel has said."""
        try:
            return self.log_path.read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def complaint(self):
        """What QEMU itself said."""
        return (self.folder / "qemu.log").read_text(errors="replace").strip()

    def cpu_seconds(self):
        """Processor time that QEMU has used."""
        try:
            fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        except FileNotFoundError:
            return 0.0
        user, system = fields.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def asleep(self):
        """Whether no thread of QEMU wants to run: it is not being starved."""
        for path in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/stat"):
            try:
                if path.read_text().rpartition(")")[2].split()[0] in "RD":
                    return False
            except (FileNotFoundError, ProcessLookupError):
                continue
        return True

    def registers(self):
        """Where every CPU is, for a guest that is given up."""
        self.monitor.send("info registers -a")
        while select.select([self.monitor], [], [], self.poll_seconds)[0]:
            self.monitor.feed()
            if self.monitor.closed:
                break
        return [line for line in self.monitor.lines
                if line.startswith(("CPU#", "RIP="))]

    def exit_code(self, seconds):
        """QEMU's exit code, or None when it still runs after @seconds."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self):
        """Ends QEMU if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
