# SPDX-License-Identifier: Apache-2.0
# Package of the firmware runtime: what a program for the cluster is compiled and linked with, and flexv_app().
# It comes as sources beside this file, in the repository as well as installed, so that it fits any
# compiler. A project of its own configures with -DCMAKE_TOOLCHAIN_FILE=.../flexv_firmware/toolchain.cmake and
# calls find_package(flexv_firmware); programs that use no kernels do not build them.
if(TARGET flexv_options)
  return()
endif()
if(NOT CMAKE_C_COMPILER OR NOT CMAKE_ASM_COMPILER OR NOT CMAKE_SYSTEM_NAME STREQUAL "Generic")
  message(FATAL_ERROR "flexv_firmware needs a RISC-V compiler for C and assembly.\n"
    "hint: project(... LANGUAGES C ASM), configured with\n"
    "  -DCMAKE_TOOLCHAIN_FILE=${CMAKE_CURRENT_LIST_DIR}/../toolchain.cmake")
endif()

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH firmware)

# What every program is compiled and linked with. Linking takes the architecture without suffixes:
# with them gcc looks for its libraries in the folder of the 64-bit ones.
set(integer_printf -DPICOLIBC_INTEGER_PRINTF_SCANF)  # the specs choose the library's variant by it
add_library(flexv_options INTERFACE)
target_include_directories(flexv_options INTERFACE ${firmware}/include
  ${firmware}/drivers ${firmware}/kernels)
target_compile_options(flexv_options INTERFACE
  -march=rv32imc_zicsr_zifencei -mabi=ilp32 --specs=picolibc.specs ${integer_printf}
  -ffreestanding -g -ffunction-sections -fdata-sections -fno-jump-tables
  -Wa,-I${firmware}/include $<$<COMPILE_LANGUAGE:C>:-std=c17>)
target_link_options(flexv_options INTERFACE
  -march=rv32imc -mabi=ilp32 --specs=picolibc.specs ${integer_printf} -nostartfiles -static
  -T${firmware}/runtime/link.ld -Wl,--gc-sections -Wl,--fatal-warnings
  -Wl,-z,max-page-size=16)

# flexv_optimise(target): -O2, unless the project asks for something else, by CMAKE_C_FLAGS, its build type (Debug is -Og), or options
# of the target, which stand behind this one.
function(flexv_optimise target)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  if(NOT "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${type}}" MATCHES "(^| )-O")
    target_compile_options(${target} BEFORE PRIVATE -O2)
  endif()
endfunction()

# flexv_firmware_sources(variable file...): files of the package. The compiler does not see that the
# assembler includes the macros of the custom instructions.
function(flexv_firmware_sources result)
  cmake_path(GET CMAKE_CURRENT_FUNCTION_LIST_DIR PARENT_PATH firmware)
  list(TRANSFORM ARGN PREPEND ${firmware}/ OUTPUT_VARIABLE files)
  set_property(SOURCE ${files} APPEND PROPERTY OBJECT_DEPENDS ${firmware}/include/flexv/isa.inc)
  set(${result} ${files} PARENT_SCOPE)
endfunction()

flexv_firmware_sources(runtime
  runtime/crt0.S runtime/start.c runtime/exit.c runtime/stdout.c runtime/l1.c)
# Programs that run on several clusters, each of which sees itself at 0, have their own; so have those with thread-local objects, which
# cost a core a copy of them at its start.
flexv_firmware_sources(runtime_of_clusters runtime/clusters.c)
foreach(thread_locals IN ITEMS "" _thread_locals)
  add_library(flexv_runtime${thread_locals} OBJECT EXCLUDE_FROM_ALL ${runtime})
  add_library(flexv_runtime_clusters${thread_locals} OBJECT EXCLUDE_FROM_ALL ${runtime} ${runtime_of_clusters})
  target_compile_definitions(flexv_runtime_clusters${thread_locals} PUBLIC FLEXV_CLUSTERS)
  target_link_options(flexv_runtime_clusters${thread_locals} PUBLIC -Wl,--defsym=__own_cluster=1)
  foreach(library IN ITEMS flexv_runtime flexv_runtime_clusters)
    target_link_libraries(${library}${thread_locals} PUBLIC flexv_options)
    flexv_optimise(${library}${thread_locals})
    if(thread_locals)
      target_compile_definitions(${library}${thread_locals} PRIVATE FLEXV_THREAD_LOCAL)
    endif()
  endforeach()
endforeach()

# The layers, for each of the instruction sets; in libraries ending in _product biases are added behind the
# multiplication (kernels/matmul.h).
set(layers kernels/matmul.c kernels/conv2d.c kernels/depthwise.c kernels/depthwise_3x3.c
  kernels/depthwise_3x3.S kernels/depthwise_lines.S kernels/pooling.c kernels/requantise_sums.c kernels/residual_add.c
  kernels/check.c)
