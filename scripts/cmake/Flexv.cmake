# SPDX-License-Identifier: Apache-2.0
# What every target of this project has in common.

option(FLEXV_WARNINGS_AS_ERRORS "Treat compiler warnings as errors" ON)
option(FLEXV_UNITY_BUILD "Compile the files of a library together: less time from nothing, more after a change" OFF)
option(FLEXV_PRECOMPILED_HEADERS "Read SystemC, fmt and Catch2 once, not once a file" ON)
option(FLEXV_SHARED "Make libflexv.so, too" OFF)
set(FLEXV_SANITIZE "" CACHE STRING "Sanitizers to build with, for example address,undefined")

# Headers of other projects that most files include. ccache wants to see the file's own text; our own
# headers are not among them, so that each still has to include what it uses.
set(FLEXV_FOREIGN_HEADERS <algorithm> <fmt/format.h> <functional> <map> <string> <systemc> <tlm>
  <tlm_utils/simple_initiator_socket.h> <tlm_utils/simple_target_socket.h> <vector>)

# flexv_precompile(target owner [header ...]): `owner` precompiles the foreign headers and `header`, every
# other target uses what it has made.
function(flexv_precompile target owner)
  if(NOT FLEXV_PRECOMPILED_HEADERS)
    return()
  endif()
  if(target STREQUAL owner)
    target_precompile_headers(${target} PRIVATE ${FLEXV_FOREIGN_HEADERS} ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
endfunction()

# Warnings, language standard, sanitizers.
function(flexv_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  if(FLEXV_SHARED)  # libflexv.so is made of the same objects; nobody can replace a function in it
    target_compile_options(${target} PRIVATE -fPIC -fno-semantic-interposition)
  endif()
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE  # wrong about std::string and fmt in GCC 12 (bug 105651)
      $<$<CONFIG:Release>:-Wno-restrict;-Wno-stringop-overflow;-Wno-array-bounds>)
  endif()
  if(FLEXV_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(FLEXV_SANITIZE)  # vptr costs a third of the compiler's time and finds bad casts, of which there are none
    target_compile_options(${target} PUBLIC -fsanitize=${FLEXV_SANITIZE} -fno-sanitize=vptr -fno-omit-frame-pointer
      -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${FLEXV_SANITIZE})
  endif()
endfunction()

# flexv_fast(target): a library whose code runs for every simulated instruction or access. It is one
# translation unit, so that the compiler sees all of it, and optimised further. What the rest of the program
# does takes milliseconds and is not worth the compiler's time.
function(flexv_fast target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O3>)
  set_target_properties(${target} PROPERTIES UNITY_BUILD_BATCH_SIZE 0)
endfunction()

# What every target has; for libraries also the export name and the install rules.
function(flexv_defaults target)
  flexv_compile_options(${target})
  get_target_property(libraries ${target} LINK_LIBRARIES)
  if(libraries MATCHES "flexv::test_main")
    flexv_precompile(${target} flexv_test_headers)
  elseif(NOT target STREQUAL "flexv_isa")  # which knows no SystemC
    flexv_precompile(${target} flexv_base)
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    string(REGEX REPLACE "^flexv_" "" export_name ${target})
    if(FLEXV_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # Both take the other sources for headers; builds without it have them.
      target_compile_options(${target} PRIVATE -Wno-subobject-linkage -Wno-shadow)
    endif()
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${export_name}
      UNITY_BUILD ${FLEXV_UNITY_BUILD} VERIFY_INTERFACE_HEADER_SETS ON)
    get_target_property(header_sets ${target} INTERFACE_HEADER_SETS)
    set(public_headers "")
    if("api" IN_LIST header_sets)
      set(public_headers FILE_SET api DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
    endif()
    install(TARGETS ${target} EXPORT flexvTargets COMPONENT development
      FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/flexv COMPONENT development ${public_headers})
  endif()
endfunction()

# flexv_test(NAME unit_tcdm SOURCES a.cpp b.cpp LIBRARIES flexv::tcdm): one Catch2 program; every case
# runs in a process of its own, because SystemC elaborates once a process.
function(flexv_test)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_LIBRARIES} flexv::test_main)
  target_include_directories(${ARG_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  flexv_defaults(${ARG_NAME})
  catch_discover_tests(${ARG_NAME} TEST_PREFIX "${ARG_NAME}: ")
endfunction()
