# SPDX-License-Identifier: Apache-2.0
# Small programs without a runtime: both places to print, both ways to end, and what goes wrong.
function(flexv_bare_metal name)
  set(image ${CMAKE_CURRENT_BINARY_DIR}/${name}.elf)
  add_custom_command(OUTPUT ${image}
    COMMAND ${RISCV_GCC} -march=rv32imc_zicsr_zifencei -mabi=ilp32 -nostdlib -nostartfiles -static
      -Wl,-Ttext=0x1c000080 -Wl,--section-start=.vectors=0x1c000000 -Wl,--nmagic -Wl,--no-relax -o ${image} ${CMAKE_CURRENT_SOURCE_DIR}/programs/${name}.S
    DEPENDS programs/${name}.S programs/bare_metal.inc VERBATIM)
  set_property(GLOBAL APPEND PROPERTY FLEXV_BARE_METAL ${image})
endfunction()

# flexv_program_test(PROGRAM p ...): flexv_run_test with programs/p.S as its image.
function(flexv_program_test)
  cmake_parse_arguments(ARG "" "PROGRAM" "" ${ARGN})
  flexv_run_test(IMAGE ${CMAKE_CURRENT_BINARY_DIR}/${ARG_PROGRAM}.elf ${ARG_UNPARSED_ARGUMENTS})
endfunction()

foreach(program exit_eoc exit_core_status print illegal handled_illegal ebreak unmapped_load unmapped_store
    subsets jump_nowhere deadlock half_barrier spin signature demux_hole self_modifying store_beside_code
    fc_illegal fc_sleeps fc_demux interrupted_waits interrupted_locks region_marks exit_minus_one device_warning floating atomic semihosting
    accelerator dma_outside external_memory unanswered fc_unanswered reset_scene cluster_reset)
  flexv_bare_metal(${program})
endforeach()
get_property(images GLOBAL PROPERTY FLEXV_BARE_METAL)
add_custom_target(bare_metal_programs ALL DEPENDS ${images})

flexv_program_test(PROGRAM exit_eoc NAME "RETURN and EOC end the run with the firmware's code" STATUS 42)
flexv_program_test(PROGRAM exit_core_status NAME "a code above 99 gives 99" STATUS 99
  MESSAGE "exit 300 .300 unsigned., status 99, after" "warning: the firmware returned 300 .0x12c, 300 unsigned., which is clamped")
flexv_program_test(PROGRAM exit_minus_one NAME "a negative code gives 99 and is shown signed and unsigned" STATUS 99
  MESSAGE "exit -1 .4294967295 unsigned., status 99, after" "returned -1 .0xffffffff, 4294967295 unsigned., which is clamped")
flexv_program_test(PROGRAM region_marks NAME "marks of regions that do not fit together are told at the end"
  MESSAGE "warning: region 1 .region 1. is begun again by a hart that is inside: hart 0x0"
    "warning: region 2 .region 2. is ended without a begin: hart 0x0"
    "warning: region 3 .region 3. is still open at the end of the run: hart 0x0")
foreach(quantum 1 1000 100000)
  flexv_program_test(PROGRAM device_warning NAME "devices name cycle, core and instruction in their warnings, quantum ${quantum}"
    ARGUMENTS --set simulation.quantum_cycles=${quantum}
    MESSAGE "84.391 us warn soc.fll_cluster: multiplier 0 .*.soc.cluster.core0, pc 0x1c0000[0-9a-f]+ stops_clock"
      "84.406 us warn soc.cluster.peripherals: .*load .*accelerator.*.soc.cluster.core0, pc 0x1c0000[0-9a-f]+ stops_clock"
      "84.439 us warn soc.gpio.window: read .*not modelled.*.soc.cluster.core0, pc 0x1c0000[0-9a-f]+ stops_clock")
endforeach()
flexv_program_test(PROGRAM floating NAME "a floating-point instruction is called so" STATUS 102
  MESSAGE "illegal instruction 0x00b50553: a floating-point instruction; the core has no FPU: compile with")