set(kernels_flexv kernels/macload_flexv.S)
set(kernels_xpulpnn kernels/macload_xpulpnn.S kernels/unpack.S)
set(kernels_xpulpv2 kernels/unpack.S)
foreach(isa IN ITEMS flexv xpulpnn xpulpv2)
  flexv_firmware_sources(kernels ${layers} ${kernels_${isa}})
  foreach(library IN ITEMS flexv_kernels_${isa} flexv_kernels_${isa}_product)
    add_library(${library} STATIC EXCLUDE_FROM_ALL ${kernels})
    target_link_libraries(${library} PUBLIC flexv_options)
    flexv_optimise(${library})
    target_compile_definitions(${library} PRIVATE ROWS_OF_ISA="rows_${isa}.h")
  endforeach()
  target_compile_definitions(flexv_kernels_${isa}_product PRIVATE FLEXV_BIAS_IN_PRODUCT)
endforeach()

# The runtime of networks (network/): sources beside a network's own tables, which scripts/deploy makes.
flexv_firmware_sources(FLEXV_NETWORK_SOURCES network/main.c network/network.c network/sums.c)
set(FLEXV_NETWORK_INCLUDES ${firmware}/network)

# flexv_app(hello SOURCES hello.c [DEFINITIONS A=1] [ISA flexv|xpulpnn|xpulpv2|none] [BIAS sum|product]
# [COMPILER gcc|flexv-cc] [CLUSTERS] [THREAD_LOCALS]): one program, hello.elf, with the kernels of an instruction set (flexv), or without. With flexv-cc
# its own C files make use of the custom instructions (docs/design/compiler.md); runtime and kernels come from GCC all the same.
# CLUSTERS: every cluster of the chip runs it (flexv/clusters.h); else the first one does. THREAD_LOCALS: every core has its own
# _Thread_local objects, and errno of the C library.
function(flexv_app name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "CLUSTERS;THREAD_LOCALS" "ISA;BIAS;COMPILER" "SOURCES;DEFINITIONS")
  if(NOT ARG_ISA)
    set(ARG_ISA flexv)
  endif()
  set(kernels "")
  if(NOT ARG_ISA STREQUAL "none")
    set(kernels flexv_kernels_${ARG_ISA})
    if(ARG_BIAS STREQUAL "product")
      string(APPEND kernels _product)
    endif()
  endif()
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_SOURCES OR (kernels AND NOT TARGET ${kernels}))
    message(FATAL_ERROR "flexv_app(${ARGV}): expected NAME SOURCES file... "
      "[DEFINITIONS A=1 ...] [ISA flexv|xpulpnn|xpulpv2|none] [BIAS sum|product] [COMPILER gcc|flexv-cc] [CLUSTERS] [THREAD_LOCALS]")
  endif()
  cmake_path(GET CMAKE_CURRENT_FUNCTION_LIST_DIR PARENT_PATH firmware)
  add_executable(${name} ${ARG_SOURCES})
  set_property(SOURCE ${ARG_SOURCES} APPEND PROPERTY OBJECT_DEPENDS ${firmware}/include/flexv/isa.inc)
  set_target_properties(${name} PROPERTIES SUFFIX .elf
    LINK_DEPENDS ${firmware}/runtime/link.ld)
  flexv_optimise(${name})
  target_compile_definitions(${name} PRIVATE ${ARG_DEFINITIONS})
  target_link_libraries(${name} PRIVATE
    flexv_runtime$<$<BOOL:${ARG_CLUSTERS}>:_clusters>$<$<BOOL:${ARG_THREAD_LOCALS}>:_thread_locals> ${kernels})
  if(ARG_COMPILER STREQUAL "flexv-cc")
    flexv_compile_by_flexv_cc(${name} "${ARG_ISA}")
  elseif(ARG_COMPILER AND NOT ARG_COMPILER STREQUAL "gcc")
    message(FATAL_ERROR "flexv_app(${name} COMPILER ${ARG_COMPILER}): expected gcc or flexv-cc")
  endif()
endfunction()

# The driver stands before GCC's command line and takes its place.
function(flexv_compile_by_flexv_cc name isa)
  cmake_path(GET CMAKE_CURRENT_FUNCTION_LIST_DIR PARENT_PATH firmware)
  find_program(FLEXV_CC flexv-cc HINTS ${firmware}/../scripts ${firmware}/../../bin)
  if(NOT FLEXV_CC)
    message(FATAL_ERROR "flexv_app(${name} COMPILER flexv-cc): flexv-cc is not found\n"
      "hint: it is scripts/flexv-cc of the repository; -DFLEXV_CC=FILE names it")
  endif()
  if(isa STREQUAL "none")
    set(isa flexv)
  endif()
  set_target_properties(${name} PROPERTIES C_COMPILER_LAUNCHER ${FLEXV_CC})
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:C>:--isa=${isa}>)
endfunction()
