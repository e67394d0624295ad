"""Ray nodes on this machine, as `ray start` makes them; each ends by its processes, never by `ray stop`."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import psutil
import pytest

os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))  # Ray reads them when it is imported
pytest.importorskip("ray", reason="`make cluster` installs Ray")

RAY = str(Path(sys.executable).parent / "ray")


def free_port() -> int:
    """Return a port of 127.0.0.1 that is free now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


class Nodes:
    """A cluster of nodes, by default with a core each; a context that ends them."""

    def __init__(self, logs: Path) -> None:
        self.logs, self.port = logs, free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.nodes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.nodes):
            self.kill(name)

    def start(self, name: str, hide: Path | None = None, cores: int = 1, gpus: int = 0, **variables: str) -> None:
        """Start a node, the head first, and wait until it takes connections; `hide` a folder from it."""
        where = f"--address={self.address}" if self.nodes else f"--head --port={self.port} --include-dashboard=false"
        command = f"{RAY} start --block {where} --node-ip-address=127.0.0.1 --node-name={name}"
        command += f" --num-cpus={cores} --num-gpus={gpus} --object-store-memory=200000000"
        command += " --disable-usage-stats --dashboard-agent-listen-port=0"
        prefix = ["unshare", "--mount", "sh", "-c", f"mount -t tmpfs none {hide} && exec {command}"]
        log = self.logs / f"{name}.log"
        with log.open("wb") as output:
            self.nodes[name] = subprocess.Popen(
                prefix if hide else command.split(),
                env={**os.environ, **variables},
                cwd=self.logs,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started = time.monotonic()
        while "Ray runtime started" not in log.read_text():
            assert self.nodes[name].poll() is None, log.read_text()
            assert time.monotonic() - started < 60, log.read_text()
            time.sleep(0.2)

    def kill(self, name: str) -> None:
        """Kill a node with its workers, as if its machine had lost power."""
        process = self.nodes.pop(name)
        whole = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        for part in whole:
            with contextlib.suppress(psutil.NoSuchProcess):
                part.kill()
        process.wait()


def can_hide() -> bool:
    """Tell whether this user may give a process its own mounts."""
    unshare = shutil.which("unshare")
    return (
        bool(unshare)
        and not subprocess.run(
            [unshare, "--mount", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
        ).returncode
    )
