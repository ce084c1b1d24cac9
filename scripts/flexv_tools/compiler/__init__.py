# SPDX-License-Identifier: Apache-2.0
"""The compiler driver `scripts/flexv-cc` and its assembly stage. The passes over intermediate code are in sw/compiler."""
