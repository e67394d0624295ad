"""A registered or saved model behind HTTP, as a person would serve it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Server(NamedTuple):
    """What answers at an address."""

    address: str

    def post(self, body: bytes) -> tuple[int, Any]:
        """Send JSON to /invocations; return the status and the answer."""
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.address}/invocations", body, headers)
        try:
            with OPENER.open(request, timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def classify(self, texts: list[str | None]) -> list[dict[str, Any]]:
        """Classify texts."""
        status, answer = self.post(json.dumps({"dataframe_records": [{"text": text} for text in texts]}).encode())
        assert status == 200, answer
        predictions: list[dict[str, Any]] = answer["predictions"]
        return predictions


@contextmanager
def served(uri: str, folder: Path, tracking_uri: str = "", seconds: int = 180) -> Iterator[Server]:
    """Run `mlflow models serve` in an empty folder, so that the model has its own code alone; end its process group."""
    folder.mkdir(parents=True, exist_ok=True)
    log, port = folder / "serve.log", free_port()
    scripts = Path(sys.executable).parent
    call = [scripts / "mlflow", "models", "serve", "--model-uri", uri, "--env-manager", "local"]
    call += ["--host", "127.0.0.1", "--port", str(port)]
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "PYTHONPATH"))}
    variables |= {"MLFLOW_DISABLE_TELEMETRY": "true", "PATH": f"{scripts}{os.pathsep}{variables['PATH']}"}
    if tracking_uri:
        variables["MLFLOW_TRACKING_URI"] = tracking_uri
    with log.open("w") as file:
        process = subprocess.Popen(call, cwd=folder, env=variables, stdout=file, stderr=file, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/ping", process, log, seconds)
        yield Server(address)
    finally:
        end(process)
        print(log.read_text())  # which pytest shows if a test has failed


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: int = 60) -> None:
    """Wait until something answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            OPENER.open(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(log.read_text())


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads its own group, with the whole group."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)
    except ProcessLookupError:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