flexv_program_test(PROGRAM atomic NAME "an atomic instruction is called so" STATUS 102
  MESSAGE "illegal instruction 0x00b5252f: an atomic instruction")
flexv_program_test(PROGRAM semihosting NAME "a semihosting call is called so" STATUS 102
  MESSAGE "ebreak of a semihosting call .operation 0x18 in a0., which is closed: open it with --semihosting")
flexv_program_test(PROGRAM accelerator NAME "a program for an accelerator is told that there is none" STATUS 102
  MESSAGE "warning: .*store at offset 0x14 of the DMA's slot.*accelerator. This cluster has none.*pc 0x"
    "core0: store of 4 bytes at 0x10201c40: .*accelerator. This cluster has none")
flexv_program_test(PROGRAM dma_outside NAME "a transfer beside the TCDM is told" STATUS 0
  MESSAGE "warning: .*TCDM address 0x1c010000 of transfer [0-9]+ is outside of the TCDM, 0x10000000..0x1001ffff.*core0, pc 0x1c000[0-9a-f]+ outside"
    "warning: .*64 bytes at TCDM address 0x1001fff0 goes on behind the end.*core0, pc 0x1c000[0-9a-f]+ behind"
    "warning: .*64 bytes at TCDM address 0x10010000, in lines over 196624 bytes, goes on behind the end.*pc 0x1c000[0-9a-f]+ lines")
flexv_program_test(PROGRAM dma_outside NAME "--strict ends at a transfer beside the TCDM" STATUS 102
  ARGUMENTS --strict MESSAGE "core0: .*TCDM address 0x1c010000 .*outside")
# 4096 bytes at 0.4 a cycle are 10,240 cycles, in 4 bursts of 30 cycles; 16 stores take 40 each, start and code 1,500.
flexv_program_test(PROGRAM external_memory NAME "the DMA reads external memory at 0.4 byte per cycle" STATUS 0
  ARGUMENTS --set "soc.external_memory.size_bytes=8 MiB" CYCLES 12400 12900)
flexv_program_test(PROGRAM external_memory NAME "a wide external memory takes what its bursts take" STATUS 0
  ARGUMENTS --set soc.external_memory.size_bytes=64KiB --set soc.external_memory.bytes_per_cycle=8
            --set soc.external_memory.burst_bytes=64 CYCLES 4300 4900)
flexv_program_test(PROGRAM external_memory NAME "without external memory its addresses are nobody's" STATUS 102
  MESSAGE "core0: store of 4 bytes at 0x80000000: .*nothing outside the cluster takes it")
flexv_program_test(PROGRAM external_memory NAME "external memory may not lie where L2 is" STATUS 101
  ARGUMENTS --set soc.external_memory.size_bytes=4096 --set soc.external_memory.base=0x1c000000
  MESSAGE "soc.external_memory" "soc.l2")
flexv_program_test(PROGRAM external_memory NAME "external memory may not end behind the last address" STATUS 101
  ARGUMENTS --set soc.external_memory.size_bytes=8192 --set soc.external_memory.base=0xfffff000
  MESSAGE "external memory ends within the 32-bit address space")
flexv_program_test(PROGRAM unanswered NAME "an access that nobody answers ends the run" STATUS 102
  MESSAGE "core0: load of 4 bytes at 0x30000000: .*nothing outside the cluster takes it")
flexv_program_test(PROGRAM unanswered NAME "error slaves answer where nobody else does, and each instruction is told once"
  ARGUMENTS --set soc.bus_errors=respond
  MESSAGE "warning: .*load of 4 bytes at 0x30000000: .*error slave answers 0xbadacce5 .soc.cluster.core0, pc 0x1c0000[0-9a-f]+ again"
    "warning: .*store of 4 bytes at 0x30000000: .*the data are lost"
    "warning: .*load of 4 bytes at 0x10203000: .*error slave answers 0xbadcab7e"
    "warning: .*transfer [0-9]+: read of 16 bytes at external 0x30000000 .*an error slave answers .soc.cluster.core0"
    "warning: .*instruction fetch from 0x50000000, .*answers 0xbadacce5, which is executed")
