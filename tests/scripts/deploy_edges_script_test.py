# SPDX-License-Identifier: Apache-2.0
"""scripts/deploy at the edges: channels that compute nothing, numbers that are none, files of anybody."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import time
import unittest
import unittest.mock
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).resolve().parent)]

import networks  # noqa: E402

from flexv_tools.deploy import evaluator, exact, execute, importer, integerise, main, report, settings, tiler  # noqa: E402
from flexv_tools.deploy.graph import Bias, Dense, Network, Unsupported  # noqa: E402
from flexv_tools.errors import Failure  # noqa: E402

SHAPE = [1, 4, 6, 6]
EPSILON = 1.19209e-7  # the scale that PyTorch gives a channel without weights


class Edges(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.b = networks.Builder(1)

    def convolution(self, codes: Any, scale: Any, bias: Any, group: int = 1) -> str:
        """Behind an input of steps of 1/32."""
        b = self.b
        weights = b.node("DequantizeLinear", b.constant(codes, np.int8), b.constant(scale), b.constant(np.zeros(len(scale)), np.int8), axis=0)
        return b.node("Conv", b.quantise("x", 1 / 32), weights, b.constant(bias), group=group)

    def any_convolution(self) -> str:
        return self.convolution(self.codes(), np.full(4, 1 / 64), np.zeros(4))

    def codes(self, depth: int = 4) -> Any:
        return self.b.random.integers(-8, 9, (4, depth, 3, 3))

    def saved(self, output: str) -> Path:
        return self.b.save(self.folder / "net.onnx", SHAPE, output, [1])

    def network(self, output: str, bias: Bias = "sum") -> Network:
        return integerise.integerise(importer.load(self.saved(output)), bias)

    def refused(self, output: str, *words: str) -> None:
        with self.assertRaises(Unsupported) as caught:
            self.network(output)
        for word in ("accepted: ", *words):
            self.assertIn(word, str(caught.exception))


def results(network: Network) -> Any:
    """Codes of the output for a sample of random numbers."""
    sample = np.random.default_rng(4).integers(0, 256, network.input.shape)
    return evaluator.run(network, sample)[network.output]


class ChannelsThatComputeNothing(Edges):
    def test_a_channel_without_weights_is_its_bias_whatever_its_scale_is(self) -> None:
        for scale in (1e-30, EPSILON, 1.0, 1e9):
            for group in (1, 4):
                for bias in ("sum", "product"):
                    with self.subTest(scale=scale, group=group, bias=bias):
                        self.b = networks.Builder(1)
                        codes, scales = self.codes(4 // group), np.full(4, 1 / 64)
                        codes[2], scales[2] = 0, scale
                        y = self.b.quantise(self.convolution(codes, scales, [0.1, 0.2, 0.625, 0.4], group), 1 / 32)
                        network = self.network(y, "sum" if bias == "sum" else "product")
                        self.assertEqual(set(results(network)[..., 2].reshape(-1)), {20})

    def test_other_channels_are_what_they_are_without_it(self) -> None:
        found = []
        for scale in (1 / 64, 1e-20):
            self.b = networks.Builder(1)
            codes, scales = self.codes(), np.full(4, 1 / 64)
            codes[2], scales[2] = 0, scale
            found.append(results(self.network(self.b.quantise(self.convolution(codes, scales, np.zeros(4)), 1 / 32))))
        self.assertTrue(np.array_equal(*found))

    def test_a_channel_of_a_layer_that_ends_in_sums(self) -> None:
        for scale in (1e-30, 1e30):
            with self.subTest(scale=scale):
                self.b = b = networks.Builder(1)
                codes, scales = b.random.integers(-8, 9, (5, 144)), np.full(5, 1 / 64)
                codes[3], scales[3] = 0, scale
                weights = b.node("DequantizeLinear", b.constant(codes, np.int8), b.constant(scales), b.constant(np.zeros(5), np.int8), axis=0)
                x = b.node("Flatten", b.quantise("x", 1 / 32))
                network = self.network(b.node("Gemm", x, weights, b.constant([0.1, 0.2, 0.3, -0.7, 0.5]), transB=1))
                sample = np.random.default_rng(4).integers(0, 256, network.input.shape)
                output = evaluator.output_of(network, evaluator.run(network, sample)[network.output])
                self.assertAlmostEqual(output.reshape(-1)[3], -0.7, places=6)

    def test_sums_far_below_half_a_step_are_left_out_and_bounded(self) -> None:
        """As of a normalisation whose factor training has brought to nearly nothing."""
        b = self.b
        y = b.node("BatchNormalization", self.any_convolution(), b.constant([1, 1e-9, 1, 1]), b.constant([0, 0.5, 0, 0]),
                   b.constant(np.zeros(4)), b.constant(np.ones(4)))  # fmt: skip
        network = self.network(b.quantise(y, 1 / 32))
        layer = network.layers[0]
        assert isinstance(layer, Dense)
        self.assertEqual([bool(each.any()) for each in layer.weights], [True, False, True, True])
        self.assertEqual(set(results(network)[..., 1].reshape(-1)), {16})
        self.assertGreater(network.layers[0].error, 0)
        self.assertLess(network.layers[0].error, integerise.NEGLIGIBLE)

    def test_exact_arithmetic_keeps_what_integers_leave_out(self) -> None:
        """So that it shows what that costs: a hundred-thousandth of a sum lifts a result at the edge of a code."""
        b = self.b
        codes = np.full((4, 4, 3, 3), 5)
        y = b.node("BatchNormalization", self.convolution(codes, np.full(4, 1 / 64), np.zeros(4)), b.constant([1, 1e-5, 1, 1]),
                   b.constant([0, 16.4965 / 32, 0, 0]), b.constant(np.zeros(4)), b.constant(np.ones(4)), epsilon=0.0)  # fmt: skip
        imported = importer.load(self.saved(b.quantise(y, 1 / 32)))
        network = integerise.integerise(imported)
        sample = np.full(network.input.shape, 255)
        real = exact.outputs(imported, network, sample).reshape(4, -1)[1]
        ours = evaluator.output_of(network, evaluator.run(network, sample)[network.output]).reshape(4, -1)[1]
        self.assertEqual((set(ours * 32), set(real * 32)), ({16.0}, {17.0}))

    def test_a_result_with_steps_beyond_all_sums_is_one_code(self) -> None:
        network = self.network(self.b.quantise(self.any_convolution(), 1e30, zero=7))
        self.assertEqual(set(results(network).reshape(-1)), {7})
        self.assertLess(network.layers[0].error, integerise.NEGLIGIBLE)

    def test_factors_that_no_shift_holds_together_are_named(self) -> None:
        codes, scales = np.full((4, 4, 3, 3), 100), np.array([1.0, 1.0, 1e-4, 1.0])
        self.refused(self.b.quantise(self.convolution(codes, scales, np.zeros(4)), 1.0),
                     "channel 2 is too small for 32 bits", "channel 0 reaches", "smaller scale of the result")  # fmt: skip


class NumbersThatAreNone(Edges):
    def normalised(self, variance: float = 1.0, **attributes: Any) -> str:
        b = self.b
        parameters = [b.constant(np.ones(4)) for _ in range(3)]
        y = b.node("BatchNormalization", self.any_convolution(), *parameters, b.constant([1, 1, variance, 1]), **attributes)
        return b.quantise(y, 1 / 32)

    def test_attributes(self) -> None:
        for value in (float("nan"), float("inf"), float("-inf")):
            with self.subTest(value=value):
                self.b = networks.Builder(1)
                self.refused(self.normalised(epsilon=value), "BatchNormalization", f"epsilon is {value:g}", "finite")
        self.b = networks.Builder(1)
        self.refused(self.normalised(epsilon=[1.0]), "epsilon of type FLOATS", "type FLOAT")

    def test_a_variance_that_has_no_inverse_root(self) -> None:
        self.refused(self.normalised(0.0, epsilon=0.0), "BatchNormalization", "variance of 0 with its epsilon", "more than 0")
        self.b = networks.Builder(1)
        self.refused(self.normalised(1.0, epsilon=-2.0), "variance of -1 with its epsilon")

    def test_divisors(self) -> None:
        for value in (np.nan, np.inf):
            with self.subTest(value=value):
                self.b = b = networks.Builder(1)
                self.refused(b.quantise(b.node("Div", self.any_convolution(), b.constant(value)), 1 / 32), "(Div)", "not finite")
                self.b = b = networks.Builder(1)
                div = helper.make_tensor("div", onnx.TensorProto.FLOAT, [1], [float(value)])
                y = b.node("RequantShift", self.any_convolution(), b.constant(3.0), b.constant(1.0), div=div, n_levels_out=256, domain="PACTOps")
                self.refused(y, "RequantShift", f"the divisor {value:g}", "finite")

    def test_bounds_of_a_clip(self) -> None:
        for low, high, word in ((np.nan, 6.0, "min is nan"), (np.inf, 6.0, "min is inf"), (0.0, -np.inf, "max is -inf"), (0.0, np.nan, "max is nan")):
            with self.subTest(low=low, high=high):
                self.b = b = networks.Builder(1)
                self.refused(b.quantise(b.node("Clip", self.any_convolution(), min=float(low), max=float(high)), 1 / 32), "(Clip)", word)
        self.b = b = networks.Builder(1)
        self.refused(b.quantise(b.node("Clip", self.any_convolution(), b.constant(0.0), b.constant(-np.inf)), 1 / 32), "max is -inf")

    def test_infinite_bounds_on_their_own_side_are_none(self) -> None:
        clipped = self.b.node("Clip", self.any_convolution(), min=float("-inf"), max=float("inf"))
        layer = self.network(self.b.quantise(clipped, 1 / 32)).layers[0]
        assert isinstance(layer, Dense)
        self.assertEqual((layer.low, layer.high), (0, 255))

    def test_bounds_far_outside_of_the_codes(self) -> None:
        b = self.b
        self.refused(b.quantise(b.node("Clip", self.any_convolution(), b.constant(3e38), b.constant(3.1e38)), 1e-30), "range that holds a number")

    def test_zeros(self) -> None:
        self.b = networks.Builder(1, "qonnx")
        self.refused(self.b.quantise("x", 0.1, zero=1 << 100), "Quant", "the zero 1.26765e+30", "within 32 bits")

    def test_steps_so_small_that_factors_have_no_number(self) -> None:
        b = self.b
        scale, zero = b.constant(5e-324, np.float64), b.constant(0, np.uint8)
        y = b.node("DequantizeLinear", b.node("QuantizeLinear", self.any_convolution(), scale, zero), scale, zero)
        self.refused(y, "not finite", "a larger scale of the result")


class Files(Edges):
    """What a file of anybody may hold."""

    def outside(self, **entries: Any) -> Path:
        """A network whose weights lie where `entries` say."""
        path = self.saved(self.b.quantise(self.any_convolution(), 1 / 32))
        model = onnx.load(str(path))
        item = next(each for each in model.graph.initializer if list(each.dims) == [4, 4, 3, 3])
        self.data = item.raw_data
        item.ClearField("raw_data")
        item.data_location = onnx.TensorProto.EXTERNAL
        for key, value in entries.items():
            entry = item.external_data.add()
            entry.key, entry.value = key, str(value)
        path.write_bytes(model.SerializeToString())
        return path

    def failure(self, path: Path, *words: str) -> None:
        with self.assertRaises(Failure) as caught:
            importer.load(path)
        for word in ("'c0'", "expected", *words):
            self.assertIn(word, str(caught.exception))

    def test_weights_in_a_file_of_their_own(self) -> None:
        wanted = self.network(self.b.quantise(self.any_convolution(), 1 / 32)).layers[0]
        self.b = networks.Builder(1)
        path = self.outside(location="below/w.bin", offset=16, length=144)
        (self.folder / "below").mkdir()
        (self.folder / "below/w.bin").write_bytes(bytes(16) + self.data + bytes(5))
        layer = integerise.integerise(importer.load(path)).layers[0]
        assert isinstance(layer, Dense) and isinstance(wanted, Dense)
        self.assertTrue(np.array_equal(layer.weights, wanted.weights))

    def test_files_outside_of_the_folder_are_not_read(self) -> None:
        (self.folder / "elsewhere").mkdir()
        secret = self.folder / "elsewhere/secret"
        secret.write_bytes(bytes(144))
        inner = self.folder / "inner"
        inner.mkdir()
        self.folder = inner
        (inner / "link").symlink_to(secret)
        (inner / "away").symlink_to(secret.parent)
        for location in ("../elsewhere/secret", str(secret), "link", "away/secret"):
            with self.subTest(location):
                self.b = networks.Builder(1)
                self.failure(self.outside(location=location), "network's folder")

    def test_what_is_no_file(self) -> None:
        os.mkfifo(self.folder / "pipe")  # reading it would wait for ever
        (self.folder / "folder").mkdir()
        for location, word in (("pipe", "is no file"), ("folder", "is no file"), ("nothing", "is not there"), ("", "lies in ''")):
            with self.subTest(location):
                self.b = networks.Builder(1)
                self.failure(self.outside(location=location), word)

    def test_parts_of_a_file_that_are_not_there(self) -> None:
        (self.folder / "w.bin").write_bytes(bytes(144))
        for entries, word in (({"length": 1 << 62}, "bytes 0 to"), ({"offset": 145}, "bytes 145 to"), ({"offset": -16}, "the offset '-16'"),
                              ({"length": -5}, "the length '-5'"), ({"offset": "abc"}, "the offset 'abc'")):  # fmt: skip
            with self.subTest(entries):
                self.b = networks.Builder(1)
                self.failure(self.outside(location="w.bin", **entries), word)

    def test_constants_of_nodes_are_read_by_the_same_rules(self) -> None:
        item = numpy_helper.from_array(np.zeros(4, np.float32), "c0")
        item.ClearField("raw_data")
        item.data_location = onnx.TensorProto.EXTERNAL
        entry = item.external_data.add()
        entry.key, entry.value = "location", "../secret"
        bias = self.b.node("Constant", value=item)
        self.failure(self.saved(self.b.quantise(self.b.node("Add", self.any_convolution(), bias), 1 / 32)), "network's folder")

    def test_a_type_of_data_that_nobody_knows(self) -> None:
        path = self.saved(self.b.quantise(self.any_convolution(), 1 / 32))
        model = onnx.load(str(path))
        model.graph.initializer[0].data_type = 99
        path.write_bytes(model.SerializeToString())
        self.failure(path, "data of the type 99; expected numbers")

    def test_two_initializers_of_one_name(self) -> None:
        path = self.saved(self.b.quantise(self.any_convolution(), 1 / 32))
        model = onnx.load(str(path))
        model.graph.initializer.append(model.graph.initializer[0])
        path.write_bytes(model.SerializeToString())
        self.failure(path.rename(self.folder / "twice.onnx"), "two initializers", "a name of its own")


class Operands(Edges):
    def test_weights_without_elements(self) -> None:
        y = self.convolution(np.zeros((4, 4, 0, 3)), np.full(4, 0.5), np.zeros(4))
        self.refused(self.b.quantise(y, 1 / 32), "weights of the shape [4, 4, 0, 3]")

    def test_a_bias_that_is_one_number(self) -> None:
        found = []
        for bias in (3.0, [3.0], [3.0] * 5):
            self.b = b = networks.Builder(1)
            weights = b.weights((5, 144), 8, 0.02)
            y = b.node("Gemm", b.node("Flatten", b.quantise("x", 1 / 32)), weights, b.constant(bias), transB=1)
            found.append(results(self.network(b.quantise(y, 0.5, signed=True))))
        self.assertTrue(np.array_equal(found[0], found[1]) and np.array_equal(found[1], found[2]))


class SilentMistakes(Edges):
    """Each of these was computed wrongly, without a word."""

    def test_a_mean_with_a_negative_factor_stays_within_32_bits(self) -> None:
        b = self.b
        x = b.quantise("x", 1 / 32)
        network = self.network(b.quantise(b.node("Neg", b.node("GlobalAveragePool", x)), 1 / 32, signed=True))
        sample = np.full(network.input.shape, 100)
        self.assertEqual(set(evaluator.run(network, sample)[network.output].reshape(-1)), {-100})

    def test_a_pad_is_not_lost_before_means_and_maxima_of_whole_maps(self) -> None:
        for operator, attributes in (("GlobalAveragePool", {}), ("ReduceMean", {"axes": [2, 3]}), ("GlobalMaxPool", {})):
            with self.subTest(operator):
                self.b = b = networks.Builder(1)
                padded = b.node("Pad", b.quantise("x", 1 / 32), b.constant([0, 0, 1, 1, 0, 0, 1, 1], np.int64))
                self.refused(b.quantise(b.node(operator, padded, **attributes), 1 / 32), "a Pad node before it")

    def test_a_layer_that_is_clipped_to_0_is_0(self) -> None:
        """Tables say by two zeros that there is no clip."""
        b = self.b
        network = self.network(b.quantise(b.node("Clip", self.any_convolution(), b.constant(0.0), b.constant(0.0)), 1 / 32))
        (layer,) = network.layers
        assert isinstance(layer, Dense)
        unclipped = replace(layer, low=-(1 << 31), high=1 << 31)
        sample = np.random.default_rng(4).integers(0, 256, network.input.shape)
        self.assertEqual(set(evaluator.evaluate(unclipped, [sample]).reshape(-1)), {0})

    def test_tensors_larger_than_the_tables_can_say(self) -> None:
        for shape, outputs, word in (([1, 65536, 1, 1], 4, "1x1x65536"), ([1, 4, 1, 65536], 4, "1x65536x4"), ([1, 4, 1, 1], 65533, "1x1x65533")):
            with self.subTest(shape=shape):
                self.b = b = networks.Builder(1)
                y = b.quantise(b.conv(b.quantise("x", 1 / 32), shape[1], outputs, (1, 1), 1, (0, 0, 0, 0)), 8.0)
                with self.assertRaisesRegex(Unsupported, f"a tensor {word} .*; accepted: at most 65,535 rows and columns, 65,532 channels"):
                    integerise.integerise(importer.load(b.save(self.folder / "net.onnx", shape, y, [1])))


class LongNetworks(Edges):
    def test_nodes_are_sorted_in_time_that_grows_with_their_number(self) -> None:
        """In the order of the file and in the opposite one; a step for each of 100,000,000 pairs would take minutes."""
        names = ["x", *(f"t{number}" for number in range(10_000))]
        nodes = [helper.make_node("Identity", [a], [b]) for a, b in zip(names, names[1:])]
        for given in (nodes, nodes[::-1]):
            self.b.nodes = given
            reader = importer.Importer(onnx.load(str(self.saved(names[-1]))), "long")
            begin = time.process_time()
            self.assertEqual([node.output[0] for node in reader.sorted_nodes()], names[1:])
            self.assertLess(time.process_time() - begin, 5)


class Call(Edges):
    """What is given beside the network. Nothing is built for a call that cannot be served."""

    def called(self, *options: str, out: Path | None = None) -> str:
        path = self.saved(self.b.quantise(self.any_convolution(), 1 / 32))
        self.b = networks.Builder(1)
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = main.main([str(path), "--out", str(out or self.folder / "out"), *options])
        self.assertEqual(status, 2, said.getvalue())
        self.assertRegex(said.getvalue(), "^deploy: error: .*expected")
        self.assertFalse((self.folder / "out/src").exists())
        return said.getvalue()

    def saved_array(self, name: str, values: Any) -> str:
        np.save(self.folder / name, values)
        return str(self.folder / name)

    def test_samples(self) -> None:
        for values, word in ((np.zeros((0, 4, 6, 6)), "no samples"), (np.full((1, 4, 6, 6), np.nan), "not finite"),
                             (np.full((1, 4, 6, 6), np.inf), "not finite"), (np.array(["text"]), "expected numbers")):  # fmt: skip
            with self.subTest(word):
                self.assertIn(word, self.called("--input", self.saved_array("x.npy", values)))

    def test_an_archive_is_no_array(self) -> None:
        np.savez(self.folder / "x.npz", np.zeros((1, 4, 6, 6)))
        samples = self.saved_array("x.npy", np.zeros((1, 4, 6, 6)))
        for options in (("--input", str(self.folder / "x.npz")), ("--input", samples, "--labels", str(self.folder / "x.npz"))):
            self.assertIn("an archive of arrays; expected one array", self.called(*options))

    def test_labels(self) -> None:
        samples = self.saved_array("x.npy", np.zeros((2, 4, 6, 6)))
        for labels, word in ((np.zeros(2), "of float64"), (np.zeros(1, int), "at least 2"), (np.array([0, 64]), "0 to 63"), (np.array([-1, 0]), "0 to 63")):
            with self.subTest(word):
                self.assertIn(word, self.called("--input", samples, "--labels", self.saved_array("y.npy", labels)))

    def test_a_folder_that_cannot_be_one(self) -> None:
        (self.folder / "file").write_text("")
        (self.folder / "taken/plan.json").mkdir(parents=True)
        self.assertIn("is no folder", self.called(out=self.folder / "file"))
        self.assertIn("is no folder", self.called(out=self.folder / "file/below"))
        self.assertIn("is a folder", self.called(out=self.folder / "taken"))
        self.called(out=Path("/proc/nope"))

    def test_an_input_is_not_replaced_by_a_result(self) -> None:
        (self.folder / "out").mkdir()
        samples = self.saved_array("out/output.npy", np.zeros((1, 4, 6, 6)))
        self.assertIn("cannot be written as well", self.called("--input", samples))
        self.assertTrue(Path(samples).exists())

    def test_results_of_another_call_do_not_stay(self) -> None:
        (self.folder / "out").mkdir()
        for name in ("report.json", "index.html", "mine.txt"):
            (self.folder / "out" / name).write_text("")
        self.called("--set", "soc.cluster.tcdm.size_bytes=many")
        self.assertEqual([each.name for each in (self.folder / "out").iterdir()], ["mine.txt"])

    def test_an_interruption_is_no_fault(self) -> None:
        said = io.StringIO()
        with unittest.mock.patch.object(main, "prepare", side_effect=KeyboardInterrupt), contextlib.redirect_stderr(said):
            self.assertEqual(main.main([str(self.saved("x")), "--out", str(self.folder / "out")]), 130)
        self.assertEqual(said.getvalue(), "deploy: interrupted\n")

    def test_settings_that_options_decide(self) -> None:
        for key, option in (("soc.cluster.core_count", "--cores"), ("soc.cluster.core.isa", "--isa"), ("soc.l2.size_bytes", "--l2-bytes"),
                            ("soc.external_memory.size_bytes", "--l3")):  # fmt: skip
            with self.subTest(key):
                self.assertIn(f"expected {option}", self.called("--set", f"{key}=4096"))

    def test_an_external_memory_that_moves_nothing(self) -> None:
        for setting in ("bytes_per_cycle=0", "bytes_per_cycle=-1", "bytes_per_cycle=nan", "bytes_per_cycle=inf", "latency_cycles=-1", "burst_bytes=0"):
            with self.subTest(setting):
                self.assertIn("expected more than 0 bytes", self.called("--l3", "--set", f"soc.external_memory.{setting}"))

    def test_tiles_leave_the_tcdm_to_stacks_and_the_runtime(self) -> None:
        """2 KiB per core, less where that is a quarter of the TCDM; 1.5 KiB and 12 bytes per layer."""
        self.assertIn("leave 113,088 bytes of the TCDM of 131,072", self.called("--l1-bytes", "113089"))
        self.assertIn("leave 47,552 bytes of the TCDM of 65,536", self.called("--l1-bytes", "60000", "--set", "soc.cluster.tcdm.size_bytes=65536"))
        self.assertIn("the TCDM of 8,192", self.called("--set", "soc.cluster.tcdm.size_bytes=8192"))
        for cores, size, layers, wanted in ((8, 131072, 1, 106496), (16, 131072, 1, 96704), (16, 131072, 1000, 84736), (16, 16384, 1, 6592)):
            found = settings.chosen_l1_bytes(None, 106496, [f"soc.cluster.tcdm.size_bytes={size}"], cores, layers)
            self.assertEqual(found, wanted)

    def test_advice_can_be_followed(self) -> None:
        self.assertEqual(settings.l1_advice(11264, 8), "--l1-bytes 11264, or ")
        self.assertEqual(settings.l1_advice(200704, 8), "--l1-bytes 200704 --set soc.cluster.tcdm.size_bytes=262144, or ")
        self.assertEqual(settings.l1_advice(2104320, 8), "")


class Said(Edges):
    """What reports say of a network."""

    def test_the_deviation_of_sums_is_that_of_their_biases(self) -> None:
        """Whole biases have none; and a note is about requantisations alone, as far as three digits show it."""
        for bias, error in (([0.5, -1.0, 0.0, 2.0, 1.0], 0.0), ([0.51, -1.0, 0.0, 2.0, 1.0], 0.32)):
            self.b = b = networks.Builder(1)
            codes = b.constant(b.random.integers(-8, 9, (5, 144)), np.int8)
            weights = b.node("DequantizeLinear", codes, b.constant(1.0), b.constant(0, np.int8))
            network = self.network(b.node("Gemm", b.node("Flatten", b.quantise("x", 1 / 32)), weights, b.constant(bias), transB=1))
            self.assertAlmostEqual(network.layers[0].error, error, places=5)
            self.assertEqual(network.notes, [])

    def test_names_of_nodes_stay_on_their_line(self) -> None:
        y = self.any_convolution()
        self.b.nodes[-1].name = "we\nird \x1b[31m"
        network = self.network(self.b.quantise(y, 1 / 31))
        self.assertTrue(all(map(str.isprintable, network.notes)))
        tiling = tiler.tile(network.layers[0], tiler.Target())
        region = {"id": 1, "cycles": 100, "energy_pj": 1.0, "counters": {"cluster.core0": {}}}
        (row,) = report.rows_of([tiling], execute.Run(np.zeros(1, int), {"regions": [region]}, [execute.Costs(1, 1)]), "flexv")
        self.assertEqual(row.layer, "we?ird ?[31m")

    def test_peaks_are_those_of_dot_products_that_an_instruction_set_has(self) -> None:
        b = self.b
        y = b.quantise(b.conv(b.quantise("x", 1 / 4, 4), 4, 4, bits=2), 0.25, 4)
        (layer,) = self.network(y).layers
        self.assertEqual([report.peak_of(layer, 8, isa) for isa in main.ISAS], [64, 64, 32])


class Forms(Edges):
    def test_axes_that_there_are_not(self) -> None:
        b = self.b
        y = b.quantise(self.any_convolution(), 1 / 32)
        self.refused(b.node("Concat", y, y, axis=5), "(Concat)", "the axis 5")
        self.b = b = networks.Builder(1)
        weights = b.node("DequantizeLinear", b.constant(self.codes(), np.int8), b.constant(np.ones(4)), b.constant(np.zeros(4), np.int8), axis=7)
        self.refused(b.quantise(b.node("Conv", b.quantise("x", 1 / 32), weights), 1.0), "(DequantizeLinear)", "the axis 7")

    def test_dropout_that_drops(self) -> None:
        b = self.b
        y = b.node("Dropout", b.quantise(self.any_convolution(), 1 / 32), b.constant(0.5), b.constant(True, np.bool_))
        self.refused(y, "(Dropout)", "model.eval()")


if __name__ == "__main__":
    unittest.main()
