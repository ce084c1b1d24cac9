// SPDX-License-Identifier: Apache-2.0
// Cluster control unit and the few registers around it that start and end a run: instruction cache
// switch, list of cores, virtual stdout, SoC status. Offsets come from the generated headers.
#ifndef FLEXV_CLUSTER_CONTROL_H
#define FLEXV_CLUSTER_CONTROL_H

#include "generated/cluster_ctrl_regs.h"
#include "generated/hmr_regs.h"
#include "generated/icache_ctrl_regs.h"
#include "generated/soc_ctrl_regs.h"
#include "generated/stdout_regs.h"
#include "own_cluster.h"

#define CLUSTER_CONTROL OWN_CLUSTER(CLUSTER_CTRL_BASE)
#define CLUSTER_CONTROL_EOC CLUSTER_CTRL_EOC                 ///< 1: the run is over
#define CLUSTER_CONTROL_FETCH_EN CLUSTER_CTRL_FETCH_EN       ///< bit i: core i runs
#define CLUSTER_CONTROL_BOOT_ADDR CLUSTER_CTRL_BOOT_ADDR(0)  ///< + 4 * core
#define CLUSTER_CONTROL_RETURN CLUSTER_CTRL_RETURN           ///< exit code | RETURN_VALID

#define RETURN_VALID SOC_CTRL_CORESTATUS_EOC_MASK

#define ICACHE_CONTROL OWN_CLUSTER(ICACHE_CTRL_BASE)
#define ICACHE_CONTROL_ENABLE ICACHE_CTRL_ENABLE  ///< all ones: on
#define ICACHE_CONTROL_FLUSH ICACHE_CTRL_FLUSH    ///< W 1: forgets all lines

#define HMR_CORES_ENABLED OWN_CLUSTER(HMR_BASE + HMR_CORES_EN)  ///< R: bit i: core i exists

#define STDOUT_PORT STDOUT_BASE  ///< W: + 8 * core + 128 * cluster: one character

/// R: clusters of the chip.
#define SOC_INFO (SOC_CTRL_BASE + SOC_CTRL_INFO)

/// Exit code | RETURN_VALID; ends a run that a fabric controller started.
#define SOC_CORE_STATUS (SOC_CTRL_BASE + SOC_CTRL_CORESTATUS)

#define TCDM_BASE OWN_CLUSTER(FIRST_CLUSTER)
#define TCDM_WINDOW_BYTES 0x100000  ///< a smaller memory repeats inside

#define FLEXV_FABRIC_CLUSTER 31  ///< cluster number in the mhartid of the fabric controller

#endif