flexv_program_test(PROGRAM unanswered NAME "--strict ends at the first access that an error slave answers" STATUS 102
  ARGUMENTS --set soc.bus_errors=respond --strict MESSAGE "core0: load of 4 bytes at 0x30000000: .*error slave")
flexv_program_test(PROGRAM fc_unanswered NAME "error slaves answer the fabric controller, too"
  ARGUMENTS --config pulp_open --set soc.bus_errors=respond
  MESSAGE "warning: .*load of 4 bytes at 0x30000000: .*error slave answers 0xbadacce5 .soc.fc.core, pc")
flexv_program_test(PROGRAM cluster_reset NAME "a cluster that the fabric controller resets in its work begins as a fresh one"
  ARGUMENTS --config pulp_open --max-cycles 2000000)
flexv_program_test(PROGRAM print NAME "both stdout devices print whole lines"
  OUTPUT "^from the SoC\nfrom the test bench\nunfinished")
flexv_program_test(PROGRAM illegal NAME "an illegal instruction names core, pc and function" STATUS 102
  MESSAGE "cluster.core0: illegal instruction 0xffffffff.*pc 0x[0-9a-f]+ fails_here")
flexv_program_test(PROGRAM handled_illegal NAME "a handled illegal instruction is reported once" STATUS 7
  MESSAGE "warning: soc.cluster.core0: illegal instruction 0xffffffff.*goes to the firmware's handler")
flexv_program_test(PROGRAM handled_illegal NAME "--strict ends at a handled illegal instruction"
  ARGUMENTS --strict STATUS 102 MESSAGE "illegal instruction 0xffffffff")
foreach(case flexv=0 xpulpnn=1 xpulpv2=2 rv32imc=3)
  string(REGEX MATCH "(.*)=(.*)" _ ${case})
  flexv_program_test(PROGRAM subsets NAME "of one instruction a subset, ${CMAKE_MATCH_2} are illegal in ${CMAKE_MATCH_1}"
    ARGUMENTS --set soc.cluster.core.isa=${CMAKE_MATCH_1} STATUS ${CMAKE_MATCH_2})
endforeach()
flexv_program_test(PROGRAM subsets NAME "an instruction outside the configured ISA names the setting" STATUS 3
  ARGUMENTS --set soc.cluster.core.isa=rv32imc
  MESSAGE "illegal instruction 0x[0-9a-f]+: p.abs is of the ISA .xpulpv2. on, and this core is restricted by soc.cluster.core.isa = rv32imc")
flexv_program_test(PROGRAM ebreak NAME "ebreak without a handler is a fault" STATUS 102 MESSAGE "ebreak")
flexv_program_test(PROGRAM unmapped_load NAME "a load from nowhere names address and neighbours" STATUS 102
  MESSAGE "load of 4 bytes at 0x30000010" "pc 0x[0-9a-f]+ loads_from_nowhere")
flexv_program_test(PROGRAM unmapped_store NAME "a store to nowhere is a fault" STATUS 102
  MESSAGE "store of 2 bytes at 0x1bfffffe")
flexv_program_test(PROGRAM jump_nowhere NAME "a jump into nothing names its target and source" STATUS 102
  MESSAGE "0x50000000" "last jump was at 0x1c0000")
flexv_program_test(PROGRAM deadlock NAME "a deadlock tells where each core sleeps" STATUS 105
  MESSAGE "core0 at pc.*sleeps_for_ever.*event" "core7 at pc.*sleeps_for_ever")
