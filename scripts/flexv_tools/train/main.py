# SPDX-License-Identifier: Apache-2.0
"""Train ResNet-20 with 4-bit activations and 2-bit weights on Fashion-MNIST and write it as an ONNX file (QCDQ).

    scripts/train FILE.onnx [--epochs N] [--threads N]       12 epochs, about 3 CPU minutes each
    scripts/train FILE.onnx --images X.npy --labels Y.npy    also test images for scripts/deploy

Prints the accuracy of the test images after each epoch; the last line is that of the file."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from flexv_tools.errors import Failure
from flexv_tools.train import data


def train(options: argparse.Namespace) -> int:
    from flexv_tools.train import export
    from flexv_tools.train.network import Classifier, torch

    torch.set_num_threads(options.threads)
    images, labels = (torch.from_numpy(each) for each in data.read("train", options.data))
    test = tuple(torch.from_numpy(each) for each in data.read("t10k", options.data))
    if options.limit:
        images, labels = images[: options.limit], labels[: options.limit]
    net = Classifier(options.seed)
    begin = time.process_time()
    net.logits(images[: options.batch].float())  # steps of the activations start from these
    optimiser = torch.optim.AdamW(groups_of(net.parameters, options.rate), lr=options.rate)
    batches = len(images) // options.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [group["lr"] for group in optimiser.param_groups], total_steps=batches * options.epochs, pct_start=0.2
    )
    for epoch in range(1, options.epochs + 1):
        loss = run_epoch(net, torch, images, labels, optimiser, schedule, options.batch)
        found = accuracy(net, torch, test[0][: options.check], test[1][: options.check])
        spent = time.process_time() - begin
        print(f"epoch {epoch}: loss {loss:.3f}, {100 * found:.2f} % of {min(len(test[0]), options.check)} test images, "
              f"{spent / 60:.1f} CPU minutes", flush=True)  # fmt: skip
    found = accuracy(net, torch, *test)
    export.save(net, options.file)
    save_images(options, test)
    print(f"{options.file}: {options.file.stat().st_size:,} bytes, {100 * found:.2f} % of {len(test[0]):,} test images")
    return 0


def groups_of(parameters: dict[str, Any], rate: float) -> list[dict[str, Any]]:
    """Weights decay, everything else does not."""
    decaying = [value for name, value in parameters.items() if name.endswith(".weight")]
    others = [value for name, value in parameters.items() if not name.endswith(".weight")]
    return [{"params": decaying, "weight_decay": 1e-3, "lr": rate}, {"params": others, "weight_decay": 0.0, "lr": rate}]


def run_epoch(net: Any, torch: Any, images: Any, labels: Any, optimiser: Any, schedule: Any, batch: int) -> float:
    net.is_training = True
    order = torch.randperm(len(images))
    total, count = 0.0, len(images) // batch
    for number in range(count):
        chosen = order[number * batch : (number + 1) * batch]
        loss = torch.nn.functional.cross_entropy(net.logits(augmented(torch, images[chosen].float())), labels[chosen].long())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        total += float(loss.detach())
    return total / max(1, count)


def augmented(torch: Any, images: Any) -> Any:
    """Half of them mirrored, all of them moved by up to a pixel."""
    mirrored = torch.rand(len(images)) < 0.5
    images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
    moves = [int(each) for each in torch.randint(-1, 2, (2,))]
    return torch.roll(images, moves, (2, 3))


def accuracy(net: Any, torch: Any, images: Any, labels: Any) -> float:
    net.is_training = False
    right = 0
    with torch.no_grad():
        for first in range(0, len(images), 500):
            guesses = net.logits(images[first : first + 500].float()).argmax(1)
            right += int((guesses == labels[first : first + 500]).sum())
    return right / len(images)


def save_images(options: argparse.Namespace, test: tuple[Any, ...]) -> None:
    if options.images is not None:
        np.save(options.images, test[0][: options.count].numpy())
    if options.labels is not None:
        np.save(options.labels, test[1][: options.count].numpy())


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, metavar="FILE.onnx")
    parser.add_argument("--epochs", type=int, default=12, metavar="N")
    parser.add_argument("--batch", type=int, default=128, metavar="N", help="images a step (default 128)")
    parser.add_argument("--rate", type=float, default=4e-3, help="highest learning rate (default 0.004)")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--threads", type=int, default=1, metavar="N")
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="train with the first N images only")
    parser.add_argument("--check", type=int, default=2000, metavar="N", help="test images after an epoch")
    parser.add_argument("--data", type=Path, default=data.FOLDER, metavar="FOLDER", help="of the data set")
    parser.add_argument("--images", type=Path, metavar="X.npy", help="write test images")
    parser.add_argument("--labels", type=Path, metavar="Y.npy", help="and their classes")
    parser.add_argument("--count", type=int, default=256, metavar="N", help="as many (default 256)")
    options = parser.parse_args(arguments)
    if min(options.epochs, options.batch, options.threads, options.count, options.check) < 1 or options.limit < 0:
        parser.error("counts must be positive")
    return options


def main(arguments: list[str] | None = None) -> int:
    try:
        return train(read_arguments(arguments))
    except ImportError:
        print("train: error: python3-torch is missing; scripts/train installs it", file=sys.stderr)
    except (Failure, OSError) as error:
        print(f"train: error: {error}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
