# SPDX-License-Identifier: Apache-2.0
"""Cycles and traces of the platform beside those of the RTL (scripts/check_timing)."""
