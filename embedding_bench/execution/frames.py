"""Messages over a socket: their length as 8 bytes, then their bytes."""

import asyncio
import socket
import struct

LENGTH = struct.Struct(">Q")


def send(connection: socket.socket, message: bytes) -> None:
    """Send one message."""
    connection.sendall(LENGTH.pack(len(message)))
    if message:  # else the other side may have closed the connection by now
        connection.sendall(message)


def receive(connection: socket.socket) -> bytes | None:
    """Receive one message; None where the other side has closed the connection."""
    header = _receive(connection, LENGTH.size)
    return None if header is None else _receive(connection, LENGTH.unpack(header)[0])


def _receive(connection: socket.socket, size: int) -> bytes | None:
    message = bytearray(size)
    view, done = memoryview(message), 0
    while done < size:
        received = connection.recv_into(view[done:])
        if not received:
            return None
        done += received
    return bytes(message)


async def write(writer: asyncio.StreamWriter, message: bytes) -> None:
    """Send one message."""
    writer.write(LENGTH.pack(len(message)))
    writer.write(message)
    await writer.drain()


async def read(reader: asyncio.StreamReader) -> bytes | None:
    """Receive one message; None where the other side has closed the connection."""
    try:
        size: int = LENGTH.unpack(await reader.readexactly(LENGTH.size))[0]
        return await reader.readexactly(size)
    except asyncio.IncompleteReadError:
        return None
