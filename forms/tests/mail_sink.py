"""
A mail server as a process, which can be killed: `python -m forms.tests.mail_sink PORT FOLDER`.

Each mail it takes is a file in FOLDER/mail before it says so. FOLDER/mode tells how it behaves:

    ok      takes mail
    slow    takes mail, after two seconds
    stall   says nothing when somebody comes in
    later   451: not now
    die     takes the mail and is killed before it can say so; notes that in FOLDER/in_doubt
"""

import asyncio
import os
import signal
import sys
import time
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP

FOREVER = 3600


class Sink:
    def __init__(self, folder: Path):
        self.folder = folder

    @property
    def mode(self) -> str:
        return (self.folder / "mode").read_text()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        if self.mode == "stall":
            await asyncio.sleep(FOREVER)
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (names of aiosmtpd)
        mode = self.mode
        if mode == "later":
            return "451 Even niet"
        if mode == "slow":
            await asyncio.sleep(2)
        keep(self.folder / "mail", envelope.content)
        if mode == "die":
            message_id = message_from_bytes(envelope.content)["Message-ID"]
            keep(self.folder / "in_doubt", message_id.strip().encode())
            os.kill(os.getpid(), signal.SIGKILL)
        return "250 OK"


def keep(folder: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all."""
    name = f"{time.time_ns()}-{os.getpid()}"
    half = folder.parent / name
    half.write_bytes(content)
    half.rename(folder / name)


async def serve(port: int, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(folder)), "127.0.0.1", port)
    (folder / "is_up").touch()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
