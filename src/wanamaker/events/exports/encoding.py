"""The text of a downloaded file, whatever its encoding."""

from __future__ import annotations

import codecs
import gzip
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import FileReadError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "an Excel workbook (.xlsx) or another zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF"),
    (b"PAR1", "parquet"),
    (b"ARROW1", "an Arrow file"),
)
_MARKUP = (
    ("<!doctype html", "a web page (HTML)"),
    ("<html", "a web page (HTML)"),
    ("<?xml", "XML"),
    ("<", "a page with tags, such as HTML or XML"),
    ('{"', "JSON"),
    ("[{", "JSON"),
)
_BLOCK = 1 << 20
_HINT = "Download the report again as .csv, .csv for Excel, or .tsv, and give that file as it is."


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file as UTF-8 without a byte order mark, and the encoding that it had."""

    path: str
    data: NDArray[np.uint8]
    encoding: str

    @property
    def body(self) -> bytes:
        """The text, copied."""
        return self.data.tobytes()


def read_text(path: str, encoding: str = "auto") -> Text:
    """Read a text file, also one that is packed with gzip.

    A byte order mark is believed. Without one, a file with zero bytes in every other place is UTF-16; else
    it is UTF-8 if it can be read as that, and cp1252 if not.

    Parameters
    ----------
    path
        The file.
    encoding
        ``"auto"``, or the name of a codec of Python.

    Raises
    ------
    FileReadError
        If there is no such file, it is empty, is no text, or its bytes are of no such encoding.
    ParameterError
        If the encoding is unknown.
    """
    place = Path(path)
    if not place.is_file():
        got = "That is a directory." if place.is_dir() else "There is none."
        message = f"A report was expected in the file {path!r}. {got}"
        raise FileReadError(message, hint="Give the path of the downloaded file, or a list of paths.")
    try:
        with _opened(place) as stream:
            name, data = _read(path, stream, encoding)
    except (OSError, EOFError) as error:
        if isinstance(error, FileReadError):
            raise
        message = f"{path!r} cannot be read: {str(error).rstrip('.')}."
        raise FileReadError(message, hint="The file may be cut short; download it again.") from error
    head = data[:_BLOCK].tobytes()
    opening = head[:1000].decode("utf-8", "ignore").lstrip().casefold()
    for mark, kind in _MARKUP:
        if opening.startswith(mark):
            _refuse_kind(path, kind)
    if b"\r" in head and b"\n" not in head:
        data = np.frombuffer(data.tobytes().replace(b"\r", b"\n"), dtype=np.uint8)
    return Text(path, data, name)


def _opened(place: Path) -> IO[bytes] | gzip.GzipFile:
    with place.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(place, "rb") if packed else place.open("rb")


def _read(path: str, stream: IO[bytes] | gzip.GzipFile, encoding: str) -> tuple[str, NDArray[np.uint8]]:
    """Return the encoding and the text in UTF-8."""
    head = stream.read(_BLOCK)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        message = f"A report was expected in {path!r}. The file is empty."
        raise FileReadError(message, hint=_HINT)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            _refuse_kind(path, kind)
    name, start = _encoding_of(head, path) if encoding == "auto" else _known(encoding, head)
    if name != "utf-8":
        return name, _as_utf8(path, stream, head[start:], name, Path(path).stat().st_size)
    raw = (head[start:] + stream.read()) if start else b"".join((head, stream.read()))
    data = np.frombuffer(raw, dtype=np.uint8)
    if raw.isascii():
        return name, data
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if encoding != "auto" or start or _mostly_utf8(raw):
            line = raw[: error.start].count(b"\n") + 1
            msg = f"{path!r}, line {line},"
            raise _undecodable(msg, name, error) from error
        return "cp1252", _as_utf8(path, BytesIO(), raw, "cp1252", len(raw))
    return name, data


def _refuse_kind(path: str, kind: str) -> None:
    message = (
        f"A report in text (.csv or .tsv) was expected in {path!r}. Its first bytes are those of {kind}."
    )
    raise FileReadError(message, hint=_HINT)


def _known(encoding: str, raw: bytes) -> tuple[str, int]:
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        message = (
            f"The 'encoding' parameter must be 'auto' or the name of a codec of Python. Got {encoding!r}."
        )
        raise ParameterError(message, hint='Examples: "utf-8", "utf-16", "cp1252", "shift_jis".') from error
    start = next((len(mark) for mark, marked in _MARKS if raw.startswith(mark) and marked == name), 0)
    return ("utf-8" if name == "utf-8-sig" else name), start


def _encoding_of(head: bytes, path: str) -> tuple[str, int]:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    units = np.frombuffer(head[:4096], dtype=np.uint8)
    even, odd = float(np.mean(units[::2] == 0)), float(np.mean(units[1::2] == 0))
    if max(even, odd) > 0.25 > min(even, odd):  # noqa: PLR2004
        return ("utf-16-le" if odd > even else "utf-16-be"), 0
    if even or odd:
        _refuse_kind(path, "no text")
    return "utf-8", 0


def _mostly_utf8(raw: bytes) -> bool:
    """Tell whether more characters beyond ASCII are whole in UTF-8 than are broken."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond = sum(character > "\x7f" for character in text)
    return beyond - broken > broken


