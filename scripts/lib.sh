# SPDX-License-Identifier: Apache-2.0
# Steps that the scripts share: packages, configure, build. Sourced, not run.
# shellcheck shell=bash disable=SC2034  # the scripts use what is set here

set -euo pipefail
SCRIPT=$(realpath "$0")
CALLER_FOLDER=$PWD
ROOT=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
cd "$ROOT"

# Debian 12 names.
BUILD_PACKAGES=(g++ cmake ninja-build ccache libsystemc-dev libfmt-dev nlohmann-json3-dev libboost-dev
  libboost-program-options-dev libelf-dev libdw-dev libasmjit-dev python3)
FIRMWARE_PACKAGES=(gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf)
COMPILER_PACKAGES=(clang-19 llvm-19-dev)  # scripts/flexv-cc
TEST_PACKAGES=(catch2 clang-format clang-tidy git dpkg-dev pkg-config verilator gtkwave qemu-user clang-14 libclang-rt-14-dev
  gdb-multiarch mypy python3-distributed python3-deap python3-matplotlib python3-numpy python3-onnx chromium coinor-cbc lcov
  munge slurmctld slurmd slurm-client zsh)

# ccache looks into precompiled headers only when told so.
export CCACHE_SLOPPINESS=pch_defines,time_macros

say() { printf '== %s\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# The header of the calling script, without its first two lines, is its help.
help_from_header() { sed -n '3,/^$/{/^#/s/^# \{0,1\}//p}' "$SCRIPT"; }

# apt-get as root; asks nothing.
apt() {
  local -a as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "packages are missing and there is no sudo; as root: apt-get install $*"
    as_root=(sudo)
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q "$@" >&2
}

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Installs what is missing of the named packages; leaves the package manager alone when nothing is.
require_packages() {
  command -v dpkg-query >/dev/null || { say "not a Debian system: assuming that $* are there"; return; }
  local -a missing=()
  local package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  apt update || say "the package lists could not be updated; trying with the ones at hand"
  apt install --no-install-recommends "${missing[@]}"
}

# An installed copy brings its program along; in the repository it is built when it is missing.
require_program() {
  [ -f CMakePresets.json ] && [ ! -x build/release/flexv-vp ] || return 0
  require_packages "${BUILD_PACKAGES[@]}"
  build_preset release flexv-vp
}

# build_preset dev|release [target...]: everything when no target is named.
build_preset() {
  local preset=$1
  shift
  local -a launcher=()
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  say "building build/$preset"
  cmake --preset "$preset" -DFLEXV_FIRMWARE_DIR="$ROOT/build/sw" "${launcher[@]}" >&2
  cmake --build "build/$preset" ${1:+--target "$@"} >&2
}

# Firmware of sw/, into build/sw/*.elf.
build_firmware() {
  say "building the firmware in build/sw"
  cmake -S sw -B build/sw -G Ninja >&2
  cmake --build build/sw >&2
}

# run_program ELF [OPTION...]: the release simulator, from the caller's folder.
run_program() {
  local elf=$ROOT/$1
  shift
  say "flexv-vp run ${elf#"$ROOT"/} $*"
  cd "$CALLER_FOLDER"
  exec "$ROOT/build/release/flexv-vp" run "$elf" "$@"
}

# run_tool MODULE [ARGUMENT...]: a module of scripts/flexv_tools, from the caller's folder, by Debian's
# Python, which sees Debian's packages.
run_tool() {
  local python=/usr/bin/python3
  [ -x "$python" ] || python=python3
  cd "$CALLER_FOLDER"
  PYTHONPATH="$ROOT/scripts" PYTHONDONTWRITEBYTECODE=1 exec "$python" -m "$@"
}
