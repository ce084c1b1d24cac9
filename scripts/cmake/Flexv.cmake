# SPDX-License-Identifier: Apache-2.0
# What every target of this project has in common.

option(FLEXV_WARNINGS_AS_ERRORS "Treat compiler warnings as errors" ON)
set(FLEXV_SANITIZE "" CACHE STRING "Sanitizers to build with, for example address,undefined")

# Warnings, language standard, sanitizers; for libraries also the export name and the install rules.
function(flexv_defaults target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual)
  if(FLEXV_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(FLEXV_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${FLEXV_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${FLEXV_SANITIZE})
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    string(REGEX REPLACE "^flexv_" "" export_name ${target})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${export_name}
      VERIFY_INTERFACE_HEADER_SETS ON)
    install(TARGETS ${target} EXPORT flexvTargets COMPONENT development
      FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/flexv COMPONENT development)
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
