# SPDX-License-Identifier: Apache-2.0
# Programs that go through the interface of PULP's public firmware, in both boot styles: abi/README.md.
set(abi ${CMAKE_CURRENT_SOURCE_DIR}/abi)

# flexv_abi_program(name SOURCES ... OPTIONS ... SCRIPT file)
function(flexv_abi_program name)
  cmake_parse_arguments(ARG "" "SCRIPT" "SOURCES;OPTIONS" ${ARGN})
  set(image ${CMAKE_CURRENT_BINARY_DIR}/${name}.elf)
  list(TRANSFORM ARG_SOURCES PREPEND ${abi}/)
  add_custom_command(OUTPUT ${image}
    COMMAND ${RISCV_GCC} -march=rv32imc_zicsr_zifencei -mabi=ilp32 -nostdlib -nostartfiles -static -ffreestanding
      -fno-tree-loop-distribute-patterns -O2 -Wall -Wextra -Werror ${ARG_OPTIONS} -Wl,-T${abi}/${ARG_SCRIPT}
      -Wl,--nmagic -Wl,--no-warn-rwx-segments -Wl,--no-relax -o ${image} ${ARG_SOURCES}
    DEPENDS ${ARG_SOURCES} ${abi}/abi.h ${abi}/${ARG_SCRIPT} VERBATIM)
  set_property(GLOBAL APPEND PROPERTY FLEXV_ABI_PROGRAMS ${image})
endfunction()

flexv_abi_program(pulp_open SCRIPT link.ld SOURCES crt0.S cluster.c fabric.c
  OPTIONS -DSTYLE_P -DSTYLE_TCDM=0x10000)
flexv_abi_program(pulp_cluster SCRIPT link.ld SOURCES crt0.S cluster.c OPTIONS -DSTYLE_TCDM=0x20000)
flexv_abi_program(sdk SCRIPT sdk.ld SOURCES sdk.S)
get_property(images GLOBAL PROPERTY FLEXV_ABI_PROGRAMS)
add_custom_target(abi_programs ALL DEPENDS ${images})

set(pulp_open ${CMAKE_CURRENT_BINARY_DIR}/pulp_open.elf)
set(eight_cores "(hello from a core\n){8}")
flexv_run_test(NAME "style P boots the fabric controller, which starts the cluster" IMAGE ${pulp_open} REPEAT
  ARGUMENTS --config pulp_open
  OUTPUT "^hello from the fabric controller\nby UART\n${eight_cores}$"
  MESSAGE "the GPIO is not modelled" "this cluster has no accelerator")
foreach(quantum 1 7 100000)
  flexv_run_test(NAME "style P does not depend on a quantum of ${quantum} cycles" IMAGE ${pulp_open}
    ARGUMENTS --config pulp_open --set simulation.quantum_cycles=${quantum} OUTPUT "by UART\n${eight_cores}$")
endforeach()
foreach(mhz 10 50 173)
  flexv_run_test(NAME "style P works with a SoC at ${mhz} MHz" IMAGE ${pulp_open}
    ARGUMENTS --config pulp_open --set clock.soc_mhz=${mhz} OUTPUT "by UART\n${eight_cores}$")
endforeach()
flexv_run_test(NAME "style C starts all cores and ends by EOC" IMAGE ${CMAKE_CURRENT_BINARY_DIR}/pulp_cluster.elf
  ARGUMENTS --config pulp_cluster REPEAT OUTPUT "^${eight_cores}$")
flexv_run_test(NAME "an SDK image has data at 4 and its L1 image in L2" IMAGE ${CMAKE_CURRENT_BINARY_DIR}/sdk.elf
  ARGUMENTS --config pulp_open STATUS 21)
flexv_run_test(NAME "style P on a cluster without fabric controller is told which configuration it needs"
  IMAGE ${CMAKE_CURRENT_BINARY_DIR}/sdk.elf STATUS 105 MESSAGE "hint: the image is written for a fabric controller .*--config pulp_open")
