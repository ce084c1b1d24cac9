# SPDX-License-Identifier: Apache-2.0
"""Post-training quantisation: a float ONNX file and samples -> a quantised one (QCDQ) and the error of each layer.

    float arithmetic (floats) -> steps of activations and weights (steps) -> a walk through the network (walk) -> file
"""
