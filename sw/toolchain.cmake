# SPDX-License-Identifier: Apache-2.0
# Debian's bare-metal RISC-V compiler. Architecture flags are target options of the package beside this file
# (cmake/flexv_firmwareConfig.cmake), because compiling and linking need different ones.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_ASM_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_C_FLAGS_DEBUG_INIT "-Og")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(flexv_firmware_DIR ${CMAKE_CURRENT_LIST_DIR}/cmake)
