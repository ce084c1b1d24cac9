# SPDX-License-Identifier: Apache-2.0
"""Standard streams that are closed, full, or whose reader has gone away."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

import images
import program

BROKEN_PIPE = 128 + signal.SIGPIPE


class PrintingCommands(program.Case):
    def commands(self) -> list[list[str]]:
        image = self.image(images.prints_and_ends())
        self.run_program("run", image, "--quiet", "--report", "report.json")
        return [
            ["--help"], ["help"], ["help", "run"], ["-v"], ["config"], ["isa"], ["describe"],
            ["disasm", image], ["price", "report.json", "--quiet"],
        ]  # fmt: skip

    def test_what_was_asked_for_and_cannot_be_written_is_an_error(self) -> None:
        for command in self.commands():
            for redirect in (">&- <&-", ">/dev/full"):
                with self.subTest(command=command, redirect=redirect):
                    done = self.run_program(*command, redirect=redirect)
                    self.assertEqual(done.returncode, 101)
                    self.assertIn("flexv: error: stdout cannot be written: ", done.stderr)

    def test_a_lost_stderr_changes_nothing(self) -> None:
        for command in self.commands():
            whole = self.run_program(*command)
            for redirect in ("2>&- <&-", "2>/dev/full"):
                with self.subTest(command=command, redirect=redirect):
                    done = self.run_program(*command, redirect=redirect)
                    self.assertEqual((done.returncode, done.stdout), (0, whole.stdout))
            self.assertEqual(self.run_program(*command, redirect=">&- 2>&-").returncode, 101)

    def test_a_reader_that_goes_away_ends_a_filter_in_silence(self) -> None:
        for command in self.commands():
            with self.subTest(command=command):
                read, write = os.pipe()
                os.close(read)
                process = self.start(*command, stdout=write)
                os.close(write)
                _, errors = process.communicate(timeout=program.PATIENCE)
                self.assertEqual((process.returncode, errors), (BROKEN_PIPE, ""))

    def test_a_mistake_keeps_its_status_when_nobody_hears_of_it(self) -> None:
        for redirect in ("2>&-", "2>/dev/full"):
            self.assertEqual(self.run_program("run", "none.elf", redirect=redirect).returncode, 101)
            self.assertEqual(self.run_program("isa", "--nonsense", redirect=redirect).returncode, 101)


class Runs(program.Case):
    def test_firmware_output_that_cannot_be_written_is_an_error(self) -> None:
        image = self.image(images.prints_and_ends())
        for redirect in (">&-", ">/dev/full"):
            with self.subTest(redirect=redirect):
                done = self.run_program("run", image, "--report", "report.json", redirect=redirect)
                self.assertEqual(done.returncode, 101)
                self.assertIn("flexv: error: stdout cannot be written: ", done.stderr)
                self.assertGreater(self.report()["cycles"], 0)

    def test_a_run_that_can_print_no_more_ends_soon(self) -> None:
        image = self.image(images.prints_for_ever())
        done = self.run_program("run", image, "--report", "report.json", redirect=">/dev/full")

        self.assertEqual(done.returncode, 101)
        self.assertIn("stopped, because stdout cannot be written, at cycle", done.stderr)
        self.assertEqual(self.report()["result"], "interrupted")

    def test_firmware_that_prints_nothing_needs_no_stdout(self) -> None:
        image = self.image(images.Image(images.only_core_0(images.end_with(3))))

        self.assertEqual(self.run_program("run", image, redirect=">&-").returncode, 3)

    def test_a_lost_stderr_changes_nothing(self) -> None:
        image = self.image(images.prints_and_ends(5))
        for redirect in ("2>&-", "2>/dev/full", "<&- 2>&-"):
            done = self.run_program("run", image, redirect=redirect)
            self.assertEqual((done.returncode, done.stdout), (5, "done\n"))

    def test_a_fault_keeps_its_status_when_nobody_hears_of_it(self) -> None:
        image = self.image(images.Image([0xFFFFFFFF]))
        for redirect in ("2>&-", "2>/dev/full", "2>&- >&- <&-"):
            self.assertEqual(self.run_program("run", image, redirect=redirect).returncode, 102)

    def test_no_file_gets_the_number_of_a_closed_stream(self) -> None:
        image = self.image(images.prints_and_ends())
        traces = ("--trace", "trace.log", "--wave", "run.vcd")
        self.run_program("run", image, *traces)
        expected = [(self.folder / name).read_bytes() for name in ("trace.log", "run.vcd")]
        for redirect in (">&-", "2>&-", "<&-", "<&- >&- 2>&-"):
            self.run_program("run", image, *traces, redirect=redirect)
            for name, contents in zip(("trace.log", "run.vcd"), expected, strict=True):
                if ">&-" not in redirect.replace("2>&-", ""):  # else the run was cut short
                    self.assertEqual((self.folder / name).read_bytes(), contents, redirect)
                self.assertNotIn(b"flexv", (self.folder / name).read_bytes().replace(b"flexv-vp", b""))
                (self.folder / name).unlink()

    def test_a_reader_that_goes_away_ends_the_run_like_a_signal(self) -> None:
        process = self.start(
            "run", self.image(images.prints_for_ever()), "--report", "report.json", stdout=subprocess.PIPE
        )
        assert process.stdout
        self.assertEqual(process.stdout.readline(), "line\n")
        process.stdout.close()
        assert process.stderr
        errors = process.stderr.read()

        self.assertEqual(process.wait(program.PATIENCE), BROKEN_PIPE)
        self.assertIn("interrupted by signal 13 (SIGPIPE)", errors)
        self.assertIn("prints_here", errors)
        self.assertEqual(self.report()["result"], "interrupted")

    def test_outputs_may_go_to_streams(self) -> None:
        image = self.image(images.prints_and_ends())
        done = self.run_program("run", image, "--quiet", "--report", "/dev/stdout")
        first, _, rest = done.stdout.partition("\n")
        self.assertEqual((done.returncode, first, json.loads(rest)["result"]), (0, "done", "exit"))
        done = self.run_program("run", image, "--quiet", "--report", "/dev/stderr")
        self.assertEqual(json.loads(done.stderr)["result"], "exit")
        done = self.run_program("run", image, "--quiet", "--report", "/dev/fd/7", redirect="7>out.json")
        self.assertEqual(self.report("out.json")["result"], "exit")
        done = self.run_program("run", image, "--report", "/dev/fd/7", redirect="7<firmware.elf")
        self.assert_refused(done, "would overwrite an input")
        done = self.run_program("run", image, "--report", "/dev/fd/7", redirect="7</dev/null")
        self.assert_refused(done, "is closed, or open for reading only")

    def test_firmware_and_report_share_a_file_only_as_one_stream(self) -> None:
        image = self.image(images.prints_and_ends())
        done = self.run_program("run", image, "--quiet", "--report", "/dev/stdout", redirect=">both")
        self.assertEqual(done.returncode, 0)
        self.assertTrue((self.folder / "both").read_text().startswith('done\n{\n  "schema"'))
        done = self.run_program("run", image, "--quiet", "--report", "both", redirect=">both")
        self.assert_refused(done, "is the file that stdout goes to")

    def test_a_socket_and_a_fifo_are_streams(self) -> None:
        image = self.image(images.prints_and_ends())
        ours, theirs = socket.socketpair()
        with ours:
            process = self.start("run", image, "--quiet", "--report", "/dev/stdout", stdout=theirs)
            theirs.close()
            text = b"".join(iter(lambda: ours.recv(65536), b"")).decode()
        self.assertEqual(process.wait(program.PATIENCE), 0)
        self.assertEqual(json.loads(text.partition("\n")[2])["result"], "exit")

        os.mkfifo(self.path("fifo"))
        got: list[str] = []
        reader = threading.Thread(target=lambda: got.append(Path(self.path("fifo")).read_text()))
        reader.start()
        self.assertEqual(self.run_program("run", image, "--report", "fifo").returncode, 0)
        reader.join()
        self.assertEqual(json.loads(got[0])["result"], "exit")
        self.assertTrue((self.folder / "fifo").is_fifo())

    def test_a_fifo_whose_reader_goes_away_is_an_error(self) -> None:
        os.mkfifo(self.path("fifo"))
        process = self.start("run", self.image(images.spin()), "--trace", "fifo", "--report", "report.json")
        with open(self.path("fifo"), "rb") as fifo:
            fifo.read(100)
        assert process.stderr
        errors = process.stderr.read()

        self.assertEqual(process.wait(program.PATIENCE), 101)
        self.assertIn("--trace fifo: cannot be written: Broken pipe", errors)
        self.assertEqual(self.report()["result"], "interrupted")

    def test_firmware_may_come_from_stdin(self) -> None:
        image = self.image(images.prints_and_ends())
        with open(image, "rb") as file:
            self.assertEqual(self.run_program("run", "/dev/stdin", stdin=file).stdout, "done\n")
        done = self.run_program("run", "/dev/stdin", redirect="< firmware.elf")
        self.assertEqual(done.stdout, "done\n")
        done = self.run_program("run", "/dev/stdin", redirect="<&-")
        self.assert_refused(done, "is a device, not a file")
        done = self.run_program("run", "/dev/stdin", "--report", image, redirect="< firmware.elf")
        self.assert_refused(done, "would overwrite an input")


if __name__ == "__main__":
    program.main()
