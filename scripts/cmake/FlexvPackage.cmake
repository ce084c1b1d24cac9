# SPDX-License-Identifier: Apache-2.0
# What `cmake --install BUILD` puts where, beside the libraries and the program: the CMake package (find_package(flexv)
# gives flexv::platform, one target a block, and flexv::shared), the file of pkg-config, firmware runtime, scripts, documents. Two
# components: `runtime` is what users of the program need, `development` what other projects compile and link.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/flexv)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/flexvConfig.cmake.in
  ${PROJECT_BINARY_DIR}/flexvConfig.cmake INSTALL_DESTINATION ${package_folder}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/flexvConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)  # before 1.0 a minor version may change interfaces
install(EXPORT flexvTargets NAMESPACE flexv:: DESTINATION ${package_folder} COMPONENT development)
install(
  FILES
    ${PROJECT_BINARY_DIR}/flexvConfig.cmake
    ${PROJECT_BINARY_DIR}/flexvConfigVersion.cmake
    ${CMAKE_CURRENT_LIST_DIR}/FindLibDw.cmake
    ${CMAKE_CURRENT_LIST_DIR}/FindLibElf.cmake
    ${CMAKE_CURRENT_LIST_DIR}/FindSystemC.cmake
  DESTINATION ${package_folder} COMPONENT development)

# Relative to where the file lies, so that the folder may be moved.
if(FLEXV_SHARED)
  get_target_property(definitions SystemC::systemc INTERFACE_COMPILE_DEFINITIONS)
  list(TRANSFORM definitions PREPEND -D)
  list(JOIN definitions " " SYSTEMC_DEFINITIONS)
  string(REGEX REPLACE "[^/]+" ".." UP_TO_PREFIX ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  set(STATIC_LIBRARIES "-Wl,--start-group -lflexv_platform")
  get_property(blocks GLOBAL PROPERTY FLEXV_BLOCKS)
  foreach(block IN LISTS blocks)
    get_target_property(type ${block} TYPE)
    get_target_property(library ${block} NAME)
    if(type STREQUAL STATIC_LIBRARY)
      string(APPEND STATIC_LIBRARIES " -l${library}")
    endif()
  endforeach()
  string(APPEND STATIC_LIBRARIES " -Wl,--end-group")
  if(FLEXV_HAS_BACK_END)
    string(APPEND STATIC_LIBRARIES " -lasmjit")
  endif()
  foreach(file flexv flexv-static)
    configure_file(${CMAKE_CURRENT_LIST_DIR}/${file}.pc.in ${PROJECT_BINARY_DIR}/${file}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/${file}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
      COMPONENT development)
  endforeach()
endif()

set(FLEXV_FIRMWARE_COMPONENT runtime)
include(${PROJECT_SOURCE_DIR}/sw/cmake/FlexvFirmwareInstall.cmake)

# Scripts that need nothing of the repository; each has a launcher, flexv-sweep for scripts/sweep.
set(scripts deploy energy_report example_network flamegraph flexv-cc join_waves operating_points quantise sweep timeline)
set(script_folder ${CMAKE_INSTALL_DATADIR}/flexv/scripts)
list(TRANSFORM scripts PREPEND ${PROJECT_SOURCE_DIR}/scripts/ OUTPUT_VARIABLE files)
install(PROGRAMS ${files} DESTINATION ${script_folder} COMPONENT runtime)
install(FILES ${PROJECT_SOURCE_DIR}/scripts/lib.sh DESTINATION ${script_folder} COMPONENT runtime)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/scripts/flexv_tools DESTINATION ${script_folder} COMPONENT runtime
  PATTERN __pycache__ EXCLUDE)
string(REGEX REPLACE "[^/]+" ".." UP_TO_PREFIX ${CMAKE_INSTALL_BINDIR})
foreach(SCRIPT IN LISTS scripts)
  string(REPLACE "flexv-flexv-" "flexv-" launcher flexv-${SCRIPT})
  configure_file(${CMAKE_CURRENT_LIST_DIR}/launcher.in ${PROJECT_BINARY_DIR}/launchers/${launcher} @ONLY
    FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  install(PROGRAMS ${PROJECT_BINARY_DIR}/launchers/${launcher} DESTINATION ${CMAKE_INSTALL_BINDIR}
    COMPONENT runtime)
endforeach()

# Modules of Python that users import: of Debian's Python where the prefix is /usr.
install(FILES ${PROJECT_SOURCE_DIR}/scripts/python/flexv_control.py ${PROJECT_SOURCE_DIR}/scripts/python/flexv_remote.py
  DESTINATION lib/python3/dist-packages COMPONENT runtime)

install(FILES ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright
  COMPONENT runtime)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)

include(FlexvDebian)
