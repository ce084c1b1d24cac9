# SPDX-License-Identifier: Apache-2.0
"""Trains the example classifier with quantisation in the loop. Needs PyTorch, which nothing else here does.

    images (data) -> network with quantised weights and activations (network) -> training (main) -> QCDQ file (export)
"""