flexv_program_test(PROGRAM half_barrier NAME "a deadlock at a barrier tells who is missing" STATUS 105
  MESSAGE "barrier 0 .arrived: cores 0 1 2 3 4 5 6, missing: 7" "core7 at pc.*event on line 16 .barrier.")
flexv_program_test(PROGRAM spin NAME "--max-cycles stops a program that does not end"
  ARGUMENTS --max-cycles 5000 STATUS 104 CYCLES 5000 5000
  MESSAGE "limit of 5000 cycles" "soc.cluster.core0 at pc 0x1c0000[0-9a-f]+ _start.*: running" "soc.cluster.core7 at pc 0x1c0000[0-9a-f]+ _start")
flexv_program_test(PROGRAM spin NAME "--max-cycles counts cycles of the cluster, also while only the controller runs"
  ARGUMENTS --config pulp_open --set clock.soc_mhz=20 --max-cycles 5000 STATUS 104 CYCLES 5000 5000)
flexv_program_test(PROGRAM demux_hole NAME "a demux slot without a device is a fault" STATUS 102
  MESSAGE "0x10204800")
flexv_program_test(PROGRAM self_modifying NAME "code that the program rewrites is executed anew" STATUS 33)
flexv_program_test(PROGRAM store_beside_code NAME "data may lie in the page of the code" STATUS 9)
flexv_program_test(PROGRAM fc_illegal NAME "an illegal instruction of the fabric controller is reported" STATUS 5
  ARGUMENTS --config pulp_open
  MESSAGE "warning: soc.fc.core: illegal instruction 0xffffffff .pc 0x[0-9a-f]+ runs_into_it")
flexv_program_test(PROGRAM fc_illegal NAME "--strict ends at an illegal instruction of the fabric controller"
  ARGUMENTS --config pulp_open --strict STATUS 102 MESSAGE "soc.fc.core: illegal instruction 0xffffffff")
flexv_program_test(PROGRAM fc_sleeps NAME "a deadlock tells what fabric controller and cluster wait for" STATUS 105
  ARGUMENTS --config pulp_open
  MESSAGE "cluster.core0 at pc.*core_sleeps: .*event on line 3 .software event." "core1 at pc.*not started"
    "soc.fc.core at pc.*fabric_sleeps.*: wfi, waiting for an interrupt")
flexv_program_test(PROGRAM fc_demux NAME "a port that only cluster cores have is a fault for the fabric controller"
  ARGUMENTS --config pulp_open STATUS 102 MESSAGE "soc.fc.core: load of 4 bytes at 0x10204038: .*in a hole of soc.cluster 0x10000000..0x103fffff .4096 KiB.; nearest in there: cluster.hmr 0x10202000" "asks_demux")
flexv_program_test(PROGRAM interrupted_waits NAME "an interrupt at any phase of a sleeping read is followed by its replay"
  ARGUMENTS --set soc.cluster.core_count=2 --set soc.cluster.icache.is_enabled_at_reset=true --max-cycles 1000000)
flexv_program_test(PROGRAM interrupted_locks NAME "interrupts open no barrier and share no mutex"
  ARGUMENTS --set soc.cluster.icache.is_enabled_at_reset=true --max-cycles 2000000)
add_test(NAME "firmware: reference programs are as near to the RTL as docs/reference/fidelity.md says"
  COMMAND Python3::Interpreter -B ${PROJECT_SOURCE_DIR}/scripts/fidelity --check --program $<TARGET_FILE:flexv-vp>)
set_tests_properties("firmware: reference programs are as near to the RTL as docs/reference/fidelity.md says" PROPERTIES PROCESSORS 2 TIMEOUT 900)
add_test(NAME "firmware: interrupts reach a core that computes with the latency of the hardware"
  COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/interrupt_latency.py $<TARGET_FILE:flexv-vp>)
add_test(NAME "firmware: --signature writes one hex word per line"
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/signature_case.py $<TARGET_FILE:flexv-vp>
    ${CMAKE_CURRENT_BINARY_DIR}/signature.elf)
