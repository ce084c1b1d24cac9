# SPDX-License-Identifier: Apache-2.0
"""Mistakes of the user, with a text that says what to do."""

from __future__ import annotations


class Failure(Exception):
    """What the user has to mend; printed without a traceback."""
