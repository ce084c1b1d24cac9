# SPDX-License-Identifier: Apache-2.0
# Installs the libraries of a build and builds consumer/ against them, as somebody else would.
# usage: cmake -DBUILD=folder -DGENERATOR=Ninja -DCOMPILER=c++ [-DLAUNCHER=ccache] -DIMAGE=file.elf
#   -DSCRATCH=folder -P this
set(prefix ${SCRATCH}/prefix)
file(REMOVE_RECURSE ${SCRATCH})

function(step)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# Installed headers are the sources of now, so the libraries have to be, too.
step(${CMAKE_COMMAND} --build ${BUILD} --target flexv_platform)
step(${CMAKE_COMMAND} --install ${BUILD} --component development --prefix ${prefix})
step(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${SCRATCH}/build -G ${GENERATOR}
  -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER=${COMPILER}
  -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER})
step(${CMAKE_COMMAND} --build ${SCRATCH}/build)
step(${SCRATCH}/build/consumer ${IMAGE})
file(REMOVE_RECURSE ${SCRATCH})
