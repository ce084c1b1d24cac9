# SPDX-License-Identifier: Apache-2.0
"""Constants that lie in files of their own, beside a network or below it.

A network may come from anybody: nothing outside of its folder is read, also not by way of links, and no more than is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flexv_tools.deploy.graph import printable
from flexv_tools.errors import Failure

EXTERNAL = 1  # of onnx.TensorProto.DataLocation


def load_external_data(path: Path, model: Any, most_bytes: int) -> None:
    """Brings the data of the network `path` into `model`, at most `most_bytes`. Raises Failure."""
    left = most_bytes
    for item in tensors_of(model.graph):
        if item.data_location != EXTERNAL:
            continue
        where = f"{path}: initializer {printable(item.name)!r}"
        entries = {entry.key: entry.value for entry in item.external_data}
        data = data_of(where, path.parent, entries, left)
        left -= len(data)
        item.raw_data = data
        item.data_location = 0
        del item.external_data[:]


def tensors_of(graph: Any) -> Iterator[Any]:
    """All constants, also those of nodes and of graphs in them."""
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)
            for inner in (attribute.g, *attribute.graphs):
                yield from tensors_of(inner) if inner.node or inner.initializer else ()


def data_of(where: str, folder: Path, entries: dict[str, str], most_bytes: int) -> bytes:
    path = file_of(where, folder, entries.get("location", ""))
    size = path.stat().st_size
    begin = number_of(where, entries, "offset", 0)
    length = number_of(where, entries, "length", size - begin)
    if begin > size or length > size - begin:
        raise Failure(f"{where}: bytes {begin} to {begin + length} of {path}; expected some of its {size}")
    if length > most_bytes:
        raise Failure(f"{where}: {length} bytes of {path}; expected at most {most_bytes} more")
    with path.open("rb") as file:
        file.seek(begin)
        return file.read(length)


def file_of(where: str, folder: Path, location: str) -> Path:
    name = printable(location)
    if "\0" in location or not location or Path(location).is_absolute() or ".." in Path(location).parts:
        raise Failure(f"{where} lies in {name!r}; expected a file in the network's folder")
    path = folder / location
    if not path.exists():
        raise Failure(f"{where} lies in {name!r}, which is not there; expected a file in the network's folder")
    if not path.is_file():
        raise Failure(f"{where} lies in {name!r}, which is no file; expected one in the network's folder")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Failure(f"{where} lies in {name!r}, a link to elsewhere; expected a file in the network's folder")
    return path


def number_of(where: str, entries: dict[str, str], key: str, default: int) -> int:
    text = entries.get(key, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Failure(f"{where}: the {key} {printable(text)!r} of its file; expected a number of bytes")
    return int(text)
