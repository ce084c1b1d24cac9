# SPDX-License-Identifier: Apache-2.0
"""Sweeps over parameters of the platform: a study is read, its points are run, results are written.

    study -> points -> tasks -> engine (processes here, or Dask) -> rows -> results.csv, index.html
"""
