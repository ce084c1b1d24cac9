# SPDX-License-Identifier: Apache-2.0
"""Commands of other programs, and the steps of scripts/lib.sh."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from flexv_tools.errors import Failure
from flexv_tools.simulator import ROOT

FIRMWARE = ROOT / "build/sw"


def output_of(command: Sequence[str | Path]) -> str:
    """What `command` says on stdout, run in the repository. Raises Failure with the end of its output when it
    fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
        raise Failure(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{said}")
    return done.stdout


def build_release() -> None:
    """Installs what is missing and builds simulator and firmware."""
    steps = (
        'require_packages "${BUILD_PACKAGES[@]}" "${FIRMWARE_PACKAGES[@]}"; '
        "build_preset release flexv-vp; build_firmware"
    )
    output_of(["bash", "-c", f'source "$0"; {steps}', "scripts/lib.sh"])
