# SPDX-License-Identifier: Apache-2.0
# What makes an installed platform a CMake package: find_package(flexv) gives flexv::platform and one
# target a block. `cmake --install BUILD --component development` installs this without the program.
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
