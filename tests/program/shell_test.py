#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Help, manual page and completion as a person at a shell meets them: shell_test.py PROGRAM."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import time

import program


class Help(program.Case):
    def commands(self) -> list[str]:
        text = self.run_program("--help").stdout
        return re.findall(r"^  flexv-vp ([a-z]+)", text, re.MULTILINE)

    def test_every_command_has_help_with_an_example_that_names_it(self) -> None:
        names = [name for name in self.commands() if name != "help"]

        self.assertEqual(names, ["run", "price", "config", "disasm", "isa", "describe", "completion", "man"])
        for name in names:
            with self.subTest(command=name):
                text = self.run_program("help", name).stdout
                examples = re.findall(r"^  (.*flexv-vp .*)$", text.partition("xample")[2], re.MULTILINE)
                self.assertTrue(examples, text)
                for example in examples:
                    self.assertIn(f"flexv-vp {name}", example)

    def test_options_of_examples_exist(self) -> None:
        for name in ("run", "price", "config", "disasm", "isa", "describe"):
            text = self.run_program("help", name).stdout
            for option in re.findall(r"--[a-z-]+", text.partition("xample")[2]):
                self.assertRegex(text.partition("xample")[0], rf"{option}\b", name)

    def test_config_lists_the_keys(self) -> None:
        keys = self.run_program("config", "--keys").stdout.split()

        self.assertIn("soc.cluster.core_count", keys)
        self.assertEqual(len(keys), len(set(keys)))
        for key in keys[:5]:
            self.assertEqual(self.run_program("config", "--set", f"{key}=?").stderr.count(key) > 0, True, key)


class Manual(program.Case):
    def test_groff_has_nothing_to_say_and_sets_the_page(self) -> None:
        if shutil.which("groff") is None:
            self.skipTest("groff is not installed")
        page = self.run_program("man").stdout
        done = subprocess.run(["groff", "-man", "-Tascii", "-ww", "-rLL=100n", "-P-cbou"], input=page, capture_output=True,
                              text=True, check=False)  # fmt: skip

        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for text in ("flexv-vp run FIRMWARE.elf", "--timeline FILE.json", "soc.cluster.core_count", "a deadlock"):
            self.assertIn(text, done.stdout)