def _as_utf8(
    path: str, stream: IO[bytes] | gzip.GzipFile, begun: bytes, name: str, likely: int
) -> NDArray[np.uint8]:
    """Return a text in UTF-8, made block by block so that no second whole copy is there on the way.

    A guess of its size that is too large costs nothing: memory that is never written to is not taken.
    """
    decoder = codecs.getincrementaldecoder(name)()
    made, end = np.empty(likely + 4 * _BLOCK, dtype=np.uint8), 0
    try:
        for block in _blocks(stream, begun):
            size = -1 if decoder.getstate()[0] else _converted(block, name, made[end:])
            if size < 0:
                told = decoder.decode(block, final=not block).encode("utf-8")
                size = len(told)
                made = _with_room(made, end, size)
                made[end : end + size] = np.frombuffer(told, dtype=np.uint8)
            end += size
            made = _with_room(made, end, 2 * _BLOCK)
    except UnicodeDecodeError as error:
        lines = made[:end].tobytes().count(b"\n") + error.object[: error.start].count(b"\n") + 1
        msg = f"{path!r}, line {lines},"
        raise _undecodable(msg, name, error) from error
    made.setflags(write=False)
    return made[:end]


def _converted(block: bytes, name: str, out: NDArray[np.uint8]) -> int:
    """Write a block of UTF-16 as UTF-8, and return its size; -1 if the decoder is needed."""
    from wanamaker.events.exports.kernels import to_utf8

    wide = {"utf-16-le": "<u2", "utf-16-be": ">u2"}.get(name)
    if wide is None or not block or len(block) % 2:
        return -1
    return int(to_utf8(np.frombuffer(block, dtype=wide).astype(np.uint16, copy=False), out))


def _with_room(made: NDArray[np.uint8], end: int, more: int) -> NDArray[np.uint8]:
    if end + more <= len(made):
        return made
    larger = np.empty(2 * len(made) + more, dtype=np.uint8)
    larger[:end] = made[:end]
    return larger


def _blocks(stream: IO[bytes] | gzip.GzipFile, begun: bytes) -> Iterator[bytes]:
    """Yield a stream block by block, and nothing as the last block."""
    for start in range(0, len(begun), _BLOCK):
        yield begun[start : start + _BLOCK]
    while block := stream.read(_BLOCK):
        yield block
    yield b""


def _undecodable(where: str, name: str, error: UnicodeDecodeError) -> FileReadError:
    if name.startswith("utf-16"):
        message = f"{where} cannot be read as {name}: {error.reason}."
        return FileReadError(message, hint="The file may be cut short; download it again.")
    byte = error.object[error.start]
    message = f"{where} cannot be read as {name}: byte 0x{byte:02x}: {error.reason}."
    hint = 'It may be damaged. If you know how it was written, say so: encoding="shift_jis", for example.'
    return FileReadError(message, hint=hint)
