# SPDX-License-Identifier: Apache-2.0
# Translation of hot code (models/core/translation): asmjit, on x86-64. Sets FLEXV_HAS_BACK_END.

option(FLEXV_TRANSLATION "Translate hot code into code of the host, with asmjit on x86-64" ON)
set(FLEXV_HAS_BACK_END OFF)
if(FLEXV_TRANSLATION AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  find_package(asmjit REQUIRED CONFIG)
  set(FLEXV_HAS_BACK_END ON)
endif()

# flexv_link_asmjit_into(target): all of asmjit becomes part of this shared object. Debian's archive is position independent but for
# one access to stderr, for messages of asmjit's own developers: a copy of it has a variable of ours there.
function(flexv_link_asmjit_into target)
  if(NOT FLEXV_HAS_BACK_END)
    return()
  endif()
  set(archive ${CMAKE_CURRENT_BINARY_DIR}/libasmjit_for_shared.a)
  set(variable ${CMAKE_CURRENT_BINARY_DIR}/asmjit_stderr.cpp)
  file(CONFIGURE OUTPUT ${variable} CONTENT
    "#include <cstdio>\nextern \"C\" { extern std::FILE* flexv_asmjit_stderr; std::FILE* flexv_asmjit_stderr = nullptr; }\n")
  add_custom_command(OUTPUT ${archive} DEPENDS $<TARGET_FILE:asmjit::asmjit> VERBATIM
    COMMAND ${CMAKE_OBJCOPY} --redefine-sym stderr=flexv_asmjit_stderr $<TARGET_FILE:asmjit::asmjit> ${archive})
  add_custom_target(flexv_asmjit_archive DEPENDS ${archive})
  add_library(flexv_asmjit STATIC IMPORTED)
  set_target_properties(flexv_asmjit PROPERTIES IMPORTED_LOCATION ${archive})
  add_dependencies(flexv_asmjit flexv_asmjit_archive)
  target_sources(${target} PRIVATE ${variable})
  target_link_libraries(${target} PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,flexv_asmjit>)
endfunction()
