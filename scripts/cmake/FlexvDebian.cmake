# SPDX-License-Identifier: Apache-2.0
# `cpack -G DEB` in a build folder: flexv_VERSION_ARCH.deb with the program, libflexv.so, scripts, firmware runtime and documents, and
# flexv-dev_VERSION_ARCH.deb with what other projects compile and link.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME flexv)
set(CPACK_PACKAGE_VENDOR "The authors of the Flex-V virtual platform")
set(CPACK_PACKAGE_CONTACT "${CPACK_PACKAGE_VENDOR} <flexv@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION electronics)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE gzip)  # seconds; xz would take a minute for a fifth less

set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "Boots firmware, counts cycles as the RTL does and measures energy.")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME flexv)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS
  "python3, cmake, ninja-build, gcc-riscv64-unknown-elf, picolibc-riscv64-unknown-elf")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SUGGESTS "python3-numpy, python3-matplotlib, python3-onnx, clang-19, gdb-multiarch, gtkwave")

set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
  "Headers and libraries: the platform as a SystemC module beside peripherals of others.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME flexv-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "flexv (= ${PROJECT_VERSION}), libsystemc-dev, libfmt-dev, nlohmann-json3-dev, libboost-program-options-dev, libelf-dev, libdw-dev, libasmjit-dev")
include(CPack)
