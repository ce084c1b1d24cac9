# SPDX-License-Identifier: Apache-2.0
# Programs of sw/apps. Cycle bands are 3 % around what the models gave when the test was written; a change
# outside is a change of timing and belongs into the commit that explains it.
set(images ${PROJECT_SOURCE_DIR}/sw/prebuilt)
if(FLEXV_FIRMWARE_DIR)
  set(images ${FLEXV_FIRMWARE_DIR})
endif()

flexv_run_test(NAME "hello prints a line from each of eight cores"
  IMAGE ${images}/hello.elf OUTPUT "core 0 of 8\n(.*\n)*.*core 7 of 8" CYCLES 19450 20650 REPEAT)
foreach(cores 1 3 16)
  flexv_run_test(NAME "parallel checks itself on ${cores} cores with 16 KiB TCDM"
    IMAGE ${images}/parallel.elf OUTPUT "PASS.*on ${cores} cores"
    ARGUMENTS --set soc.cluster.core_count=${cores} --set soc.cluster.tcdm.size_bytes=16384)
endforeach()
flexv_run_test(NAME "parallel checks itself on eight cores"
  IMAGE ${images}/parallel.elf OUTPUT "PASS.*on 8 cores" CYCLES 90700 96300 REPEAT)
flexv_run_test(NAME "matmul equals the golden result and keeps its cycles"
  IMAGE ${images}/matmul.elf OUTPUT "PASS: 24576 results" CYCLES 300300 318900 REPEAT
  MESSAGE "MAC/cycle" "TOPS/W" "Stalls of all harts" "infrastructure")
foreach(banks 8 64)
  flexv_run_test(NAME "matmul runs with ${banks} banks and 64 KiB"
    IMAGE ${images}/matmul.elf OUTPUT "PASS"
    ARGUMENTS --set soc.cluster.tcdm.bank_count=${banks} --set soc.cluster.tcdm.size_bytes=65536)
endforeach()
foreach(cores 1 16)
  flexv_run_test(NAME "matmul runs on ${cores} cores"
    IMAGE ${images}/matmul.elf OUTPUT "PASS.*24576"
    ARGUMENTS --set soc.cluster.core_count=${cores} --set soc.cluster.tcdm.size_bytes=1048576)
endforeach()
foreach(cores 3 16)
  flexv_run_test(NAME "matmul runs on ${cores} cores with 16 KiB, in smaller tiles"
    IMAGE ${images}/matmul.elf OUTPUT "PASS.*24576"
    ARGUMENTS --set soc.cluster.core_count=${cores} --set soc.cluster.tcdm.size_bytes=16384)
endforeach()
flexv_run_test(NAME "the length of the quantum changes nothing"
  IMAGE ${images}/matmul.elf OUTPUT "PASS" CYCLES 300300 318900
  ARGUMENTS --set simulation.quantum_cycles=17)
if(FLEXV_FIRMWARE_DIR)
  flexv_run_test(NAME "the intrinsics do what plain C does"
    IMAGE ${images}/intrinsics.elf OUTPUT "PASS: intrinsics")
  foreach(isa flexv xpulpnn xpulpv2)
    flexv_run_test(NAME "the MatMul of six precisions is right on ${isa}"
      IMAGE ${images}/bench_matmul_64_${isa}.elf OUTPUT "a8w8: .* right(.*\n)*a2w2: .* right"
      ARGUMENTS --set soc.cluster.core.isa=${isa})
    flexv_run_test(NAME "the layers equal the reference in plain integers on ${isa}"
      IMAGE ${images}/test_layers_${isa}.elf OUTPUT "PASS: [0-9]+ cases"
      ARGUMENTS --set soc.cluster.core.isa=${isa})
    flexv_run_test(NAME "the layers on ${isa} avoid what silicon gets wrong"
      IMAGE ${images}/test_layers_${isa}.elf OUTPUT "PASS: [0-9]+ cases"
      MESSAGE "^(?!(.|\n)*: hazard )"
      ARGUMENTS --check hazards --set soc.cluster.core.quirks=true
        --set soc.cluster.core.isa=${isa})
  endforeach()
  add_test(NAME "firmware: the a2w2 MatMul and the silicon's points meet the energy anchors"
    COMMAND Python3::Interpreter -B ${PROJECT_SOURCE_DIR}/scripts/calibrate --check
      --program $<TARGET_FILE:flexv-vp> --firmware ${images}/bench_matmul_64_flexv.elf)
  flexv_run_test(NAME "the MatMul keeps its speed"
    IMAGE ${images}/bench_matmul_64_flexv.elf
    OUTPUT "a8w8: 4[23][0-9]+ cycles.*\na8w4: 4[23][0-9]+ .*\na8w2: 4[123][0-9]+ "
      "a4w4: 2[23][0-9]+ .*\na4w2: 2[23][0-9]+ .*\na2w2: 1[23][0-9]+ ")
  foreach(cores 1 5 16)
    flexv_run_test(NAME "the layers equal the reference on ${cores} cores"
      IMAGE ${images}/test_layers_flexv.elf OUTPUT "PASS: [0-9]+ cases"
      ARGUMENTS --set soc.cluster.core_count=${cores})
  endforeach()
  flexv_run_test(NAME "a layer refuses what it cannot compute"
    IMAGE ${images}/refused_layer.elf STATUS 90
    OUTPUT "refused: conv2d: pixels of the input must be whole bytes; pad the channels")
else()
  flexv_skipped_test("firmware: intrinsics, MatMul and layers" "${FLEXV_NO_FIRMWARE}")
endif()
