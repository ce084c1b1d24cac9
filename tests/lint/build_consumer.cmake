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
step(${CMAKE_COMMAND} --build ${BUILD} --target flexv_platform flexv-vp)
step(${CMAKE_COMMAND} --install ${BUILD} --component development --prefix ${prefix})
step(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${SCRATCH}/build -G ${GENERATOR}
  -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER=${COMPILER}
  -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER})
step(${CMAKE_COMMAND} --build ${SCRATCH}/build)
step(${SCRATCH}/build/consumer ${IMAGE})

# What the program is asked for by options, this one does by one call, to the byte.
set(asked --trace run.log --profile run.txt --power-trace run.csv --wave run.vcd --timeline run.json
  --check all --quiet)
function(ask folder)
  file(MAKE_DIRECTORY ${SCRATCH}/${folder})
  execute_process(COMMAND ${ARGN} ${asked} WORKING_DIRECTORY ${SCRATCH}/${folder} COMMAND_ERROR_IS_FATAL ANY)
endfunction()
ask(of_program ${BUILD}/flexv-vp run ${IMAGE})
ask(of_consumer ${SCRATCH}/build/consumer ${IMAGE})
foreach(file IN ITEMS run.log run.txt run.csv run.vcd run.json)
  step(${CMAKE_COMMAND} -E compare_files ${SCRATCH}/of_program/${file} ${SCRATCH}/of_consumer/${file})
endforeach()
file(REMOVE_RECURSE ${SCRATCH})
