# SPDX-License-Identifier: Apache-2.0
"""Fashion-MNIST (Xiao, Rasul, Vollgraf 2017; MIT licence) from Debian's package dataset-fashion-mnist."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt

from flexv_tools.errors import Failure

FOLDER = Path("/usr/share/datasets/fashion-mnist")
SIZE = 32  # 28 x 28 with a frame of zeros, as the network wants it
Images = npt.NDArray[np.uint8]


def read(kind: str, folder: Path = FOLDER) -> tuple[Images, Images]:
    """Images [count][1][32][32] and labels [count]; `kind` is train or t10k."""
    found = sorted(folder.rglob(f"{kind}-images-idx3-ubyte*")) if folder.is_dir() else []
    if not found:
        raise Failure(f"{folder}: no {kind} images; apt-get install dataset-fashion-mnist")
    images = idx(found[0])
    labels = idx(Path(str(found[0]).replace("images-idx3", "labels-idx1")))
    edge = (SIZE - images.shape[1]) // 2
    return np.pad(images, ((0, 0), (edge, edge), (edge, edge)))[:, None], labels


def idx(path: Path) -> Images:
    """A file in the format of MNIST: magic, dimensions, bytes."""
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        count = data[3]
        shape = struct.unpack_from(f">{count}I", data, 4)
        return np.frombuffer(data, np.uint8, offset=4 + 4 * count).reshape(shape).copy()
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise Failure(f"{path}: no file of images or labels: {error}") from error
