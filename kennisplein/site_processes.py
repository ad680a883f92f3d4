"""
The processes of `make run`: the server, the task worker, and what these start in turn.

Each carries the path of this project in its environment. A number in a file would name one process
at most, and some day a stranger. So whatever was killed, and how, the next start and `make stop`
find all that is left:

    python -m kennisplein.site_processes stop
"""

import argparse
import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parent.parent
MARK = "KENNISPLEIN_SITE"
PR_SET_PDEATHSIG = 1  # linux/prctl.h
LIBC = ctypes.CDLL(None)


def start(*arguments: str, **environment: str) -> subprocess.Popen:
    """Run manage.py with these arguments as a process of the site."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment, MARK: str(PROJECT)},
        stdin=subprocess.DEVNULL,
        preexec_fn=end_with_parent,
    )


def stop() -> bool:
    """Stop every process of the site and wait until they are gone. False: there were none."""
    found = _processes()
    for number in (signal.SIGTERM, signal.SIGKILL):
        # Looked up again each time: one may just have started another.
        for process in _processes():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        deadline = time.monotonic() + 5
        while _processes() and time.monotonic() < deadline:
            time.sleep(0.1)
    return bool(found)


def _processes() -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # gone, a zombie, or of another user
            if process.environ().get(MARK) == str(PROJECT) and process.pid != os.getpid():
                found.append(process)
    return found


def end_with_parent() -> None:
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m kennisplein.site_processes")
    parser.add_argument("action", choices=["stop"])
    parser.parse_args()
    if stop():
        print("The site has stopped.")
