// SPDX-License-Identifier: Apache-2.0
// Cluster control unit and the few registers around it that start and end a run: instruction cache
// switch, list of cores, virtual stdout, SoC status.
#ifndef FLEXV_CLUSTER_CONTROL_H
#define FLEXV_CLUSTER_CONTROL_H

#define CLUSTER_CONTROL 0x10200000
#define CLUSTER_CONTROL_EOC 0x000        ///< 1: the run is over
#define CLUSTER_CONTROL_FETCH_EN 0x008   ///< bit i: core i runs
#define CLUSTER_CONTROL_BOOT_ADDR 0x040  ///< + 4 * core
#define CLUSTER_CONTROL_RETURN 0x100     ///< exit code | RETURN_VALID

#define RETURN_VALID 0x80000000

#define ICACHE_CONTROL 0x10201400
#define ICACHE_CONTROL_ENABLE 0x00  ///< all ones: on
#define ICACHE_CONTROL_FLUSH 0x04   ///< W 1: forgets all lines

#define HMR_CORES_ENABLED 0x10202004  ///< R: bit i: core i exists

#define STDOUT_PORT 0x1A10F000  ///< W: + 8 * core: one character

#define SOC_CORE_STATUS \
    0x1A1040A0  ///< exit code | RETURN_VALID; ends a run that a fabric controller started

#define TCDM_BASE 0x10000000
#define TCDM_WINDOW_BYTES 0x100000  ///< a smaller memory repeats inside

#define FLEXV_FABRIC_CLUSTER 31  ///< cluster number in the mhartid of the fabric controller

#endif