class Bash(program.Case):
    def complete(self, *words: str) -> list[str]:
        """What bash offers for the last word."""
        if shutil.which("bash") is None:
            self.skipTest("bash is not installed")
        script = self.run_program("completion", "bash").stdout
        (self.folder / "completion.bash").write_text(script)
        line = " ".join(shlex.quote(word) for word in ("flexv-vp", *words))
        code = (
            f"compopt() {{ :; }}; source ./completion.bash; COMP_WORDS=({line}); COMP_CWORD={len(words)};"
            ' _flexv_vp; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(["bash", "-c", code], cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.split()

    def test_commands_options_and_words(self) -> None:
        self.assertEqual(self.complete("de"), ["describe"])
        self.assertEqual(self.complete("run", "--time"), ["--timeline"])
        self.assertEqual(self.complete("isa", "--format", ""), ["table", "csv", "gas"])
        self.assertEqual(self.complete("run", "--check", "u"), ["uninit"])
        self.assertEqual(self.complete("completion", "--"), ["--help"])
        self.assertIn("pulp_open", self.complete("run", "--config", "pulp_o"))
        self.assertEqual(self.complete("help", "pr"), ["price"])

    def test_keys_of_set_and_files(self) -> None:
        (self.folder / "my.elf").write_text("")

        self.assertEqual(self.complete("run", "--set", "soc.cluster.core_c"), ["soc.cluster.core_count="])
        self.assertEqual(self.complete("run", "my"), ["my.elf"])
        self.assertEqual(self.complete("run", "--report", "my"), ["my.elf"])

    def test_every_option_of_help_is_completed(self) -> None:
        for command in ("run", "price", "config", "disasm", "isa", "describe"):
            text = self.run_program("help", command).stdout.partition("xample")[0]
            listed = set(re.findall(r"^  (--[a-z-]+)", text, re.MULTILINE))
            self.assertEqual(listed - set(self.complete(command, "--")), set(), command)


class Zsh(program.Case):
    def test_zsh_can_read_it(self) -> None:
        if shutil.which("zsh") is None:
            self.skipTest("zsh is not installed")
        script = self.run_program("completion", "zsh").stdout
        done = subprocess.run(["zsh", "-n"], input=script, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_only_the_two_shells_are_known(self) -> None:
        done = self.run_program("completion", "fish")

        self.assertEqual(done.returncode, 101)
        self.assertIn("expected bash or zsh", done.stderr)


# What a shell does when it is told to: `lines` gets "ready", and then each line as completion has left it.
SET_UP = {
    "bash": """exec 3>./lines
        source ./completion
        bind -x '"\\C-g": printf "%s\\n" "$READLINE_LINE" >&3'
        echo ready >&3""",
    "zsh": """exec 3>./lines
        autoload -U compinit && compinit -D -u
        source ./completion
        show() { print -r -- "$BUFFER" >&3 }
        zle -N show
        bindkey '^G' show
        print ready >&3""",
}
START = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}
KILL_LINE, COMPLETE, SHOW = "\x15", "\t", "\x07"  # keys


class AtTheTerminal(program.Case):
    """A person types half a word and presses TAB, in the real shell on a pseudo terminal."""

    def shell(self, name: str) -> None:
        if shutil.which(name) is None:
            self.skipTest(f"{name} is not installed")
        (self.folder / "lines").unlink(missing_ok=True)
        (self.folder / "completion").write_text(self.run_program("completion", name).stdout)
        (self.folder / "set_up").write_text(SET_UP[name])
        process, self.keys = pty.fork()
        if process == 0:
            os.chdir(self.folder)
            os.execvpe(START[name][0], START[name], os.environ | {"TERM": "dumb", "HOME": str(self.folder)})
        self.addCleanup(self.end_shell, process, self.keys)
        self.type("source ./set_up\n")
        self.seen = 0
        self.assertEqual(self.next_line(), "ready")

    def end_shell(self, process: int, keys: int) -> None:
        os.close(keys)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)

    def type(self, keys: str) -> None:
        os.write(self.keys, keys.encode())

    def next_line(self) -> str:
        last = time.monotonic() + program.PATIENCE
        path = self.folder / "lines"
        while time.monotonic() < last:
            if select.select([self.keys], [], [], 0.02)[0]:
                os.read(self.keys, 4096)  # what the terminal shows
            lines = path.read_text().splitlines(keepends=True) if path.exists() else []
            if len(lines) > self.seen and lines[self.seen].endswith("\n"):
                self.seen += 1
                return lines[self.seen - 1].removesuffix("\n")
        self.fail("the shell does not answer")

    def completed(self, text: str) -> str:
        self.type(KILL_LINE + text + COMPLETE + SHOW)
        return self.next_line()

    def check_words(self, shell: str) -> None:
        self.shell(shell)
        (self.folder / "firmware.elf").write_text("")
        for typed, expected in (
            ("flexv-vp desc", "flexv-vp describe "),
            ("flexv-vp help pr", "flexv-vp help price "),
            ("flexv-vp run --timel", "flexv-vp run --timeline "),
            ("flexv-vp run --check u", "flexv-vp run --check uninit "),
            ("flexv-vp run --uart p", "flexv-vp run --uart pty "),
            ("flexv-vp run --config pulp_o", "flexv-vp run --config pulp_open "),
            ("flexv-vp isa --format t", "flexv-vp isa --format table "),
            ("flexv-vp run --set soc.cluster.core_c", "flexv-vp run --set soc.cluster.core_count="),
            ("flexv-vp run firmw", "flexv-vp run firmware.elf "),
            ("flexv-vp run --report firmw", "flexv-vp run --report firmware.elf "),
        ):
            self.assertEqual(self.completed(typed), expected)

    def test_bash_completes_words(self) -> None:
        self.check_words("bash")

    def test_zsh_completes_words(self) -> None:
        self.check_words("zsh")


if __name__ == "__main__":
    program.main()
