# SPDX-License-Identifier: Apache-2.0
# As toolchain.cmake, with scripts/flexv-cc for C and assembly of the whole project: -DCMAKE_TOOLCHAIN_FILE=.../toolchain-flexv-cc.cmake.
# -DFLEXV_CC=FILE names it when it is not on the path.
include(${CMAKE_CURRENT_LIST_DIR}/toolchain.cmake)
find_program(FLEXV_CC flexv-cc HINTS ${CMAKE_CURRENT_LIST_DIR}/../scripts)
if(NOT FLEXV_CC)
  message(FATAL_ERROR "flexv-cc is not found\n"
    "hint: it is scripts/flexv-cc of the repository; -DFLEXV_CC=FILE names it")
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES FLEXV_CC)  # its checks read this file again, without the cache
set(CMAKE_C_COMPILER ${FLEXV_CC})
set(CMAKE_ASM_COMPILER ${FLEXV_CC})  # it knows where flexv/isa.inc is
set(CMAKE_ASM_COMPILER_ID GNU)
# CMake's own question, which it asks by compiling a file of many preprocessor lines.
set(CMAKE_C_COMPILER_ID Clang)
set(CMAKE_C_COMPILER_ID_RUN TRUE)
set(CMAKE_C_COMPILER_VERSION 19)
set(CMAKE_C_COMPILER_FORCED TRUE)
set(CMAKE_C_STANDARD_COMPUTED_DEFAULT 17)
