# SPDX-License-Identifier: Apache-2.0
"""scripts/price_layers: what pieces of the kernels' code take, measured on random networks, for the cost model of scripts/deploy."""
