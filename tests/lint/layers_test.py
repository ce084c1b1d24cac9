# SPDX-License-Identifier: Apache-2.0
"""The layer check on small trees, one rule each."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

LAYERS = Path(__file__).with_name("layers")


class LayersTest(unittest.TestCase):
    def check(self, files: dict[str, str]) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            done = subprocess.run(
                [sys.executable, "-B", str(LAYERS), folder], capture_output=True, text=True, check=False
            )
        return done.returncode, done.stdout

    def test_a_block_includes_itself_and_base(self) -> None:
        status, _ = self.check(
            {
                "models/base/units.hpp": "",
                "models/dma/dma.hpp": '#include "base/units.hpp"\n',
                "models/dma/dma.cpp": '#include "dma/dma.hpp"\n#include <systemc>\n',
                "platform/system/soc.cpp": '#include "dma/dma.hpp"\n',
            }
        )
        self.assertEqual(status, 0)

    def test_a_block_does_not_include_another_block(self) -> None:
        status, text = self.check(
            {"models/tcdm/tcdm.hpp": "", "models/dma/dma.cpp": '\n#include "tcdm/tcdm.hpp"\n'}
        )
        self.assertEqual(status, 1)
        self.assertIn("models/dma/dma.cpp:2: includes tcdm/tcdm.hpp", text)

    def test_the_core_includes_the_instruction_set(self) -> None:
        status, _ = self.check(
            {"models/isa/hart.hpp": "", "models/core/core.hpp": '#include "isa/hart.hpp"\n'}
        )
        self.assertEqual(status, 0)

    def test_folders_of_the_core_include_each_other_one_way(self) -> None:
        below = {
            "models/core/fetch/lead.hpp": "",
            "models/core/decode/block.hpp": '#include "core/fetch/lead.hpp"\n',
            "models/core/pipeline/unit.hpp": '#include "core/decode/block.hpp"\n',
            "models/core/core.hpp": '#include "core/pipeline/unit.hpp"\n',
        }
        self.assertEqual(self.check(below)[0], 0)
        status, text = self.check({"models/core/decode/a.cpp": '#include "core/pipeline/unit.hpp"\n'})
        self.assertEqual(status, 1)
        self.assertIn("models/core/decode/a.cpp:1: includes core/pipeline/unit.hpp: decode includes only fetch", text)
        status, text = self.check({"models/core/fetch/a.hpp": '#include "core/core.hpp"\n'})
        self.assertEqual(status, 1)
        self.assertIn("fetch includes only itself", text)

    def test_rows_and_tools_do_not_know_each_other(self) -> None:
        own = {"models/isa/hart.hpp": "", "models/isa/rows/a.cpp": '#include "isa/hart.hpp"\n'}
        self.assertEqual(self.check(own)[0], 0)
        for name, other in (("rows/a.cpp", "tools/syntax.hpp"), ("decoder.cpp", "rows/rows.hpp")):
            status, text = self.check({f"models/isa/{name}": f'#include "isa/{other}"\n'})
            self.assertEqual(status, 1, name)
            self.assertIn(f"models/isa/{name}:1: includes isa/{other}", text)

    def test_a_source_of_the_core_stands_in_a_known_folder(self) -> None:
        status, text = self.check({"models/core/lost/a.cpp": ""})
        self.assertEqual(status, 1)
        self.assertIn("models/core/lost/a.cpp: stands in no folder of core", text)

    def test_the_instruction_set_does_not_reach_systemc_through_base(self) -> None:
        status, text = self.check(
            {
                "models/base/module.hpp": "#include <systemc>\n",
                "models/isa/hart.hpp": '#include "base/module.hpp"\n',
            }
        )
        self.assertEqual(status, 1)
        self.assertIn("leads to SystemC (base/module.hpp -> systemc)", text)

    def test_nothing_but_tests_includes_tests(self) -> None:
        for file in ("models/dma/dma.cpp", "platform/system/soc.cpp"):
            status, text = self.check({file: '#include "support/bus_master.hpp"\n'})
            self.assertEqual(status, 1, file)
            self.assertIn("only tests include tests", text)

    def test_models_do_not_include_the_platform(self) -> None:
        status, _ = self.check({"models/dma/dma.cpp": '#include "platform/system/soc.hpp"\n'})
        self.assertEqual(status, 1)

    def test_a_room_of_the_platform_includes_those_below(self) -> None:
        status, _ = self.check({"platform/run/simulation.cpp": '#include "platform/system/soc.hpp"\n'})
        self.assertEqual(status, 0)
        status, text = self.check({"platform/config/schema.cpp": '#include "platform/cli/run.hpp"\n'})
        self.assertEqual(status, 1)
        self.assertIn("config includes only files", text)

    def test_results_do_not_know_the_core(self) -> None:
        status, text = self.check({"platform/results/report.cpp": '#include "core/core.hpp"\n'})
        self.assertEqual(status, 1)
        self.assertIn("results does not know the core", text)

    def test_every_source_of_the_platform_stands_in_a_room(self) -> None:
        status, text = self.check({"platform/lost.cpp": ""})
        self.assertEqual(status, 1)
        self.assertIn("platform/lost.cpp: stands in no room", text)

    def test_firmware_includes_headers_of_sw_only(self) -> None:
        own = {"sw/drivers/dma.h": "", "sw/apps/a.c": '#include "dma.h"\n#include <stdint.h>\n'}
        self.assertEqual(self.check(own)[0], 0)
        foreign = {"models/dma/dma.hpp": "", "sw/apps/a.c": '#include "dma/dma.hpp"\n'}
        self.assertEqual(self.check(foreign)[0], 1)


if __name__ == "__main__":
    unittest.main()
