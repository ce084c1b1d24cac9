# SPDX-License-Identifier: Apache-2.0
# Finds libdw of elfutils (DWARF) and makes the target LibDw::libdw.

find_path(LibDw_INCLUDE_DIR elfutils/libdw.h)
find_library(LibDw_LIBRARY dw)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibDw REQUIRED_VARS LibDw_LIBRARY LibDw_INCLUDE_DIR)

if(LibDw_FOUND AND NOT TARGET LibDw::libdw)
  add_library(LibDw::libdw UNKNOWN IMPORTED)
  set_target_properties(LibDw::libdw PROPERTIES
    IMPORTED_LOCATION "${LibDw_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${LibDw_INCLUDE_DIR}")
endif()
mark_as_advanced(LibDw_INCLUDE_DIR LibDw_LIBRARY)
