# SPDX-License-Identifier: Apache-2.0
# Installs the package flexv_firmware, for projects of others: sources, so any build of this repository can do it. Included
# by this project and by the platform's, which names a component (FLEXV_FIRMWARE_COMPONENT).
include(CMakePackageConfigHelpers)

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH sources)
set(component "")
if(FLEXV_FIRMWARE_COMPONENT)
  set(component COMPONENT ${FLEXV_FIRMWARE_COMPONENT})
endif()
write_basic_package_version_file(${PROJECT_BINARY_DIR}/flexv_firmwareConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
set(package share/flexv_firmware)
foreach(folder IN ITEMS include drivers kernels network runtime compiler prebuilt)
  install(DIRECTORY ${sources}/${folder} DESTINATION ${package} ${component} PATTERN README.md EXCLUDE)
endforeach()
install(FILES ${sources}/toolchain.cmake ${sources}/toolchain-flexv-cc.cmake DESTINATION ${package} ${component})
install(
  FILES ${CMAKE_CURRENT_LIST_DIR}/flexv_firmwareConfig.cmake ${PROJECT_BINARY_DIR}/flexv_firmwareConfigVersion.cmake
  DESTINATION ${package}/cmake ${component})
