# SPDX-License-Identifier: Apache-2.0
"""Makes the Debian packages of build/release, unpacks them into a folder, and uses them from there as somebody else
would: the program, CMake, a plain compiler with pkg-config, scripts, firmware."""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RELEASE = Path(os.environ.get("FLEXV_RELEASE", ROOT / "build/release"))
CONSUMER = ROOT / "tests/lint/consumer"
COMPILER = os.environ.get("CXX", "c++")
LINK_SECONDS = 10  # of the processor, for a program of some lines; one is usual


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    if done.returncode != 0:
        raise AssertionError(f"{command}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def processor_seconds() -> float:
    """Of all commands so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="flexv-package-"))
        run("cpack", "-G", "DEB", "--config", RELEASE / "CPackConfig.cmake", "-B", cls.folder / "deb")
        found = sorted((cls.folder / "deb").glob("*.deb"))
        assert len(found) == 2, found
        cls.development, cls.runtime = found  # flexv-dev_..., flexv_...
        for package in found:
            run("dpkg-deb", "-x", package, cls.folder / "root")
        cls.prefix = cls.folder / "root/usr"
        cls.environment = os.environ | {
            "LD_LIBRARY_PATH": str(cls.prefix / "lib"),
            "PKG_CONFIG_PATH": str(cls.prefix / "lib/pkgconfig"),
            "XDG_CACHE_HOME": str(cls.folder / "cache"),
            "CMAKE_GENERATOR": "Ninja",
        }
        cls.hello = cls.prefix / "share/flexv_firmware/prebuilt/hello.elf"

    @classmethod
    def tearDownClass(cls) -> None:
        shutil.rmtree(cls.folder)

    def field(self, package: Path, name: str) -> str:
        return run("dpkg-deb", "-f", package, name).stdout.strip()

    def run_here(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return run(*command, env=self.environment, cwd=self.folder)

    def test_files_are_where_users_look_for_them(self) -> None:
        runtime = run("dpkg-deb", "-c", self.runtime).stdout
        development = run("dpkg-deb", "-c", self.development).stdout
        for path in ("bin/flexv-vp", "bin/flexv-sweep", "bin/flexv-cc", "lib/libflexv.so.0.1.0", "share/man/man1/flexv-vp.1",
                     "share/flexv/config/pulp_open.json", "share/flexv/energy/isvlsi23.json", "share/flexv/scripts/sweep",
                     "share/flexv_firmware/toolchain.cmake", "share/flexv_firmware/runtime/link.ld",
                     "lib/python3/dist-packages/flexv_control.py", "lib/python3/dist-packages/flexv_remote.py",
                     "share/doc/flexv/copyright", "share/doc/flexv/docs/reference/registers.md",
                     "share/bash-completion/completions/flexv-vp"):  # fmt: skip
            self.assertIn(f" ./usr/{path}\n", runtime)
            self.assertNotIn(f" ./usr/{path}\n", development)
        for path in ("include/flexv/flexv.hpp", "lib/libflexv_platform.a", "lib/pkgconfig/flexv.pc", "lib/pkgconfig/flexv-static.pc",
                     "lib/cmake/flexv/flexvConfig.cmake"):
            self.assertIn(f" ./usr/{path}\n", development)
            self.assertNotIn(f" ./usr/{path}\n", runtime)
        self.assertIn(" ./usr/lib/libflexv.so -> libflexv.so.0.1\n", development)
        self.assertIn(" ./usr/lib/libflexv.so.0.1 -> libflexv.so.0.1.0\n", runtime)

    def test_packages_depend_on_what_they_link(self) -> None:
        version = self.field(self.runtime, "Version")
        depends = self.field(self.runtime, "Depends")
        for library in ("libc6", "libsystemc", "libfmt", "libboost-program-options", "libdw1", "libelf1"):
            self.assertIn(library, depends)
        depends = self.field(self.development, "Depends")
        for library in (f"flexv (= {version})", "libsystemc-dev", "libfmt-dev", "nlohmann-json3-dev", "libdw-dev",
                        "libasmjit-dev"):
            self.assertIn(library, depends)

    def test_the_program_runs(self) -> None:
        done = self.run_here(self.prefix / "bin/flexv-vp", "run", self.hello)
        self.assertIn("hello from core 7 of 8", done.stdout)

    def test_python_drives_the_program(self) -> None:
        script = "\n".join(("import flexv_remote", "from flexv_control import Run",
                            f"with Run({str(self.hello)!r}, program={str(self.prefix / 'bin/flexv-vp')!r}) as run:",
                            "    print(run.go(), run.status)"))  # fmt: skip
        modules = str(self.prefix / "lib/python3/dist-packages")
        done = run("/usr/bin/python3", "-B", "-c", script, env=self.environment | {"PYTHONPATH": modules})
        self.assertEqual(done.stdout, "exit 0\n")

    def test_a_small_program_is_linked_in_seconds_and_runs(self) -> None:
        build = self.folder / "consumer"
        self.run_here("cmake", "-S", CONSUMER, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}")
        self.run_here("cmake", "--build", build)
        (build / "consumer").unlink()
        before = processor_seconds()
        self.run_here("cmake", "--build", build)
        seconds = processor_seconds() - before
        print(f"link of {len((CONSUMER / 'main.cpp').read_text().splitlines())} lines: {seconds:.2f} s", file=sys.stderr)
        self.assertLess(seconds, LINK_SECONDS)
        self.assertIn("hello from core 7 of 8", self.run_here(build / "consumer", self.hello).stdout)

    def test_the_shared_library_shows_its_interface_and_nothing_else(self) -> None:
        library = self.prefix / "lib/libflexv.so.0.1"
        listing = run("nm", "-D", "-C", "--defined-only", "--with-symbol-versions", library).stdout.splitlines()
        names = [line.split(maxsplit=2)[2] for line in listing]
        interface = re.compile(r"((vtable|typeinfo|typeinfo name) for )?flexv::(Platform|Configuration|library_version)\b.*@@FLEXV_0\.1$")
        self.assertEqual([name for name in names if not interface.match(name) and not name.startswith("FLEXV_0.1")], [])
        self.assertTrue(any(name.startswith("flexv::Platform::run()@@") for name in names), names)
        self.assertNotIn("Implementation", "\n".join(names))
        self.assertIn("[libflexv.so.0.1]", run("readelf", "-d", library).stdout)  # SONAME

    def test_a_plain_compiler_needs_pkg_config_alone(self) -> None:
        for name in ("flexv", "flexv-static"):
            with self.subTest(name):
                flags = self.run_here("pkg-config", "--cflags", "--libs", name).stdout.split()
                self.run_here(COMPILER, CONSUMER / "main.cpp", "-o", self.folder / name, *flags)
                self.assertIn("hello from core 7 of 8", self.run_here(self.folder / name, self.hello).stdout)
                needed = run("readelf", "-d", self.folder / name).stdout
                self.assertEqual("libflexv" in needed, name == "flexv")

    def test_cmake_finds_the_shared_form(self) -> None:
        build = self.folder / "shared"
        self.run_here("cmake", "-S", CONSUMER, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}", "-DLIBRARY=flexv::shared")
        self.run_here("cmake", "--build", build)
        self.assertIn("hello from core 7 of 8", self.run_here(build / "consumer", self.hello).stdout)

    def test_another_minor_version_is_refused(self) -> None:
        for wanted in ("0.2", "1.0", "0.0"):
            project = self.folder / f"wants-{wanted}"
            project.mkdir()
            (project / "CMakeLists.txt").write_text(
                f"cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES CXX)\nfind_package(flexv {wanted} REQUIRED)\n"
            )
            done = subprocess.run(
                ["cmake", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}"],
                env=self.environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("version: 0.1.0", done.stderr)

    def test_a_component_is_refused_with_a_reason(self) -> None:
        project = self.folder / "wants-component"
        project.mkdir()
        (project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES CXX)\nfind_package(flexv REQUIRED COMPONENTS platform)\n"
        )
        done = subprocess.run(
            ["cmake", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}"],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("flexv has no components, so not these: platform. Leave", " ".join(done.stderr.split()))

    def test_scripts_find_program_and_data(self) -> None:
        report = self.folder / "report.json"
        self.run_here(self.prefix / "bin/flexv-vp", "run", self.hello, "--quiet", "--report", report)
        self.run_here(self.prefix / "bin/flexv-operating_points", report)
        study = self.folder / "study.json"
        study.write_text(f'{{"firmware": "{self.hello}", "parameters": {{"soc.cluster.core_count": [2, 4]}},'
                         ' "points": "grid", "objectives": [{"metric": "/cycles", "goal": "min", "name": "cycles"}]}')  # fmt: skip
        self.run_here(self.prefix / "bin/flexv-sweep", study, "--out", self.folder / "study")
        self.assertEqual(len((self.folder / "study/results.csv").read_text().splitlines()), 3)

    def test_firmware_is_made_from_the_package(self) -> None:
        build = self.folder / "firmware"
        self.run_here("cmake", "-S", ROOT / "docs/tutorial/accelerator/firmware", "-B", build,
                      "--toolchain", self.prefix / "share/flexv_firmware/toolchain.cmake")  # fmt: skip
        self.run_here("cmake", "--build", build)
        self.assertTrue((build / "crc.elf").exists())


if __name__ == "__main__":
    if not (RELEASE / "platform" / "libflexv.so").exists():
        print(f"skipped: no shared library in {RELEASE}; scripts/test builds it")
        sys.exit(77)
    unittest.main()
