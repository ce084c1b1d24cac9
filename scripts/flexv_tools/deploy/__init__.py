# SPDX-License-Identifier: Apache-2.0
"""From a quantised ONNX file to firmware, and its run.

    onnx file -> values (importer) -> layers of integers (integerise) -> tiles (tiler) -> places in L2
    (planner) -> C tables (emit) -> ELF (build) -> run, compared with the integer evaluator -> report
"""
